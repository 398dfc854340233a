// What a method's contract says beside its types: `(holon.method)`, in the units the machinery counts in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace holon::contract {

/// A field of a message, as field numbers from the message down; 0 after the last.
using FieldPath = std::array<std::int32_t, 4>;

/// As internal::AttemptRules has it.
struct AttemptRules {
  std::uint32_t attempts_max;
  std::int32_t hedges_max;
  std::int64_t hedge_after_ns;
};

struct MethodRules {
  bool idempotent;
  std::uint8_t priority;    ///< as MethodInfo has it: 0 critical, 1 default, 2 sheddable
  std::int64_t timeout_ns;  ///< 0: none
  FieldPath balance_by;     ///< of the request; all 0: none
  AttemptRules attempts;
};

/// What `balance_by` names; empty if it is not said. Else what is wrong with it, and how to mend it.
std::variant<FieldPath, std::string> balance_field_of(const google::protobuf::MethodDescriptor& method);

/// What is wrong with an option, by its number, and how to mend it.
struct OptionMistake {
  int option;
  std::string what;
};

/// … with those that say how often a call is attempted.
std::vector<OptionMistake> attempt_mistakes(const google::protobuf::MethodDescriptor& method);

/// Of a method that check() found nothing wrong with.
MethodRules rules_of(const google::protobuf::MethodDescriptor& method);

/// How callers choose between replicas of a service, as ServiceOptions.Balance numbers it.
std::uint8_t balance_of(const google::protobuf::ServiceDescriptor& service);

}  // namespace holon::contract
