#include "gateway/transcode/field_text.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace holon::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Result<FieldPath> resolve(const Descriptor& type, std::string_view names) {
  FieldPath path;
  const Descriptor* message = &type;
  for (std::string_view left = names;;) {
    const std::size_t dot = std::min(left.find('.'), left.size());
    const FieldDescriptor* field = contract::find_field(*message, left.substr(0, dot));
    if (field == nullptr) return invalid_argument(contract::no_field(*message, left.substr(0, dot)));
    path.push_back(field);
    if (dot == left.size()) return path;
    if (field->is_repeated() || field->message_type() == nullptr) {
      return invalid_argument(field->full_name() + " is no single message, so no field inside it can be named");
    }
    message = field->message_type();
    left.remove_prefix(dot + 1);
  }
}

std::string dotted(const FieldPath& path) {
  std::string text;
  for (const FieldDescriptor* field : path) text += (text.empty() ? "" : ".") + field->name();
  return text;
}

Result<void> FieldClaims::claim(const FieldPath& path) {
  std::string holder;
  for (const FieldDescriptor* field : path) {
    if (const auto* oneof = field->real_containing_oneof()) {
      const std::string& filled = oneofs_.try_emplace(holder + oneof->name(), field->name()).first->second;
      if (filled != field->name()) {
        return invalid_argument("only one of " + oneof->full_name() + " may be given; leave out " + field->name() + " or " + filled);
      }
    }
    holder += field->name() + ".";
  }
  const bool first = taken_.insert(dotted(path)).second;
  if (first || path.back()->is_repeated()) return {};
  return invalid_argument(dotted(path) + " is given twice; leave one out");
}

Result<void> set_field(Message& message, const FieldPath& path, std::string_view text, const contract::Json& json) {
  Message* holder = &message;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) holder = holder->GetReflection()->MutableMessage(holder, path[i]);
  return json.parse_bare(text, *path.back(), *holder);
}

}  // namespace holon::gateway
