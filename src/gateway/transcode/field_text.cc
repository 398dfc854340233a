#include "gateway/transcode/field_text.h"

#include <google/protobuf/descriptor.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "wire/grpc.h"

namespace holon::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

Error misread(std::string_view text, std::string_view wanted) {
  return invalid_argument(contract::json_quote(text) + " is not " + std::string(wanted));
}

template <class N>
Result<N> whole_number(std::string_view text, std::string_view wanted) {
  N number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return misread(text, wanted);
  return number;
}

template <class N>
Result<N> real_number(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<N>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<N>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<N>::infinity();
  const Result<N> number = whole_number<N>(text, "a number in its range");
  if (number.ok() && !std::isfinite(*number)) return misread(text, "a number in its range");  // "inf", "nan"
  return number;
}

Result<bool> truth(std::string_view text) {
  if (text != "true" && text != "false") return misread(text, "true or false");
  return text == "true";
}

/// base64 of RFC 4648, section 4 or 5.
Result<std::string> bytes(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) c = c == '-' ? '+' : c == '_' ? '/' : c;
  auto decoded = wire::base64_decode(standard);
  if (!decoded) return misread(text, "base64");
  return *std::move(decoded);
}

Result<std::string> string_of(const FieldDescriptor& field, std::string_view text) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return bytes(text);
  return std::string(text);
}

Result<int> enum_number(const FieldDescriptor& field, std::string_view text) {
  if (const EnumValueDescriptor* value = field.enum_type()->FindValueByName(std::string(text))) return value->number();
  return whole_number<int>(text, "a value of " + field.enum_type()->full_name());
}

/// Puts `value` where the field has room for it: in place, or behind the last element.
template <class V, class Set, class Add>
Result<void> put(Message& message, const FieldDescriptor& field, Result<V> value, Set set, Add add) {
  if (!value.ok()) return value.error();
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    (reflection.*add)(&message, &field, *std::move(value));
  } else {
    (reflection.*set)(&message, &field, *std::move(value));
  }
  return {};
}

Result<void> set_leaf(Message& message, const FieldDescriptor& field, std::string_view text,
                      const contract::Json& json);

/// Messages that plain text can stand for.
Result<void> set_message(Message& message, const FieldDescriptor& field, std::string_view text,
                         const contract::Json& json) {
  const Descriptor& type = *field.message_type();
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK: {
      const std::string quoted = contract::json_quote(text);
      return json.parse_field(field.is_repeated() ? "[" + quoted + "]" : quoted, field, message);
    }
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE: {
      const Reflection& reflection = *message.GetReflection();
      Message& wrapper = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                             : *reflection.MutableMessage(&message, &field);
      return set_leaf(wrapper, *type.field(0), text, json);
    }
    default:
      return invalid_argument(field.full_name() + " is a message, which text can't fill; name a field inside it");
  }
}

Result<void> set_leaf(Message& message, const FieldDescriptor& field, std::string_view text,
                      const contract::Json& json) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(message, field, whole_number<std::int32_t>(text, "a 32-bit number"), &Reflection::SetInt32,
                 &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(message, field, whole_number<std::int64_t>(text, "a 64-bit number"), &Reflection::SetInt64,
                 &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(message, field, whole_number<std::uint32_t>(text, "an unsigned 32-bit number"), &Reflection::SetUInt32,
                 &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(message, field, whole_number<std::uint64_t>(text, "an unsigned 64-bit number"), &Reflection::SetUInt64,
                 &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(message, field, real_number<double>(text), &Reflection::SetDouble, &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put(message, field, real_number<float>(text), &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(message, field, truth(text), &Reflection::SetBool, &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return put(message, field, enum_number(field, text), &Reflection::SetEnumValue, &Reflection::AddEnumValue);
    case FieldDescriptor::CPPTYPE_STRING:
      return put(message, field, string_of(field, text), &Reflection::SetString, &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return set_message(message, field, text, json);
  }
  return internal_error("protobuf has no other types");
}

}  // namespace

Result<FieldPath> resolve(const Descriptor& type, std::string_view names) {
  FieldPath path;
  const Descriptor* message = &type;
  for (std::string_view left = names;;) {
    const std::size_t dot = std::min(left.find('.'), left.size());
    const FieldDescriptor* field = contract::find_field(*message, left.substr(0, dot));
    if (field == nullptr) {
      return invalid_argument(message->full_name() + " has no field " + contract::json_quote(left.substr(0, dot)));
    }
    path.push_back(field);
    if (dot == left.size()) return path;
    if (field->is_repeated() || field->message_type() == nullptr) {
      return invalid_argument(field->full_name() + " is no single message, so no field inside it can be named");
    }
    message = field->message_type();
    left.remove_prefix(dot + 1);
  }
}

Result<void> set_field(Message& message, const FieldPath& path, std::string_view text, const contract::Json& json) {
  Message* holder = &message;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) holder = holder->GetReflection()->MutableMessage(holder, path[i]);
  return set_leaf(*holder, *path.back(), text, json);
}

}  // namespace holon::gateway
