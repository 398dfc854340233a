#include "contract/json_write.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>

#include "contract/base64.h"
#include "contract/json_number.h"
#include "telemetry/json.h"

namespace holon::contract {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Whether a map's entry goes before another one: by key.
bool goes_before(const FieldDescriptor& key, const Message& a, const Message& b) {
  const Reflection& reflection = *a.GetReflection();
  switch (key.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return reflection.GetInt32(a, &key) < reflection.GetInt32(b, &key);
    case FieldDescriptor::CPPTYPE_INT64: return reflection.GetInt64(a, &key) < reflection.GetInt64(b, &key);
    case FieldDescriptor::CPPTYPE_UINT32: return reflection.GetUInt32(a, &key) < reflection.GetUInt32(b, &key);
    case FieldDescriptor::CPPTYPE_UINT64: return reflection.GetUInt64(a, &key) < reflection.GetUInt64(b, &key);
    case FieldDescriptor::CPPTYPE_BOOL: return reflection.GetBool(a, &key) < reflection.GetBool(b, &key);
    default: break;
  }
  std::string of_a, of_b;
  return reflection.GetStringReference(a, &key, &of_a) < reflection.GetStringReference(b, &key, &of_b);
}

}  // namespace

bool JsonWriter::message(const Message& message) {
  return write(world_.types.of(*message.GetDescriptor()), message);
}

bool JsonWriter::open(char bracket) {
  if (depth_ == JsonCursor::depth_max) return fail("more than " + std::to_string(depth_) + " levels");
  ++depth_;
  out_ += bracket;
  return true;
}

void JsonWriter::next(bool& first) {
  if (!first) out_ += ',';
  first = false;
  line();
}

bool JsonWriter::close(char bracket, bool empty) {
  --depth_;
  if (!empty) line();
  out_ += bracket;
  return true;
}

void JsonWriter::line() {
  if (!style_.lines) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(depth_), ' ');
}

bool JsonWriter::write(const JsonType& type, const Message& message) {
  switch (type.form) {
    case JsonForm::fields: return object(type, message, {});
    case JsonForm::any: return any(type, message);
    case JsonForm::timestamp:
    case JsonForm::duration: return moment(type, message);
    case JsonForm::field_mask: return mask(type, message);
    case JsonForm::structure: return entries(type.fields[0], message);
    case JsonForm::value: return any_value(type, message);
    case JsonForm::list: return elements(type.fields[0], message);
    case JsonForm::wrapper: return scalar(type.fields[0], message);
  }
  return fail("a form that is not known");
}

/// @param any_url  of the Any that the message is in, or empty
bool JsonWriter::object(const JsonType& type, const Message& message, std::string_view any_url) {
  if (!open('{')) return false;
  bool first = true;
  if (!any_url.empty()) {
    next(first);
    out_ += style_.lines ? "\"@type\": " : "\"@type\":";
    telemetry::append_json_string(out_, any_url);
  }
  return members(type, message, first) && close('}', first);
}

bool JsonWriter::members(const JsonType& type, const Message& message, bool& first) {
  for (const JsonField& field : type.fields) {
    if (is_written(field, message) && !member(field, message, first)) return false;
  }
  if (type.message->extension_range_count() == 0) return true;
  std::vector<const FieldDescriptor*> there;
  message.GetReflection()->ListFields(message, &there);
  for (const FieldDescriptor* field : there) {
    if (field->is_extension() && !member(world_.types.extension(*field), message, first)) return false;
  }
  return true;
}

bool JsonWriter::is_written(const JsonField& field, const Message& message) const {
  const FieldDescriptor& descriptor = *field.field;
  const Reflection& reflection = *message.GetReflection();
  if (descriptor.is_repeated()) return style_.defaults || reflection.FieldSize(message, &descriptor) > 0;
  if (reflection.HasField(message, &descriptor)) return true;
  return style_.defaults && field.type == nullptr && descriptor.containing_oneof() == nullptr;
}

bool JsonWriter::member(const JsonField& field, const Message& message, bool& first) {
  next(first);
  out_ += field.label;
  if (style_.lines) out_ += ' ';
  return value(field, message);
}

bool JsonWriter::field(const JsonField& field, const Message& message) {
  const bool absent = field.type != nullptr && !field.field->is_repeated() &&
                      !message.GetReflection()->HasField(message, field.field);
  if (!absent) return value(field, message);
  out_ += field.type->form == JsonForm::fields ? "{}" : "null";
  return true;
}

bool JsonWriter::value(const JsonField& field, const Message& message) {
  if (field.field->is_map()) return entries(field, message);
  if (field.field->is_repeated()) return elements(field, message);
  if (field.type == nullptr) return scalar(field, message);
  return write(*field.type, message.GetReflection()->GetMessage(message, field.field));
}

