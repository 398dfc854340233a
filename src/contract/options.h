// What a method's contract says beside its types: `(holon.method)`, in the units the machinery counts in.
#pragma once

#include <cstdint>

namespace google::protobuf {
class MethodDescriptor;
}

namespace holon::contract {

struct MethodRules {
  bool idempotent;
  std::uint8_t priority;    ///< as MethodInfo has it: 0 critical, 1 default, 2 sheddable
  std::int64_t timeout_ns;  ///< 0: none
};

/// Of a method that check() found nothing wrong with.
MethodRules rules_of(const google::protobuf::MethodDescriptor& method);

}  // namespace holon::contract
