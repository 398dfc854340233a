#include "contract/options.h"

#include <sstream>
#include <vector>

#include "config/suggest.h"
#include "google/protobuf/descriptor.h"
#include "holon/options.pb.h"

namespace holon::contract {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::uint8_t rank(MethodOptions::Priority priority) {
  if (priority == MethodOptions::CRITICAL) return 0;
  return priority == MethodOptions::SHEDDABLE ? 2 : 1;
}

std::vector<std::string> fields_of(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return names;
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

MethodRules rules_of(const google::protobuf::MethodDescriptor& method) {
  const MethodOptions& options = method.options().GetExtension(holon::method);
  const auto balance_by = balance_field_of(method);
  const FieldPath* path = std::get_if<FieldPath>(&balance_by);
  return {options.idempotent(), rank(options.priority()),
          options.timeout().seconds() * 1'000'000'000 + options.timeout().nanos(), path != nullptr ? *path : FieldPath{}};
}

std::uint8_t balance_of(const google::protobuf::ServiceDescriptor& service) {
  return static_cast<std::uint8_t>(service.options().GetExtension(holon::service).balance());
}

}  // namespace holon::contract
