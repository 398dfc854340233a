#include "gateway/transcode/router.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "gateway/contracts.h"
#include "gateway/test_contract.h"

namespace holon::gateway {
namespace {

const Contracts& library() {
  static const Contracts contracts = Contracts::load(testing::library_manifest()).value();
  return contracts;
}

/// "Method(value, …)", or the status with what Allow says.
std::string where(std::string_view http_method, std::string_view path) {
  const auto found = library().router().find(http_method, path);
  if (const auto* miss = std::get_if<Router::Miss>(&found)) {
    return std::to_string(miss->status) + (miss->allow.empty() ? "" : " " + miss->allow);
  }
  const auto& match = std::get<Router::Match>(found);
  std::string text = match.entry->method->name() + "(";
  for (const std::string& value : match.values) text += (text.back() == '(' ? "" : ", ") + value;
  return text + ")";
}

TEST(Router, FindsTheMethod) {
  const std::tuple<std::string_view, std::string_view, std::string_view> table[] = {
      {"GET", "/", "Home()"},
      {"GET", "/v1/books/7", "Get(7)"},
      {"GET", "/v1/by/Ann/pages/12", "Get(Ann, 12)"},
      {"GET", "/v1/shelves/3/books/7", "Shelf(shelves/3/books/7)"},
      {"GET", "/v1/files/a/b/c", "File(a/b/c)"},
      {"GET", "/v1/files/", "File()"},
      {"GET", "/v1/files", "File()"},
      {"GET", "/v1/files/a//b", "File(a//b)"},
      {"GET", "/v1/books/latest", "Latest()"},
      {"GET", "/v1/books/latest/author", "Author(latest)"},  // a literal that leads nowhere gives way to `*`
      {"DELETE", "/v1/books/latest", "Delete(latest)"},
      {"POST", "/v1/books", "Create()"},
      {"POST", "/v1/books/7:archive", "Archive(7)"},
      {"POST", "/v1/books/a:b:archive", "Archive(a:b)"},
      {"GET", "/v1/books/a:b", "Get(a:b)"},
      {"GET", "/v1/books/7:archive", "Get(7:archive)"},
      {"HEAD", "/v1/books/7", "Get(7)"},
      {"REPORT", "/v1/books/7", "Locate(7)"},
      {"PURGE", "/v1/any", "Any()"},
  };
  for (const auto& [http_method, path, expected] : table) EXPECT_EQ(where(http_method, path), expected) << path;
}

TEST(Router, DecodesVariables) {
  EXPECT_EQ(where("GET", "/v1/books/a%20b"), "Get(a b)");
  EXPECT_EQ(where("GET", "/v1/books/a+b"), "Get(a+b)");
  EXPECT_EQ(where("GET", "/v1/books/a%2Fb"), "Get(a/b)");
  EXPECT_EQ(where("GET", "/v1/books/%C3%A9"), "Get(é)");
  EXPECT_EQ(where("GET", "/v1/books/7%3Aarchive"), "Get(7:archive)");
  EXPECT_EQ(where("GET", "/v1/files/a%20b/c%2Fd"), "File(a b/c%2Fd)");
  EXPECT_EQ(where("GET", "/v1/shelves/a%2fb/books/%7E"), "Shelf(shelves/a%2fb/books/~)");
  EXPECT_EQ(where("GET", "/v1/%62ooks/7"), "Get(7)");
}

TEST(Router, Misses) {
  EXPECT_EQ(where("GET", "/v2"), "404");
  EXPECT_EQ(where("GET", "/v1/books/"), "404");
  EXPECT_EQ(where("GET", "/v1/books/7/"), "404");
  EXPECT_EQ(where("GET", "//v1/books/7"), "404");
  EXPECT_EQ(where("GET", "/V1/books/7"), "404");
  EXPECT_EQ(where("PATCH", "/v1/books/7"), "405 DELETE, GET, HEAD, OPTIONS, PUT, REPORT");
  EXPECT_EQ(where("GET", "/v1/books"), "405 OPTIONS, POST");
  EXPECT_EQ(where("HEAD", "/v1/books"), "405 OPTIONS, POST");
  EXPECT_EQ(where("DELETE", "/v1/books/7/touch"), "405 OPTIONS, POST");
  for (std::string_view path : {"", "v1", "/v1/books/%", "/v1/books/%2", "/v1/books/%zz", "/v1/books/%FF", "/v1/books/%C0%AF",
                                "/v1/files/../x", "/v1/files/%2e%2E/x", "/v1/files/.", "/./v1/books/7"}) {
    EXPECT_EQ(where("GET", path), "400") << path;
  }
}

TEST(Router, SaysWhatIsNearby) {
  const auto why = [](std::string_view path) { return std::get<Router::Miss>(library().router().find("GET", path)).why; };
  EXPECT_EQ(why("/v1/books/7/"), R"(no route has the path "/v1/books/7/"; leave out the slash at its end)");
  EXPECT_EQ(why("/v2/"), R"(no route has the path "/v2/")");
  EXPECT_EQ(why("/v1/watch/x"), R"(no route has the path "/v1/watch/x")");
}

TEST(Contracts, SayWhatIsWrong) {
  const auto load = [](std::string_view methods) {
    const std::string text = "syntax = \"proto3\"; package p; import \"google/api/annotations.proto\"; message M { string a = 1; }"
                             " service S { " + std::string(methods) + " }";
    const auto loaded = Contracts::load(testing::manifest_of(text, "p.S"));
    return loaded.ok() ? "" : loaded.error().message();
  };
  EXPECT_EQ(load("rpc A(M) returns (M) { option (google.api.http) = { get: \"/{a}\" }; }"), "");
  EXPECT_EQ(load("rpc A(M) returns (M) { option (google.api.http) = { get: \"/x/{a}\" }; }"
                 "rpc B(M) returns (M) { option (google.api.http) = { get: \"/x/*\" }; }"),
            "the route GET /x/* of p.S.B fits the same paths as /x/{a} of p.S.A; change one of them");
  EXPECT_NE(load("rpc A(M) returns (M) { option (google.api.http) = { get: \"/{b}\" }; }").find("p.S.A: "), std::string::npos);
  EXPECT_NE(load("rpc A(N) returns (M);").find("the contract test.proto can't be used"), std::string::npos);
  const auto missing = Contracts::load(testing::manifest_of("syntax = \"proto3\";", "p.S"));
  EXPECT_EQ(missing.error().message(), "the manifest has the service p.S, but no contract of it");
}

}  // namespace
}  // namespace holon::gateway
