// JSON of what proto2 has beside proto3: required fields, defaults, closed enums, groups, extensions.
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "contract/json.h"
#include "testdata/kinds2.pb.h"

namespace holon::contract {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

const Json& json() {
  static const Json json(*DescriptorPool::generated_pool());
  return json;
}

std::string problem_of(std::string_view text, Message& into) {
  const Result<void> read = json().parse(text, into);
  return read.ok() ? "" : read.error().message();
}

std::string problem_of(std::string_view text) {
  kinds2::Old message;
  return problem_of(text, message);
}

/// What is printed of what was read; protobuf's reader reads it as the same.
std::string again(std::string_view text) {
  kinds2::Old message, others;
  const Result<void> read = json().parse(text, message);
  if (!read.ok()) return read.error().message();
  const std::string printed = json().print(message).value();
  const bool known_there = printed.find("\"[") == std::string::npos && printed.find("crew") == std::string::npos;
  if (known_there) {  // extensions and groups are not
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(printed, &others).ok()) << printed;
    EXPECT_TRUE(MessageDifferencer::Equals(message, others)) << others.ShortDebugString();
  }
  return printed;
}

TEST(JsonProto2, DefaultsArePrintedWhereTheyAreSet) {
  EXPECT_EQ(again("{}"), "{}");
  EXPECT_EQ(again(R"({"i32":7,"truth":true,"wide":"Infinity"})"), R"({"i32":7,"wide":"Infinity","truth":true})");
  EXPECT_EQ(again(R"({"i32":0,"text":"","data":""})"), R"({"i32":0,"text":"","data":""})");
  EXPECT_EQ(json().print(kinds2::Old(), {.defaults = true}).value(),
            R"({"i32":7,"text":"seven \"7\"","data":"Bw==","closed":"SECOND","wide":"Infinity","truth":true,"closeds":[],)"
            R"("boat":[],"needies":[],"needyByText":{}})");
  const auto& type = *kinds2::Old::descriptor();
  EXPECT_EQ(json().print_field(kinds2::Old(), *type.FindFieldByName("closed")).value(), "\"SECOND\"");
  EXPECT_EQ(json().print_field(kinds2::Old(), *type.FindFieldByName("i32")).value(), "7");
}

TEST(JsonProto2, EnumsAreClosed) {
  EXPECT_EQ(again(R"({"closed":1,"closeds":["SECOND",1]})"), R"({"closed":"FIRST","closeds":["SECOND","FIRST"]})");
  EXPECT_EQ(problem_of(R"({"closed":3})"), "1:11: kinds2.Old.closed is written as one of FIRST and SECOND, not 3");
  EXPECT_EQ(problem_of(R"({"closeds":[0]})"), "1:13: kinds2.Old.closeds is written as one of FIRST and SECOND, not 0");
  EXPECT_EQ(problem_of(R"({"closed":"THIRD"})"), "1:11: kinds2.Closed has no value \"THIRD\"; there is FIRST and SECOND");
}

TEST(JsonProto2, GroupsAreMessages) {
  EXPECT_EQ(again(R"({"crew":{"captain":"Ann"},"boat":[{"seats":1},{}]})"), R"({"crew":{"captain":"Ann"},"boat":[{"seats":1},{}]})");
  EXPECT_EQ(problem_of(R"({"Crew":{}})"), "1:2: kinds2.Old has no field \"Crew\"; did you mean crew?");
}

