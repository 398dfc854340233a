#include "gateway/content/file_path.h"

#include <gtest/gtest.h>

namespace holon::gateway {
namespace {

struct Good {
  std::string_view path, prefix, below;
  bool directory;
};

TEST(FilePath, LeadsBelowTheFolder) {
  const Good table[] = {
      {"/", "", "", true},
      {"/a", "", "a", false},
      {"/a/", "", "a", true},
      {"/a/b.css", "", "a/b.css", false},
      {"/a%20b/c%2Bd", "", "a b/c+d", false},
      {"/%C3%A9t%C3%A9", "", "\u00e9t\u00e9", false},
      {"/%E2%82%AC/\u20ac", "", "\u20ac/\u20ac", false},
      {"/a..b/c.", "", "a..b/c.", false},
      {"/~user", "", "~user", false},
      {"/a:b;c=d,e", "", "a:b;c=d,e", false},
      {"/%252e%252e/x", "", "%2e%2e/x", false},  // decoded once: a name with percent signs
      {"/static", "/static", "", false},
      {"/static/", "/static", "", true},
      {"/static/a", "/static", "a", false},
      {"/static/a", "/static/", "a", false},
      {"/static/static/a", "/static", "static/a", false},
      {"/a", "/", "a", false},
  };
  for (const Good& row : table) {
    const Result<FilePath> found = file_path(row.path, row.prefix);
    ASSERT_TRUE(found.ok()) << row.path << ": " << found.error().to_string();
    EXPECT_EQ(found->below, row.below) << row.path;
    EXPECT_EQ(found->directory, row.directory) << row.path;
  }
}

struct Bad {
  Code code;
  std::vector<std::string> paths;
};

TEST(FilePath, NoSpellingLeadsOutOfIt) {
  const std::vector<Bad> table = {
      // up, or staying, in all spellings
      {Code::permission_denied,
       {"/..", "/../", "/../x", "/a/../x", "/a/..", "/a/b/../../../x", "/.", "/./x", "/a/./x", "/...", "/.../x", "/..../x",
        "/%2e%2e/x", "/%2E%2E/x", "/%2e./x", "/.%2e/x", "/a/%2e%2e/x", "/%2e", "/%2e/x", "/..%2fx", "/..%2Fx", "/%2e%2e%2fx",
        "/..%5cx", "/..%5Cx", "/%2e%2e%5cx", "/..\\x", "/a\\..\\x", "/a\\b", "/a%5cb", "/\\x", "/%5c%5chost%5cshare",
        "/a%2f..%2f..%2fx", "/a%2fb", "/%2fetc%2fpasswd", "/%2Fetc/passwd", "/a/..;/x", "/..;a=b/x"}},
      // dot files
      {Code::permission_denied,
       {"/.git/config", "/.env", "/%2eenv", "/%2Egit/HEAD", "/a/.htaccess", "/.well-known/x", "/.a", "/a/.b/c", "/.hidden/"}},
      // control characters
      {Code::permission_denied,
       {"/a%00", "/a%00.txt", "/%00", "/a%0ab", "/a%0d%0aSet-Cookie:x", "/a%09b", "/a%7f", "/a%1fb", std::string("/a\0b", 4)}},
      // what is no percent-encoded UTF-8
      {Code::invalid_argument,
       {"/%", "/%2", "/a%zz", "/%u002e%u002e/x", "/a%2", "/%g0", "/%C0%AE%C0%AE/x", "/%c0%af", "/%e0%80%ae", "/%f0%80%80%ae",
        "/%ff", "/%fe%ff", "/%C3", "/%ED%A0%80", "/%F4%90%80%80", "/\xff\xfe", "/a\xc0\xae"}},
      // what no file can be called
      {Code::not_found, {"//", "//x", "//evil.example/x", "/a//b", "/a//", "///", "/" + std::string(256, 'a')}},
  };
  std::size_t tried = 0;
  for (const Bad& rows : table) {
    for (const std::string& path : rows.paths) {
      EXPECT_EQ(file_path(path, "").code(), rows.code) << path;
      EXPECT_EQ(file_path("/static" + path, "/static").code(), rows.code) << path;
      ++tried;
    }
  }
  EXPECT_GE(tried, 75u);
}

TEST(FilePath, APathBesideThePrefixIsNone) {
  for (std::string_view path : {"/", "/stati", "/staticx", "/staticx/a", "/Static/a", "/a/static", "/%73tatic/a"}) {
    EXPECT_EQ(file_path(path, "/static").code(), Code::not_found) << path;
  }
}

TEST(LocalPath, BeginsWithOneSlash) {
  EXPECT_EQ(local_path("/a//b"), "/a//b");
  EXPECT_EQ(local_path("//evil.example/x"), "/evil.example/x");
  EXPECT_EQ(local_path("/\\evil.example"), "/evil.example");
  EXPECT_EQ(local_path("\\/\\/evil.example"), "/evil.example");
  EXPECT_EQ(local_path("///"), "/");
  EXPECT_EQ(local_path(""), "/");
}

}  // namespace
}  // namespace holon::gateway
