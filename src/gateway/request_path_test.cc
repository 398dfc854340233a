#include "gateway/request_path.h"

namespace holon::gateway {
namespace {

TEST(RequestPath, HasTwoReadings) {
  struct Case {
    const char* path;
    const char* strict;
    const char* lenient;
  };
  for (const Case& c : std::vector<Case>{
           {"/", "/", "/"},
           {"/a/b", "/a/b", "/a/b"},
           {"/a/", "/a/", "/a/"},
           {"/%61dm%69n", "/admin", "/admin"},
           {"/a%20b", "/a%20b", "/a b"},
           {"/a%2Fb", "/a%2Fb", "/a/b"},
           {"/a%2fb", "/a%2fb", "/a/b"},
           {"/a//b", "/a//b", "/a/b"},
           {"//a", "//a", "/a"},
           {"/a\\b", "/a\\b", "/a/b"},
           {"/a%5Cb", "/a%5Cb", "/a/b"},
           {"/a;v=1/b;x", "/a;v=1/b;x", "/a/b"},
           {"/%252e%252e", "/%252e%252e", "/%2e%2e"},
           {"/...", "/...", "/..."},
           {"/.well-known/x", "/.well-known/x", "/.well-known/x"},
           {"/%C3%A4", "/%C3%A4", "/\xC3\xA4"},
           {"/%3F", "/%3F", "/?"},
       }) {
    const Result<RequestPath> read = read_path(c.path);
    ASSERT_TRUE(read.ok()) << c.path << ": " << read.error().message();
    EXPECT_EQ(read->strict, c.strict) << c.path;
    EXPECT_EQ(read->lenient, c.lenient) << c.path;
  }
}

TEST(RequestPath, RefusesDotsInAnyReading) {
  for (const char* path : {"/.", "/..", "/a/../b", "/a/.", "/a/..", "/./a", "/%2e%2e/a", "/%2E/a", "/.%2e/a", "/a%2F..%2Fb",
                           "/a\\..\\b", "/a%5c..", "/a/..;/b", "/a/..;x=1/b", "/a/.;", "/..//a", "//../a"}) {
    EXPECT_EQ(read_path(path).code(), Code::invalid_argument) << path;
  }
}

TEST(RequestPath, RefusesWhatIsNoPath) {
  for (const char* path : {"", "a", "*", "http://a/", "/%", "/%4", "/%zz", "/%4g", "/a%00b", "/%FF", "/%C0%AF", "/%ED%A0%80", "/\xFF"}) {
    EXPECT_EQ(read_path(path).code(), Code::invalid_argument) << path;
  }
}

}  // namespace
}  // namespace holon::gateway
