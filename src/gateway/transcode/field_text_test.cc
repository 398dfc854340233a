#include "gateway/transcode/field_text.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "google/api/http.pb.h"

namespace holon::gateway {
namespace {

using google::api::HttpRule;

const contract::Json& json() {
  static const contract::Json json(*google::protobuf::DescriptorPool::generated_pool());
  return json;
}

Result<FieldPath> path_of(std::string_view names) { return resolve(*HttpRule::descriptor(), names); }

TEST(FieldText, ResolvesEitherSpelling) {
  EXPECT_EQ(dotted(path_of("custom.kind").value()), "custom.kind");
  EXPECT_EQ(dotted(path_of("response_body").value()), "response_body");
  EXPECT_EQ(dotted(path_of("responseBody").value()), "response_body");
}

TEST(FieldText, SaysWhyThereIsNoSuchField) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", "google.api.HttpRule has no field \"\"; there is "},
      {"boddy", "google.api.HttpRule has no field \"boddy\"; did you mean body?"},
      {"custom.kid", "google.api.CustomHttpPattern has no field \"kid\"; did you mean kind?"},
      {"custom.", "google.api.CustomHttpPattern has no field \"\"; there is kind and path"},
      {".custom", "google.api.HttpRule has no field \"\""},
      {"body.x", "google.api.HttpRule.body is no single message, so no field inside it can be named"},
      {"additional_bindings.get", "google.api.HttpRule.additional_bindings is no single message, so no field inside it can be named"},
  };
  for (const auto& [names, problem] : table) {
    const Result<FieldPath> path = path_of(names);
    ASSERT_FALSE(path.ok()) << names;
    EXPECT_TRUE(path.error().message().starts_with(problem)) << path.error().message();
  }
}

TEST(FieldText, FillsNestedFields) {
  HttpRule rule;
  for (const auto& [names, text] : {std::pair("custom.kind", "HEAD"), std::pair("custom.path", "/a b"), std::pair("body", "*")}) {
    ASSERT_TRUE(set_field(rule, path_of(names).value(), text, json()).ok());
  }
  EXPECT_EQ(json().print(rule).value(), R"({"body":"*","custom":{"kind":"HEAD","path":"/a b"}})");
  EXPECT_EQ(set_field(rule, path_of("custom").value(), "x", json()).error().message(),
            "google.api.HttpRule.custom is a message, which text can't fill; name a field inside it");
}

TEST(FieldText, AFieldIsFilledOnce) {
  FieldClaims claims;
  EXPECT_TRUE(claims.claim(path_of("body").value()).ok());
  EXPECT_TRUE(claims.claim(path_of("custom.kind").value()).ok());
  EXPECT_TRUE(claims.claim(path_of("custom.path").value()).ok());
  EXPECT_EQ(claims.claim(path_of("custom.kind").value()).error().message(), "custom.kind is given twice; leave one out");
}

// The second would take the place of the first, and of all that is in it.
TEST(FieldText, OfAOneofOneFieldIsFilled) {
  FieldClaims claims;
  EXPECT_TRUE(claims.claim(path_of("custom.kind").value()).ok());
  EXPECT_EQ(claims.claim(path_of("get").value()).error().message(),
            "only one of google.api.HttpRule.pattern may be given; leave out get or custom");
  FieldClaims others;
  EXPECT_TRUE(others.claim(path_of("get").value()).ok());
  EXPECT_FALSE(others.claim(path_of("custom.path").value()).ok());
}

}  // namespace
}  // namespace holon::gateway
