#include "contract/options.h"

#include <sstream>
#include <utility>
#include <vector>

#include "config/suggest.h"
#include "google/protobuf/descriptor.h"
#include "holon/options.pb.h"

namespace holon::contract {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::uint32_t attempts_most = 100;
constexpr std::int64_t hedge_after_most_s = 3'600;

std::uint8_t rank(MethodOptions::Priority priority) {
  if (priority == MethodOptions::CRITICAL) return 0;
  return priority == MethodOptions::SHEDDABLE ? 2 : 1;
}

std::vector<std::string> fields_of(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return names;
}

std::int64_t ns_of(const google::protobuf::Duration& duration) { return duration.seconds() * 1'000'000'000 + duration.nanos(); }

AttemptRules attempts_of(const MethodOptions& options) {
  return {options.attempts_max(), options.has_hedges_max() ? static_cast<std::int32_t>(options.hedges_max()) : -1,
          ns_of(options.hedge_after())};
}

/// The first option that says something of attempts; 0 if none does.
int said_of_attempts(const MethodOptions& options) {
  if (options.attempts_max() > 0) return MethodOptions::kAttemptsMaxFieldNumber;
  if (options.has_hedges_max()) return MethodOptions::kHedgesMaxFieldNumber;
  return options.has_hedge_after() ? MethodOptions::kHedgeAfterFieldNumber : 0;
}

/// The option that asks for hedges; 0 if none does.
int asks_for_hedges(const MethodOptions& options) {
  if (options.has_hedge_after()) return MethodOptions::kHedgeAfterFieldNumber;
  return options.hedges_max() > 0 ? MethodOptions::kHedgesMaxFieldNumber : 0;
}

/// Why there are none all the same; empty if there are.
std::string not_hedged(const MethodOptions& options) {
  if (!options.idempotent()) return "a call is made beside itself only if it may be done twice; say idempotent: true, or remove it";
  if (options.has_hedges_max() && options.hedges_max() == 0) {
    return "hedge_after says when there is a hedge, and hedges_max: 0 that there is none; remove one of the two";
  }
  if (options.attempts_max() == 1) return "attempts_max: 1 leaves no attempt for a hedge; remove one of the two";
  if (!options.has_hedge_after()) return "";
  const bool fine = ns_of(options.hedge_after()) > 0 && options.hedge_after().seconds() <= hedge_after_most_s;
  return fine ? "" : "hedge_after is a time above zero and up to an hour";
}

/// Why calls are not balanced by such a field, which is the last of its path; empty if they may be.
std::string unfit(const FieldDescriptor& field) {
  const std::string name = field.full_name();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return name + " is a message; name a field of it, as " + field.name() + ".id";
    case FieldDescriptor::CPPTYPE_DOUBLE: case FieldDescriptor::CPPTYPE_FLOAT:
      return name + " is a " + field.cpp_type_name() + ", and which of these are equal is a matter of rounding; name another field";
    default:
      return "";
  }
}

}  // namespace

std::variant<FieldPath, std::string> balance_field_of(const google::protobuf::MethodDescriptor& method) {
  const std::string& text = method.options().GetExtension(holon::method).balance_by();
  if (text.empty()) return FieldPath{};
  const std::string said = "balance_by \"" + text + "\": ";
  if (method.client_streaming()) return said + "calls go to a replica before any message of their stream is there; remove it";
  FieldPath path{};
  std::size_t depth = 0;
  const Descriptor* message = method.input_type();
  const FieldDescriptor* field = nullptr;
  std::istringstream names(text);
  for (std::string name; std::getline(names, name, '.'); message = field->message_type()) {
    if (message == nullptr) return said + field->full_name() + " is no message, and has no field";
    if (depth == path.size()) return said + "it is more than " + std::to_string(path.size()) + " fields deep; name one further up";
    field = message->FindFieldByName(name);
    if (field == nullptr) {
      return said + message->full_name() + " has no field \"" + name + "\"" + config::suggestion(name, fields_of(*message));
    }
    if (field->is_repeated()) return said + field->full_name() + " has many values; name a field that has one";
    path[depth++] = field->number();
  }
  if (std::string why = unfit(*field); !why.empty()) return said + why;
  return path;
}

std::vector<OptionMistake> attempt_mistakes(const google::protobuf::MethodDescriptor& method) {
  const MethodOptions& options = method.options().GetExtension(holon::method);
  if (const int said = said_of_attempts(options); said != 0 && (method.client_streaming() || method.server_streaming())) {
    return {{said, "this is about calls that are sent again, which a stream never is; remove it"}};
  }
  std::vector<OptionMistake> mistakes;
  if (options.attempts_max() > attempts_most) {
    mistakes.push_back({MethodOptions::kAttemptsMaxFieldNumber, "attempts_max " + std::to_string(options.attempts_max()) +
                                                                    " is more than " + std::to_string(attempts_most) + "; write a few"});
  }
  if (options.hedges_max() > 1) {
    mistakes.push_back({MethodOptions::kHedgesMaxFieldNumber,
                        "hedges_max " + std::to_string(options.hedges_max()) + " is none; write 0 or 1"});
  }
  const int hedged = asks_for_hedges(options);
  if (std::string why = hedged != 0 ? not_hedged(options) : ""; !why.empty()) mistakes.push_back({hedged, std::move(why)});
  return mistakes;
}

MethodRules rules_of(const google::protobuf::MethodDescriptor& method) {
  const MethodOptions& options = method.options().GetExtension(holon::method);
  const auto balance_by = balance_field_of(method);
  const FieldPath* path = std::get_if<FieldPath>(&balance_by);
  return {options.idempotent(), rank(options.priority()), ns_of(options.timeout()), path != nullptr ? *path : FieldPath{},
          attempts_of(options)};
}

std::uint8_t balance_of(const google::protobuf::ServiceDescriptor& service) {
  return static_cast<std::uint8_t>(service.options().GetExtension(holon::service).balance());
}

}  // namespace holon::contract
