#include "gateway/transcode/media_type.h"

#include <gtest/gtest.h>

namespace holon::gateway {
namespace {

TEST(MediaType, IsReadWithItsCharset) {
  const std::tuple<std::string_view, std::string_view, std::string_view> table[] = {
      {"application/json", "application/json", ""},
      {"Application/JSON;Charset=UTF-8", "application/json", "utf-8"},
      {"application/json ; charset=\"utf-8\"", "application/json", "utf-8"},
      {"application/json;", "application/json", ""},
      {"text/plain; format=flowed; charset=us-ascii", "text/plain", "us-ascii"},
      {"multipart/form-data; boundary=\"a;b=c\"", "multipart/form-data", ""},
  };
  for (const auto& [text, type, charset] : table) {
    const auto media = parse_media_type(text);
    ASSERT_TRUE(media) << text;
    EXPECT_EQ(media->type, type) << text;
    EXPECT_EQ(media->charset, charset) << text;
  }
}

TEST(MediaType, IsRefused) {
  for (std::string_view text : {"", "json", "application/", "/json", "application/js on", "application/json; charset",
                                "application/json; charset=", "application/json; charset=a; charset=b", "application/json, text/plain",
                                "application/json; charset=\"utf-8", "application/json; =utf-8", "a/b/c"}) {
    EXPECT_FALSE(parse_media_type(text)) << text;
  }
}

TEST(MediaType, KnowsJson) {
  EXPECT_TRUE(parse_media_type("application/json")->json());
  EXPECT_TRUE(parse_media_type("application/merge-patch+json")->json());
  EXPECT_FALSE(parse_media_type("text/json")->json());
  EXPECT_FALSE(parse_media_type("application/jsonp")->json());
  EXPECT_FALSE(parse_media_type("application/x-ndjson")->json());
  EXPECT_TRUE(parse_media_type("application/x-ndjson")->json_sequence());
  EXPECT_TRUE(parse_media_type("application/json")->json_sequence());
  EXPECT_FALSE(parse_media_type("text/plain")->json_sequence());
  EXPECT_FALSE(parse_media_type("application/json; charset=latin1")->utf8());
}

TEST(Wanted, IsDecidedByTheClosestRange) {
  const std::pair<std::string_view, int> table[] = {
      {"", 1000},
      {"*/*", 1000},
      {"text/html", 0},
      {"application/*;q=0.25", 250},
      {"application/json;q=0", 0},
      {"*/*, application/json;q=0", 0},
      {"application/json;q=0.001, */*", 1},
      {"application/*;q=0, application/json", 1000},
      {"application/json;q=0.2, application/json;q=0.3", 300},
      {"application/json;version=1;q=0.5", 500},
      {"text/*, image/png", 0},
      {"nonsense", 1000},
      {"nonsense, text/html", 0},
      {"application/json;q=1.5", 0},
      {"application/json;q=0.1234", 0},
      {"application/json;Q=0.5", 500},
      {"a/b;x=\",\", application/json;q=0.7", 700},
  };
  for (const auto& [accept, weight] : table) EXPECT_EQ(wanted(accept, "application/json"), weight) << accept;
}

}  // namespace
}  // namespace holon::gateway
