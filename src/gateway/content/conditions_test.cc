#include "gateway/content/conditions.h"

#include <gtest/gtest.h>

#include <map>

#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

constexpr wire::UnixSeconds changed = 784'111'777;
constexpr wire::UnixSeconds now = changed + 1'000;
const Validators current{"\"v1\"", changed};
const std::string at = wire::http_date(changed);
const std::string before = wire::http_date(changed - 1);
const std::string after = wire::http_date(changed + 1);

struct Row {
  const char* rule;  ///< of RFC 9110
  const char* method;
  HeaderList headers;
  Condition expected;
};

TEST(Conditions, FollowTheRulesOfTheRfc) {
  const std::vector<Row> table = {
      {"no condition", "GET", {}, Condition::met},
      {"13.1.1 the same tag", "GET", {{"if-match", "\"v1\""}}, Condition::met},
      {"13.1.1 one of a list", "GET", {{"if-match", "\"v0\", \"v1\""}}, Condition::met},
      {"5.3 a list on several lines", "GET", {{"if-match", "\"v0\""}, {"if-match", "\"v1\""}}, Condition::met},
      {"13.1.1 any", "GET", {{"if-match", "*"}}, Condition::met},
      {"13.1.1 another tag", "GET", {{"if-match", "\"v2\""}}, Condition::failed},
      {"13.1.1 compares strongly", "GET", {{"if-match", "W/\"v1\""}}, Condition::failed},
      {"13.1.1 no tag at all", "GET", {{"if-match", "v1"}}, Condition::failed},
      {"13.1.4 unmodified", "GET", {{"if-unmodified-since", at}}, Condition::met},
      {"13.1.4 modified", "GET", {{"if-unmodified-since", before}}, Condition::failed},
      {"13.1.4 no date", "GET", {{"if-unmodified-since", "yesterday"}}, Condition::met},
      {"13.2.2 If-Match hides If-Unmodified-Since", "GET", {{"if-match", "\"v1\""}, {"if-unmodified-since", before}},
       Condition::met},
      {"13.1.2 the same tag", "GET", {{"if-none-match", "\"v1\""}}, Condition::not_modified},
      {"13.1.2 compares weakly", "GET", {{"if-none-match", "W/\"v1\""}}, Condition::not_modified},
      {"13.1.2 one of a list", "HEAD", {{"if-none-match", "\"a,b\" ,, W/\"v1\""}}, Condition::not_modified},
      {"13.1.2 any", "GET", {{"if-none-match", "*"}}, Condition::not_modified},
      {"13.1.2 another tag", "GET", {{"if-none-match", "\"v2\""}}, Condition::met},
      {"13.1.2 a tag that only has ours in it", "GET", {{"if-none-match", "\"xv1\", \"v1x\", v1, \"v1"}}, Condition::met},
      {"13.1.2 other methods fail", "PUT", {{"if-none-match", "\"v1\""}}, Condition::failed},
      {"13.1.3 not modified", "GET", {{"if-modified-since", at}}, Condition::not_modified},
      {"13.1.3 later is no less", "HEAD", {{"if-modified-since", after}}, Condition::not_modified},
      {"13.1.3 modified", "GET", {{"if-modified-since", before}}, Condition::met},
      {"13.1.3 no date", "GET", {{"if-modified-since", "1994"}}, Condition::met},
      {"13.1.3 only of GET and HEAD", "PUT", {{"if-modified-since", at}}, Condition::met},
      {"13.1.3 twice is none", "GET", {{"if-modified-since", at}, {"if-modified-since", at}}, Condition::met},
      {"13.2.2 If-None-Match hides If-Modified-Since", "GET", {{"if-none-match", "\"v2\""}, {"if-modified-since", at}},
       Condition::met},
      {"13.2.2 If-Match comes first", "GET", {{"if-none-match", "\"v1\""}, {"if-match", "\"v2\""}}, Condition::failed},
      {"13.2.2 then If-None-Match", "GET", {{"if-none-match", "\"v1\""}, {"if-match", "\"v1\""}}, Condition::not_modified},
  };
  for (const Row& row : table) {
    EXPECT_EQ(evaluate(testing::request(row.method, "/", row.headers), current, now), row.expected) << row.rule;
  }
}

TEST(Conditions, IfRangeWantsTheVeryVersion) {
  const std::vector<std::pair<HeaderList, bool>> table = {
      {{}, true},
      {{{"if-range", "\"v1\""}}, true},
      {{{"if-range", "\"v2\""}}, false},
      {{{"if-range", "W/\"v1\""}}, false},
      {{{"if-range", at}}, true},
      {{{"if-range", before}}, false},
      {{{"if-range", after}}, false},
      {{{"if-range", "v1"}}, false},
      {{{"if-range", "\"v1\""}, {"if-range", "\"v1\""}}, false},
  };
  for (const auto& [headers, permitted] : table) {
    EXPECT_EQ(range_permitted(testing::request("GET", "/", headers), current, now), permitted)
        << (headers.empty() ? "none" : headers.front().second);
  }
  // 8.8.2.2: within the second of the change a date does not tell the version.
  EXPECT_FALSE(range_permitted(testing::request("GET", "/", {{"if-range", at}}), current, changed));
  const Validators weak{"W/\"v1\"", changed};
  EXPECT_FALSE(range_permitted(testing::request("GET", "/", {{"if-range", "W/\"v1\""}}), weak, now));
}

TEST(Conditions, ATagIsGivenBackAsTheClientHasIt) {
  EXPECT_EQ(known_etag(testing::request("GET", "/", {{"if-none-match", "\"a\", W/\"v1\""}}), "\"v1\""), "W/\"v1\"");
  EXPECT_EQ(known_etag(testing::request("GET", "/", {{"if-none-match", "\"v1\""}}), "\"v1\""), "\"v1\"");
  EXPECT_EQ(known_etag(testing::request("GET", "/", {{"if-none-match", "*"}}), "\"v1\""), "\"v1\"");
}

}  // namespace
}  // namespace holon::gateway
