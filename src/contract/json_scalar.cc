#include "contract/json_scalar.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "config/suggest.h"
#include "contract/base64.h"
#include "contract/json.h"
#include "contract/json_cursor.h"
#include "contract/json_number.h"
#include "contract/json_time.h"
#include "contract/json_types.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t word_bytes_max = 64;    // of what is looked at for a suggestion
constexpr std::size_t listed_words_max = 12;  // in a message

/// A field of a message, to be set or added to.
struct Place {
  Message& message;
  const FieldDescriptor& field;

  template <class V, class Set, class Add>
  bool put(V value, Set set, Add add) const {
    const Reflection& reflection = *message.GetReflection();
    if (field.is_repeated()) {
      (reflection.*add)(&message, &field, std::move(value));
    } else {
      (reflection.*set)(&message, &field, std::move(value));
    }
    return true;
  }
};

template <class N, class Set, class Add>
bool put_whole(const Place& place, std::string_view text, Written written, Set set, Add add) {
  N number{};
  if (written == Written::boolean) return false;
  const bool read = written == Written::bare ? read_digits(text, number) : read_whole(text, number);
  return read && place.put(number, set, add);
}

template <class N, class Set, class Add>
bool put_real(const Place& place, std::string_view text, Written written, Set set, Add add) {
  using Limits = std::numeric_limits<N>;
  N number{};
  if (written == Written::boolean) return false;
  if (written != Written::number && text == "NaN") return place.put(Limits::quiet_NaN(), set, add);
  if (written != Written::number && text == "Infinity") return place.put(Limits::infinity(), set, add);
  if (written != Written::number && text == "-Infinity") return place.put(-Limits::infinity(), set, add);
  return read_real(text, number) && place.put(number, set, add);
}

bool put_boolean(const Place& place, std::string_view text, Written written) {
  if (written != Written::boolean && written != Written::bare) return false;
  if (text != "true" && text != "false") return false;
  return place.put(text == "true", &Reflection::SetBool, &Reflection::AddBool);
}

bool put_string(const Place& place, std::string_view text, Written written) {
  if (written != Written::string && written != Written::bare) return false;
  std::string value;
  if (place.field.type() != FieldDescriptor::TYPE_BYTES) value = text;
  else if (!base64_decode(text, value)) return false;
  return place.put(std::move(value), &Reflection::SetString, &Reflection::AddString);
}

bool is_null_value(const EnumDescriptor& type) { return type.full_name() == "google.protobuf.NullValue"; }

/// Whether an enum may have numbers without a name.
bool is_open(const FieldDescriptor& field) {
  return field.file()->syntax() == FileDescriptor::SYNTAX_PROTO3 && !is_null_value(*field.enum_type());
}

bool put_enum(const Place& place, std::string_view text, Written written) {
  const EnumDescriptor& type = *place.field.enum_type();
  int number = 0;
  if (written == Written::boolean) return false;
  const EnumValueDescriptor* named = written == Written::number ? nullptr : type.FindValueByName(std::string(text));
  if (named != nullptr) {
    number = named->number();
  } else {
    const bool is_number = (written == Written::number && read_whole(text, number)) ||
                           (written == Written::bare && read_digits(text, number));
    if (!is_number || (type.FindValueByNumber(number) == nullptr && !is_open(place.field))) return false;
  }
  return place.put(number, &Reflection::SetEnumValue, &Reflection::AddEnumValue);
}

template <class N>
std::string whole_form() {
  return "a whole number from " + std::to_string(std::numeric_limits<N>::min()) + " to " +
         std::to_string(std::numeric_limits<N>::max());
}

/// "; did you mean cart?", or the words there are, if they are few; nothing about a word that is too long to be compared.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > word_bytes_max) return {};
  std::string said = config::suggestion(word, known);
  if (known.size() > listed_words_max && said.starts_with("; there is ")) return {};
  return said;
}

std::vector<std::string> names_of(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return names;
}

std::string enum_form(const EnumDescriptor& type) {
  if (is_null_value(type)) return "null";
  if (type.value_count() > static_cast<int>(listed_words_max)) return "the name of a " + type.full_name();
  return (type.value_count() > 1 ? "one of " : "") + config::listed(names_of(type));
}