bool JsonWriter::elements(const JsonField& field, const Message& message) {
  if (!open('[')) return false;
  bool first = true;
  const int size = message.GetReflection()->FieldSize(message, field.field);
  for (int i = 0; i < size; ++i) {
    next(first);
    if (!element(field, message, i)) return false;
  }
  return close(']', first);
}

/// A map, or a Struct: by key, so that the same message is always the same text.
bool JsonWriter::entries(const JsonField& field, const Message& message) {
  if (!open('{')) return false;
  const Reflection& reflection = *message.GetReflection();
  std::vector<const Message*> sorted;
  const int size = reflection.FieldSize(message, field.field);
  for (int i = 0; i < size; ++i) sorted.push_back(&reflection.GetRepeatedMessage(message, field.field, i));
  const FieldDescriptor& key = *field.type->fields[0].field;
  std::ranges::sort(sorted, [&](const Message* a, const Message* b) { return goes_before(key, *a, *b); });
  bool first = true;
  for (const Message* entry : sorted) {
    next(first);
    if (!this->entry(field, *entry)) return false;
  }
  return close('}', first);
}

bool JsonWriter::entry(const JsonField& field, const Message& entry) {
  const JsonField& key = field.type->fields[0];
  const std::size_t start = out_.size();
  if (!scalar(key, entry)) return false;
  if (out_[start] != '"') {
    out_.insert(start, 1, '"');
    out_ += '"';
  }
  out_ += style_.lines ? ": " : ":";
  return value(field.type->fields[1], entry);
}

bool JsonWriter::scalar(const JsonField& field, const Message& message) {
  const FieldDescriptor* descriptor = field.field;
  const Reflection& reflection = *message.GetReflection();
  switch (descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: whole(reflection.GetInt32(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_UINT32: whole(reflection.GetUInt32(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_INT64: quoted_whole(reflection.GetInt64(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_UINT64: quoted_whole(reflection.GetUInt64(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_DOUBLE: append_real(out_, reflection.GetDouble(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_FLOAT: append_real(out_, reflection.GetFloat(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_BOOL: out_ += reflection.GetBool(message, descriptor) ? "true" : "false"; break;
    case FieldDescriptor::CPPTYPE_ENUM: enumerated(field, reflection.GetEnumValue(message, descriptor)); break;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      text(field, reflection.GetStringReference(message, descriptor, &scratch));
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: return fail(descriptor->full_name() + " is no scalar");
  }
  return true;
}

bool JsonWriter::element(const JsonField& field, const Message& message, int i) {
  const FieldDescriptor* descriptor = field.field;
  const Reflection& reflection = *message.GetReflection();
  switch (descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: whole(reflection.GetRepeatedInt32(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_UINT32: whole(reflection.GetRepeatedUInt32(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_INT64: quoted_whole(reflection.GetRepeatedInt64(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_UINT64: quoted_whole(reflection.GetRepeatedUInt64(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_DOUBLE: append_real(out_, reflection.GetRepeatedDouble(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_FLOAT: append_real(out_, reflection.GetRepeatedFloat(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_BOOL: out_ += reflection.GetRepeatedBool(message, descriptor, i) ? "true" : "false"; break;
    case FieldDescriptor::CPPTYPE_ENUM: enumerated(field, reflection.GetRepeatedEnumValue(message, descriptor, i)); break;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      text(field, reflection.GetRepeatedStringReference(message, descriptor, i, &scratch));
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return write(*field.type, reflection.GetRepeatedMessage(message, descriptor, i));
  }
  return true;
}

void JsonWriter::enumerated(const JsonField& field, int number) {
  if (field.is_null_value) {
    out_ += "null";
  } else if (const EnumValueDescriptor* value = field.field->enum_type()->FindValueByNumber(number)) {
    out_ += '"';
    out_ += value->name();  // an identifier: nothing to escape
    out_ += '"';
  } else {
    whole(number);
  }
}

void JsonWriter::text(const JsonField& field, std::string_view value) {
  if (field.field->type() != FieldDescriptor::TYPE_BYTES) return telemetry::append_json_string(out_, value);
  out_ += '"';
  append_base64(out_, value);
  out_ += '"';
}

template <class N>
void JsonWriter::whole(N number) {
  char digits[24];
  out_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// Readers in JavaScript have no whole numbers of 64 bits.
template <class N>
void JsonWriter::quoted_whole(N number) {
  out_ += '"';
  whole(number);
  out_ += '"';
}

bool JsonWriter::fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

}  // namespace holon::contract
