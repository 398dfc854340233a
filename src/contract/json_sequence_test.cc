#include "contract/json_sequence.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>

#include <vector>

namespace holon::contract {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptorProto;
using ::testing::ElementsAre;

/// What is cut of a text that arrives in pieces of `size` characters.
std::vector<std::string> cut(std::string_view text, std::size_t size) {
  JsonSequence sequence(1000);
  std::vector<std::string> values;
  auto take_all = [&] {
    while (auto value = sequence.next().value()) values.push_back(value->text);
  };
  for (std::size_t at = 0; at < text.size(); at += size) {
    sequence.feed(text.substr(at, size));
    take_all();
  }
  sequence.end();
  take_all();
  return values;
}

TEST(JsonSequence, CutsTheSameHoweverItArrives) {
  const std::string text = "{\"a\": \"}{\\\"\"}{}\n[1, {\"b\": [2]}] 12\t\"x y\"true null\r\n-3.5e+7";
  const std::vector<std::string> whole = cut(text, text.size());
  EXPECT_THAT(whole, ElementsAre("{\"a\": \"}{\\\"\"}", "{}", "[1, {\"b\": [2]}]", "12", "\"x y\"", "true", "null",
                                 "-3.5e+7"));
  for (std::size_t size = 1; size < text.size(); ++size) EXPECT_EQ(cut(text, size), whole) << size;
}

TEST(JsonSequence, GivesAValueAsSoonAsItIsComplete) {
  JsonSequence sequence(1000);
  sequence.feed("{\"a\":");
  EXPECT_FALSE(sequence.next().value());
  sequence.feed("1}");
  EXPECT_TRUE(sequence.next().value());
  EXPECT_FALSE(sequence.next().value());
}

TEST(JsonSequence, WhatIsWrongIsAValueToo) {
  EXPECT_THAT(cut("} , {\"a\"", 3), ElementsAre("}", ",", "{\"a\""));
  EXPECT_THAT(cut(" \n\t ", 2), ElementsAre());
}

TEST(JsonSequence, BoundsAValue) {
  JsonSequence sequence(10);
  sequence.feed("{}\n {\"a\": \"0123456789\"}");
  EXPECT_TRUE(sequence.next().value());
  Result<std::optional<JsonSequence::Value>> value = sequence.next();
  ASSERT_EQ(value.code(), Code::resource_exhausted);
  EXPECT_EQ(value.error().message(), "2:2: the value is larger than 10 bytes");
}

TEST(JsonSequence, AnErrorHasItsPlaceInTheWholeText) {
  Json json(*DescriptorPool::generated_pool());
  JsonSequence sequence(1000);
  sequence.feed("{\"name\": \"ä\"} {\"nam\": 1}\n\n  {\"number\":\n  \"x\"}{\"name\" 1}");
  sequence.end();
  FieldDescriptorProto field;
  std::vector<std::string> errors;
  while (auto value = sequence.next().value()) {
    Result<void> parsed = value->parse(json, field);
    errors.push_back(parsed.ok() ? "" : parsed.error().message());
  }
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_EQ(errors[0], "");
  EXPECT_EQ(field.name(), "ä");
  EXPECT_EQ(errors[1], "1:16: google.protobuf.FieldDescriptorProto has no field \"nam\"; did you mean name?");
  EXPECT_THAT(errors[2], ::testing::StartsWith("4:3: "));
  EXPECT_THAT(errors[2], ::testing::HasSubstr("number"));
  EXPECT_EQ(errors[3], "4:15: '1' where ':' is expected");
}

}  // namespace
}  // namespace holon::contract
