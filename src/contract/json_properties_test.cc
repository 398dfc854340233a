// What holds of any message and any number: protobuf's own JSON and ours understand each other, exactly.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>

#include "contract/json.h"
#include "contract/json_number.h"
#include "contract/json_types.h"
#include "testdata/kinds.pb.h"

namespace holon::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
namespace util = google::protobuf::util;

constexpr int depth_max = 3;

bool chance(int percent) { return *rc::gen::inRange(0, 100) < percent; }

template <class N>
N number() {
  return *rc::gen::oneOf(rc::gen::arbitrary<N>(), rc::gen::element<N>(0, 1, std::numeric_limits<N>::min(), std::numeric_limits<N>::max()));
}

/// Any bits, so that NaN, the infinities and what is barely above zero come too.
template <class N, class Bits>
N real() {
  const Bits bits = *rc::gen::arbitrary<Bits>();
  N made;
  std::memcpy(&made, &bits, sizeof made);
  return chance(50) ? made : static_cast<N>(*rc::gen::inRange(-2000, 2000)) / 8;
}

std::string text() {
  static constexpr const char* parts[] = {"a", "Z", "0", " ", "\"", "\\", "/", "<", "\n", "\t", "\x01", "\x7F", "é", "€", "😀", "\u2028"};
  std::string made;
  for (int i = *rc::gen::inRange(0, 12); i > 0; --i) made += parts[*rc::gen::inRange<std::size_t>(0, std::size(parts))];
  return made;
}

std::string bytes() {
  const auto all = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  return {all.begin(), all.end()};
}

void fill(Message& message, int depth);