TEST(JsonProto2, RequiredFieldsAreNamed) {
  EXPECT_EQ(again(R"({"needy":{"name":"","numberOfLegs":0}})"), R"({"needy":{"name":"","numberOfLegs":0}})");
  EXPECT_EQ(problem_of(R"({"needy":{}})"), "1:10: kinds2.Needy lacks name and numberOfLegs, which it requires");
  EXPECT_EQ(problem_of(R"({"needy":{"name":"a"}})"), "1:10: kinds2.Needy lacks numberOfLegs, which it requires");
  EXPECT_EQ(problem_of(R"({"needy":{"name":null,"numberOfLegs":1}})"), "1:10: kinds2.Needy lacks name, which it requires");
  EXPECT_EQ(problem_of("{\"needies\":[\n{\"name\":\"a\",\"numberOfLegs\":1},\n {}]}"),
            "3:2: kinds2.Needy lacks name and numberOfLegs, which it requires");
  EXPECT_EQ(problem_of(R"({"needyByText":{"a":{}}})"), "1:21: kinds2.Needy lacks name and numberOfLegs, which it requires");
  EXPECT_EQ(problem_of(R"({"any":{"@type":"type.googleapis.com/kinds2.Needy"}})"),
            "1:8: kinds2.Needy lacks name and numberOfLegs, which it requires");
  EXPECT_EQ(problem_of(R"({"[kinds2.ext_needy]":{}})"), "1:23: kinds2.Needy lacks name and numberOfLegs, which it requires");
}

TEST(JsonProto2, WhatAMessageHasAlreadyIsNotLacking) {
  kinds2::Needy needy;
  needy.set_name("a");
  EXPECT_EQ(problem_of(R"({"numberOfLegs":4})", needy), "");
  EXPECT_EQ(needy.name(), "a");
}

TEST(JsonProto2, ExtensionsStandInBrackets) {
  constexpr std::string_view text =
      R"({"i32":1,"[kinds2.ext_i32]":5,"[kinds2.ext_texts]":["a","b"],"[kinds2.ext_needy]":{"name":"n","numberOfLegs":2},)"
      R"("[kinds2.Scope.ext_closed]":"FIRST"})";
  EXPECT_EQ(again(text), text);
  kinds2::Old message;
  ASSERT_EQ(problem_of(text, message), "");
  EXPECT_EQ(message.GetExtension(kinds2::ext_i32), 5);
  EXPECT_EQ(message.GetExtension(kinds2::ext_texts, 1), "b");
  EXPECT_EQ(message.GetExtension(kinds2::ext_needy).number_of_legs(), 2);
}

TEST(JsonProto2, ExtensionsAreRefusedByName) {
  EXPECT_EQ(problem_of(R"({"[kinds2.nobody]":5})"), "1:2: kinds2.Old has no field \"[kinds2.nobody]\"");
  EXPECT_EQ(problem_of(R"({"[kinds2.of_scope]":true})"), "1:2: kinds2.Old has no field \"[kinds2.of_scope]\"");
  EXPECT_EQ(problem_of(R"({"kinds2.ext_i32":5})"), "1:2: kinds2.Old has no field \"kinds2.ext_i32\"");
  EXPECT_EQ(problem_of(R"({"[kinds2.ext_i32":5})"), "1:2: kinds2.Old has no field \"[kinds2.ext_i32\"");
  EXPECT_EQ(problem_of(R"({"[":5})"), "1:2: kinds2.Old has no field \"[\"");
  EXPECT_EQ(problem_of(R"({"[]":5})"), "1:2: kinds2.Old has no field \"[]\"");
  EXPECT_EQ(problem_of(R"({"[kinds2.ext_i32]":5,"[kinds2.ext_i32]":6})"), "1:23: \"[kinds2.ext_i32]\" is given twice; leave one out");
  EXPECT_EQ(problem_of(R"({"[kinds2.ext_i32]":"x"})"),
            "1:21: kinds2.ext_i32 is written as a whole number from -2147483648 to 2147483647, not \"x\"");
}

// protobuf takes any bytes for a string of proto2.
TEST(JsonProto2, BytesThatAreNoTextAreReplaced) {
  kinds2::Old message;
  message.set_text("a\xFF" "b\xC3");
  EXPECT_EQ(json().print(message).value(), "{\"text\":\"a\uFFFDb\uFFFD\"}");
}

}  // namespace
}  // namespace holon::contract
