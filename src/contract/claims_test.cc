#include "holon/claims.h"

namespace holon {
namespace {

Claims claims(std::string json) {
  Result<Claims> read = Claims::from_json(std::move(json));
  EXPECT_TRUE(read.ok()) << read.error().to_string();
  return std::move(read).value_or({});
}

TEST(Claims, AreNoneUnlessGiven) {
  EXPECT_TRUE(Claims().empty());
  EXPECT_TRUE(claims("{}").empty());
  EXPECT_EQ(Claims().subject(), "");
  EXPECT_EQ(Claims().json(), "");
  EXPECT_FALSE(Claims().has("sub", ""));
}

TEST(Claims, AreFoundByName) {
  const Claims ann = claims(R"({"sub":"ann","level":3,"share":0.25,"admin":true,"none":null,"negative":-7})");
  EXPECT_FALSE(ann.empty());
  EXPECT_EQ(ann.subject(), "ann");
  EXPECT_EQ(ann.get("level"), "3");
  EXPECT_EQ(ann.get("share"), "0.25");
  EXPECT_EQ(ann.get("admin"), "true");
  EXPECT_EQ(ann.get("negative"), "-7");
  EXPECT_EQ(ann.get("none"), "");
  EXPECT_FALSE(ann.has("none", ""));
  EXPECT_EQ(ann.get("absent"), "");
  EXPECT_TRUE(ann.has("level", "3"));
  EXPECT_TRUE(ann.has("admin", "true"));
  EXPECT_FALSE(ann.has("admin", "false"));
}

TEST(Claims, InsideOthersAreFoundByTheWayThere) {
  const Claims ann = claims(R"({"realm":{"roles":["admin","cook"],"address":{"country":"AT"}},
                                "https://shop.example/tenant":"7","a.b":"whole","a":{"b":"inside"}})");
  EXPECT_TRUE(ann.has("realm.roles", "cook"));
  EXPECT_FALSE(ann.has("realm.roles", "coo"));
  EXPECT_EQ(ann.get("realm.address.country"), "AT");
  EXPECT_EQ(ann.get("https://shop.example/tenant"), "7");
  EXPECT_EQ(ann.get("a.b"), "whole") << "a claim's own name comes first";
  EXPECT_EQ(ann.get("realm.roles"), "") << "a list is no single value";
  EXPECT_EQ(ann.get("realm.roles.0"), "");
}

TEST(Claims, AListIsAListHoweverItIsWritten) {
  const Claims ann = claims(R"({"scope":"read  write","roles":["a b",7],"one":"x","object":{"a":"b"},"empty":[]})");
  EXPECT_THAT(ann.list("scope"), testing::ElementsAre("read", "write"));
  EXPECT_TRUE(ann.has("scope", "write"));
  EXPECT_TRUE(ann.has("scope", "read  write")) << "the text itself, too";
  EXPECT_FALSE(ann.has("scope", "rea"));
  EXPECT_FALSE(ann.has("scope", ""));
  EXPECT_THAT(ann.list("roles"), testing::ElementsAre("a b", "7"));
  EXPECT_FALSE(ann.has("roles", "a")) << "an element of a list is no list";
  EXPECT_THAT(ann.list("one"), testing::ElementsAre("x"));
  EXPECT_THAT(ann.list("object"), testing::IsEmpty());
  EXPECT_FALSE(ann.has("empty", ""));
}

TEST(Claims, WhatTwoParsersCouldReadDifferentlyIsRefused) {
  for (const char* json : {"", "[]", "7", "\"sub\"", "null", "{", R"({"sub":"a","sub":"b"})", R"({'sub':"a"})", R"({"a":1,})",
                           R"({"a":{"b":1,"b":2}})", R"({"a":9007199254740993})", R"({"a":[[{"b":-1e300}]]})",
                           "{\"a\":\"\xff\"}", R"({"a":"\ud800"})", R"({"a":NaN})", R"({} {})"}) {
    EXPECT_EQ(Claims::from_json(json).code(), Code::invalid_argument) << json;
    EXPECT_TRUE(Claims::received(json).empty()) << json;
  }
  EXPECT_EQ(Claims::from_json(R"({"a":")" + std::string(Claims::bytes_max, 'x') + "\"}").code(), Code::resource_exhausted);
}

TEST(Claims, ReceivedAreTheSame) {
  const Claims ann = Claims::received(R"({"sub":"ann"})");
  const Claims copy = ann;
  EXPECT_EQ(copy.subject(), "ann");
  EXPECT_EQ(copy.json(), R"({"sub":"ann"})");
}

}  // namespace
}  // namespace holon