/// Sets or adds to a field; a message in it is `depth` deep.
void put(Message& message, const FieldDescriptor& field, int depth) {
  const Reflection& to = *message.GetReflection();
  const auto set = [&](auto value, auto set_it, auto add_it) {
    if (field.is_repeated()) (to.*add_it)(&message, &field, std::move(value));
    else (to.*set_it)(&message, &field, std::move(value));
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return set(number<std::int32_t>(), &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64: return set(number<std::int64_t>(), &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32: return set(number<std::uint32_t>(), &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64: return set(number<std::uint64_t>(), &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE: return set(real<double, std::uint64_t>(), &Reflection::SetDouble, &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT: return set(real<float, std::uint32_t>(), &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL: return set(chance(50), &Reflection::SetBool, &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const bool is_null = field.enum_type()->full_name() == "google.protobuf.NullValue";
      const int value = is_null ? 0 : chance(70) ? *rc::gen::inRange(-1, 3) : number<std::int32_t>();
      return set(value, &Reflection::SetEnumValue, &Reflection::AddEnumValue);
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return set(field.type() == FieldDescriptor::TYPE_BYTES ? bytes() : text(), &Reflection::SetString, &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      fill(*(field.is_repeated() ? to.AddMessage(&message, &field) : to.MutableMessage(&message, &field)), depth);
  }
}

void fill_moment(Message& message, std::int64_t least, std::int64_t largest, bool of_one_sign) {
  const auto seconds = *rc::gen::oneOf(rc::gen::inRange(least, largest), rc::gen::inRange<std::int64_t>(-3, 3));
  auto nanos = *rc::gen::oneOf(rc::gen::inRange(0, 1'000'000'000), rc::gen::element(0, 1, 1'000, 1'000'000, 999'999'999));
  if (of_one_sign && seconds < 0) nanos = -nanos;
  message.GetReflection()->SetInt64(&message, message.GetDescriptor()->field(0), seconds);
  message.GetReflection()->SetInt32(&message, message.GetDescriptor()->field(1), nanos);
}

void fill_any(google::protobuf::Any& any) {
  if (chance(20)) return;
  if (chance(50)) {
    google::protobuf::Timestamp time;
    fill_moment(time, -62'135'596'800, 253'402'300'800, false);
    any.PackFrom(time);
  } else {
    kinds::Node node;
    fill(node, depth_max);
    any.PackFrom(node);
  }
}

/// A Value has one of its fields, and its numbers are finite.
void fill_value(google::protobuf::Value& value, int depth) {
  const int kind = *rc::gen::inRange(0, depth < depth_max ? 6 : 4);
  if (kind != 1) return put(value, *value.GetDescriptor()->field(kind), depth + 1);
  const double number = real<double, std::uint64_t>();
  value.set_number_value(std::isfinite(number) ? number : 0.5);
}

void fill_fields(Message& message, int depth) {
  const auto& type = *message.GetDescriptor();
  const bool entry = type.options().map_entry();
  const bool many = type.field_count() > 10;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool too_deep = field.message_type() != nullptr && depth >= depth_max;
    if (!entry && (too_deep || !chance(many ? 15 : 50))) continue;
    for (int times = field.is_repeated() ? *rc::gen::inRange(0, 4) : 1; times > 0; --times) put(message, field, depth + 1);
  }
}

void fill(Message& message, int depth) {
  switch (json_form(*message.GetDescriptor())) {
    case JsonForm::timestamp: return fill_moment(message, -62'135'596'800, 253'402'300'800, false);
    case JsonForm::duration: return fill_moment(message, -315'576'000'000, 315'576'000'000, true);
    case JsonForm::any: return fill_any(static_cast<google::protobuf::Any&>(message));
    case JsonForm::value: return fill_value(static_cast<google::protobuf::Value&>(message), depth);
    case JsonForm::field_mask:
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        static_cast<google::protobuf::FieldMask&>(message).add_paths(*rc::gen::element<std::string>("a", "foo_bar", "x3.y_z"));
      }
      return;
    default: return fill_fields(message, depth);
  }
}

kinds::Kinds any_message() {
  kinds::Kinds message;
  fill(message, 0);
  kinds::Kinds settled;  // a key that came twice counts once
  settled.ParseFromString(message.SerializeAsString());
  return settled;
}

std::string difference(const Message& a, const Message& b) {
  std::string said;
  util::MessageDifferencer differ;
  differ.ReportDifferencesToString(&said);
  util::DefaultFieldComparator numbers;
  numbers.set_treat_nan_as_equal(true);
  differ.set_field_comparator(&numbers);
  return differ.Compare(a, b) ? "" : said;
}

const Json& json() {
  static const Json json(*google::protobuf::DescriptorPool::generated_pool());
  return json;
}

RC_GTEST_PROP(JsonProperties, WhatIsPrintedIsReadAsTheSame, ()) {
  const kinds::Kinds message = any_message();
  for (const JsonStyle style : {JsonStyle{}, JsonStyle{.lines = true}, JsonStyle{.defaults = true}}) {
    const std::string text = json().print(message, style).value();
    kinds::Kinds read;
    const Result<void> parsed = json().parse(text, read);
    RC_ASSERT((parsed.ok() ? "" : parsed.error().message()) == "");
    RC_ASSERT(difference(message, read) == "");
    RC_ASSERT(json().print(read, style).value() == text);
  }
}

RC_GTEST_PROP(JsonProperties, ProtobufReadsWhatIsPrinted, ()) {
  const kinds::Kinds message = any_message();
  const std::string text = json().print(message).value();
  kinds::Kinds read;
  const util::Status status = util::JsonStringToMessage(text, &read);
  RC_ASSERT(status.ToString() == "OK");
  RC_ASSERT(difference(message, read) == "");
}

RC_GTEST_PROP(JsonProperties, WhatProtobufPrintsIsRead, ()) {
  const kinds::Kinds message = any_message();
  util::JsonPrintOptions options;
  options.add_whitespace = chance(50);
  options.preserve_proto_field_names = chance(50);
  options.always_print_enums_as_ints = chance(30);
  options.always_print_primitive_fields = chance(30);
  std::string text;
  RC_ASSERT(util::MessageToJsonString(message, &text, options).ok());
  kinds::Kinds read;
  const Result<void> parsed = json().parse(text, read);
  RC_ASSERT((parsed.ok() ? "" : parsed.error().message()) == "");
  RC_ASSERT(difference(message, read) == "");
}

/// Digits, maybe a fraction, maybe an exponent.
std::string any_number() {
  std::string made = chance(30) ? "-" : "";
  made += std::to_string(*rc::gen::inRange<std::uint64_t>(0, *rc::gen::element<std::uint64_t>(10, 1'000'000, UINT64_MAX)));
  if (chance(50)) made += "." + std::string(static_cast<std::size_t>(*rc::gen::inRange(0, 5)), '0') + std::to_string(*rc::gen::inRange(0, 1'000'000));
  if (chance(50)) made += "e" + std::to_string(*rc::gen::inRange(-340, 320));
  return made;
}

RC_GTEST_PROP(JsonProperties, RealNumbersAreTheNearest, ()) {
  const std::string text = any_number();
  const double wide = std::strtod(text.c_str(), nullptr);
  const float narrow = std::strtof(text.c_str(), nullptr);
  double read_wide = 0;
  float read_narrow = 0;
  RC_ASSERT(read_real(text, read_wide) == std::isfinite(wide));
  RC_ASSERT(!std::isfinite(wide) || read_wide == wide);
  RC_ASSERT(read_real(text, read_narrow) == std::isfinite(narrow));
  RC_ASSERT(!std::isfinite(narrow) || read_narrow == narrow);
}

RC_GTEST_PROP(JsonProperties, RealNumbersComeBack, ()) {
  const auto wide = real<double, std::uint64_t>();
  const auto narrow = real<float, std::uint32_t>();
  std::string wide_text, narrow_text;
  append_real(wide_text, wide);
  append_real(narrow_text, narrow);
  double read_wide = 0;
  float read_narrow = 0;
  if (std::isfinite(wide)) RC_ASSERT(read_real(wide_text, read_wide) && std::memcmp(&wide, &read_wide, sizeof wide) == 0);
  if (std::isfinite(narrow)) RC_ASSERT(read_real(narrow_text, read_narrow) && std::memcmp(&narrow, &read_narrow, sizeof narrow) == 0);
}

// The point moved through the digits, and the exponent that moves it back, make no difference.
RC_GTEST_PROP(JsonProperties, WholeNumbersAreExact, ()) {
  const auto value = number<std::int64_t>();
  std::string digits = std::to_string(value);
  const std::string sign = value < 0 ? "-" : "";
  digits.erase(0, sign.size());
  const auto before = *rc::gen::inRange<std::size_t>(1, digits.size() + 1);
  const std::string zeros(*rc::gen::inRange<std::size_t>(0, 30), '0');
  const std::string text = sign + digits.substr(0, before) + "." + digits.substr(before) + zeros + "0e" + std::to_string(digits.size() - before);
  std::int64_t read = 0;
  RC_ASSERT(read_whole(text, read));
  RC_ASSERT(read == value);
  const std::string fraction = sign + digits + "." + zeros + "1";
  RC_ASSERT(!read_whole(fraction, read));
}

}  // namespace
}  // namespace holon::contract
