// A field of a message, found in its bytes.

#include "client/message_key.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>

#include "client/balancer.h"

namespace holon::client {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::Duration;
using google::protobuf::MethodDescriptorProto;

TEST(MessageKey, IsTheFieldAndNothingElse) {
  MethodDescriptorProto one, other;
  one.set_name("ada");
  one.set_input_type("x");
  other.set_input_type("y");
  other.set_client_streaming(true);
  other.set_name("ada");
  EXPECT_EQ(key_of(one.SerializeAsString(), {1}), key_of(other.SerializeAsString(), {1}));
  EXPECT_NE(key_of(one.SerializeAsString(), {2}), key_of(other.SerializeAsString(), {2}));
}

TEST(MessageKey, MayLieDeepWithin) {
  MethodDescriptorProto method;
  method.mutable_options()->add_uninterpreted_option()->set_identifier_value("deep");
  EXPECT_EQ(key_of(method.SerializeAsString(), {4, 999, 3}), stable_hash("deep"));
}

TEST(MessageKey, NumbersAreTheirValues) {
  Duration time;
  time.set_seconds(300);
  EXPECT_EQ(key_of(time.SerializeAsString(), {1}), stable_hash("300"));
  time.set_seconds(-1);
  EXPECT_EQ(key_of(time.SerializeAsString(), {1}), stable_hash("18446744073709551615"));
}

TEST(MessageKey, WhatIsNotThereIsAsItsDefault) {
  EXPECT_EQ(key_of("", {1}), stable_hash(""));
  EXPECT_EQ(key_of(std::string("\x08\x00", 2), {1}), key_of("", {1}));
}

TEST(MessageKey, TheLastValueCounts) {
  DescriptorProto first, last;
  first.set_name("first");
  last.set_name("last");
  EXPECT_EQ(key_of(first.SerializeAsString() + last.SerializeAsString(), {1}), stable_hash("last"));
}

TEST(MessageKey, WhatIsNoMessageHasSomeKeyToo) {
  EXPECT_EQ(key_of("\xff\xff\xff", {1}), stable_hash(""));
  EXPECT_EQ(key_of(std::string("\x0a\x7f", 2), {1}), stable_hash(""));
  EXPECT_EQ(key_of("\x0a\x01g", {1, 2}), stable_hash(""));
}

}  // namespace
}  // namespace holon::client