void set_number(Message& message, int field, std::int64_t number) {
  const FieldDescriptor& place = *message.GetDescriptor()->FindFieldByNumber(field);
  if (place.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    message.GetReflection()->SetInt32(&message, &place, static_cast<std::int32_t>(number));
  } else {
    message.GetReflection()->SetInt64(&message, &place, number);
  }
}

bool set_mask(Message& mask, std::string_view text) {
  const FieldDescriptor& paths = *mask.GetDescriptor()->FindFieldByNumber(1);
  std::vector<std::string> read;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (!read_mask_path(text.substr(0, comma), read.emplace_back())) return false;
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
    if (text.empty()) return false;
  }
  for (std::string& path : read) mask.GetReflection()->AddString(&mask, &paths, std::move(path));
  return true;
}

}  // namespace

bool set_scalar(Message& into, const FieldDescriptor& field, std::string_view text, Written written) {
  const Place place{into, field};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put_whole<std::int32_t>(place, text, written, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_whole<std::int64_t>(place, text, written, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_whole<std::uint32_t>(place, text, written, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_whole<std::uint64_t>(place, text, written, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put_real<double>(place, text, written, &Reflection::SetDouble, &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put_real<float>(place, text, written, &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL: return put_boolean(place, text, written);
    case FieldDescriptor::CPPTYPE_ENUM: return put_enum(place, text, written);
    case FieldDescriptor::CPPTYPE_STRING: return put_string(place, text, written);
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  return false;
}

bool set_by_text(Message& known, std::string_view text) {
  const JsonForm form = json_form(*known.GetDescriptor());
  if (form == JsonForm::field_mask) return set_mask(known, text);
  Moment moment;
  if (!(form == JsonForm::timestamp ? read_timestamp(text, moment) : read_duration(text, moment))) return false;
  set_number(known, 1, moment.seconds);
  set_number(known, 2, moment.nanos);
  return true;
}

std::string written_form(const Descriptor& message) {
  switch (json_form(message)) {
    case JsonForm::timestamp: return "a time like \"2026-01-31T12:00:00Z\", in the years 1 to 9999";
    case JsonForm::duration: return "a duration like \"1.5s\", of at most 315576000000 seconds";
    case JsonForm::field_mask: return "fields in lowerCamelCase, like \"id,author.fullName\"";
    case JsonForm::wrapper: return written_form(*message.field(0));
    case JsonForm::list: return "an array";
    case JsonForm::value: return "any value, with numbers within ±1.7976931348623157e+308";
    default: return "an object";
  }
}

std::string written_form(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return whole_form<std::int32_t>();
    case FieldDescriptor::CPPTYPE_INT64: return whole_form<std::int64_t>();
    case FieldDescriptor::CPPTYPE_UINT32: return whole_form<std::uint32_t>();
    case FieldDescriptor::CPPTYPE_UINT64: return whole_form<std::uint64_t>();
    case FieldDescriptor::CPPTYPE_DOUBLE: return "a number within ±1.7976931348623157e+308";
    case FieldDescriptor::CPPTYPE_FLOAT: return "a number within ±3.4028235e+38";
    case FieldDescriptor::CPPTYPE_BOOL: return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM: return enum_form(*field.enum_type());
    case FieldDescriptor::CPPTYPE_STRING: return field.type() == FieldDescriptor::TYPE_BYTES ? "a string of base64" : "a string";
    case FieldDescriptor::CPPTYPE_MESSAGE: return written_form(*field.message_type());
  }
  return {};
}

std::string no_field(const Descriptor& type, std::string_view name) {
  std::vector<std::string> known;
  for (int i = 0; i < type.field_count(); ++i) known.push_back(type.field(i)->json_name());
  return type.full_name() + " has no field " + json_excerpt(name) + did_you_mean(name, known);
}

std::string refusal(const FieldDescriptor& field, std::string_view text, Written written) {
  const bool quoted = written == Written::string || written == Written::bare;
  const std::string found = quoted ? json_excerpt(text) : std::string(text.substr(0, word_bytes_max));
  if (field.enum_type() != nullptr && quoted) {
    const std::vector<std::string> names = names_of(*field.enum_type());
    return field.enum_type()->full_name() + " has no value " + found + did_you_mean(text, names);
  }
  return field.full_name() + " is written as " + written_form(field) + ", not " + found;
}

}  // namespace holon::contract
