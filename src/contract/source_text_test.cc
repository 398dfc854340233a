#include "contract/source_text.h"

#include "gmock/gmock.h"
#include "google/api/http.pb.h"

namespace holon::contract {
namespace {

using google::api::HttpRule;
using testing::Eq;
using testing::Optional;

// "1:6", from 1 as in messages, of what stands at `path` in the option that begins the text.
std::string place_in(const std::string& text, std::vector<int> path, std::size_t character = 0) {
  const auto place = SourceText(text).inside_option({0, 0}, HttpRule::descriptor(), path, character);
  return place ? std::to_string(place->line + 1) + ":" + std::to_string(place->column + 1) : "none";
}

constexpr int get = HttpRule::kGetFieldNumber;
constexpr int additional = HttpRule::kAdditionalBindingsFieldNumber;

TEST(SourceText, FindsFieldsAndCharacters) {
  const std::string text = "option (google.api.http) = { get: \"/v1/{a}\" };";
  EXPECT_EQ(place_in(text, {get}), "1:30");
  EXPECT_EQ(place_in(text, {get}, 1), "1:36");
  EXPECT_EQ(place_in(text, {get}, 5), "1:40");
  EXPECT_EQ(place_in(text, {}), "1:1");
}

TEST(SourceText, CountsTabsAsProtocDoes) {
  EXPECT_EQ(place_in("option (google.api.http) = {\n\tget:\t'/v1' };", {get}), "2:9");
  EXPECT_EQ(place_in("option (google.api.http) = {\n\tget:\t'/v1' };", {get}, 2), "2:19");
}

TEST(SourceText, CommentsAndStringsHideNothing) {
  const std::string text =
      "option (google.api.http) = {  // { get: \"no\" }\n"
      "  /* } */ post: \"}\" body: \"{\"\n"
      "  additional_bindings { get: \"/v1\" }\n"
      "};";
  EXPECT_EQ(place_in(text, {additional, 0, get}, 1), "3:31");
  EXPECT_EQ(place_in(text, {HttpRule::kBodyFieldNumber}), "2:21");
}

TEST(SourceText, WhatIsMissingHasThePlaceOfWhatItIsMissingIn) {
  EXPECT_EQ(place_in("option (google.api.http) = { additional_bindings {} };", {additional, 0, get}), "1:30");
}

TEST(SourceText, OfAnotherFileHasNoPlace) {
  for (const char* text : {"", "option", "option (google.api.http)", "rpc Get(A) returns (B);", "option (google.api.http) = {",
                           "option (google.api.http) = { get: }", "option (google.api.http) = { nothing: 1 };",
                           "option (google.api.http) = 1;"}) {
    EXPECT_EQ(place_in(text, {get}), "none") << text;
  }
  EXPECT_EQ(SourceText("option").inside_option({7, 3}, HttpRule::descriptor(), {}, 0), std::nullopt);
}

TEST(SourceText, FindsAStringThatIsTheWholeValue) {
  const std::vector<int> whole;
  const SourceText text("option (google.api.http).get = \"/v1/{\";");
  EXPECT_THAT(text.inside_option({0, 0}, nullptr, whole, 5), Optional(Eq(TextPlace{0, 36})));
}

}  // namespace
}  // namespace holon::contract
