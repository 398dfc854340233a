#include "contract/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include "telemetry/json.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
namespace util = google::protobuf::util;

constexpr const char* type_prefix = "type.googleapis.com";

std::string type_url(const Message& message) {
  return std::string(type_prefix) + "/" + message.GetDescriptor()->full_name();
}

/// What a field says that is not set.
std::string default_value(const FieldDescriptor& field) {
  if (field.is_map()) return "{}";
  if (field.is_repeated()) return "[]";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED ? "{}" : "null";
    case FieldDescriptor::CPPTYPE_STRING: return "\"\"";
    case FieldDescriptor::CPPTYPE_BOOL: return "false";
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64: return "\"0\"";
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field.enum_type()->full_name() == "google.protobuf.NullValue") return "null";
      return json_quote(field.default_value_enum()->name());
    default: return "0";
  }
}

}  // namespace

Json::Json(const google::protobuf::DescriptorPool& pool)
    : types_(util::NewTypeResolverForDescriptorPool(type_prefix, &pool)) {}

Json::~Json() = default;

Result<void> Json::parse(std::string_view text, Message& into) const {
  HOLON_TRY(check_json(text, into.GetDescriptor()));
  return merge(text, into);
}

Result<void> Json::parse_field(std::string_view text, const FieldDescriptor& field, Message& into) const {
  HOLON_TRY(check_json(text, field));
  return merge("{" + json_quote(field.json_name()) + ":" + std::string(text) + "}", into);
}

Result<void> Json::merge(std::string_view text, Message& into) const {
  std::string bytes;
  const util::Status status =
      util::JsonToBinaryString(types_.get(), type_url(into), {text.data(), text.size()}, &bytes);
  if (!status.ok()) return invalid_argument(std::string(status.message()));
  if (!into.MergeFromString(bytes)) return invalid_argument("a string is no UTF-8");
  return {};
}

Result<std::string> Json::print(const Message& message, JsonStyle style) const {
  util::JsonPrintOptions options;
  options.add_whitespace = style.lines;
  options.always_print_primitive_fields = style.defaults;
  std::string text;
  const util::Status status =
      util::BinaryToJsonString(types_.get(), type_url(message), message.SerializeAsString(), &text, options);
  if (!status.ok()) {
    return internal_error(message.GetDescriptor()->full_name() + " has no JSON: " + std::string(status.message()));
  }
  return text;
}

Result<std::string> Json::print_field(const Message& message, const FieldDescriptor& field) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool there =
      field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
  if (!there) return default_value(field);
  if (!field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return print(reflection.GetMessage(message, &field));
  }
  google::protobuf::FieldMask only;
  only.add_paths(field.name());
  std::unique_ptr<Message> alone(message.New());
  util::FieldMaskUtil::MergeMessageTo(message, only, {}, alone.get());
  const std::string text = HOLON_TRY(print(*alone));
  const std::size_t before = json_quote(field.json_name()).size() + 2;  // {"name":
  return text.substr(before, text.size() - before - 1);
}

std::string json_quote(std::string_view text) {
  std::string out;
  telemetry::append_json_string(out, text);
  return out;
}

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name) {
  if (const FieldDescriptor* field = type.FindFieldByName(std::string(name))) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

}  // namespace holon::contract
