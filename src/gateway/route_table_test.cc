#include "gateway/route_table.h"

namespace holon::gateway {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

class RouteTableTest : public ::testing::Test {
 protected:
  RouteConfig& add(std::string name, std::string path) {
    routes_.push_back({.name = std::move(name), .path = std::move(path), .target = ToContracts()});
    return routes_.back();
  }
  /// The name of the route, "none", or "refused".
  std::string find(std::string_view path, std::string_view method = "GET", std::string_view authority = "shop.example",
                   const Headers& headers = {}) {
    const Result<RequestPath> read = read_path(path);
    if (!read.ok()) return "no path";
    const auto found = RouteTable(routes_).find({authority, *read, method, headers});
    if (!found.ok()) return "refused";
    return *found ? routes_[**found].name : "none";
  }

  std::vector<RouteConfig> routes_;
};

TEST_F(RouteTableTest, TheFirstThatFitsHolds) {
  add("exact", "/a/b");
  add("below", "/a/**");
  add("again", "/a/b");
  EXPECT_EQ(find("/a/b"), "exact");
  EXPECT_EQ(find("/a/c"), "below");
  EXPECT_EQ(find("/a"), "below");
  EXPECT_EQ(find("/a/"), "below");
  EXPECT_EQ(find("/ab"), "none");
  EXPECT_EQ(find("/"), "none");
  add("all", "/**");
  EXPECT_EQ(find("/ab"), "all");
  EXPECT_EQ(find("/"), "all");
}

TEST_F(RouteTableTest, ByHost) {
  add("one", "/**").hosts = {"shop.example", "[::1]"};
  add("wild", "/**").hosts = {"*.shop.example"};
  EXPECT_EQ(find("/", "GET", "shop.example"), "one");
  EXPECT_EQ(find("/", "GET", "SHOP.example:8080"), "one");
  EXPECT_EQ(find("/", "GET", "shop.example."), "one");
  EXPECT_EQ(find("/", "GET", "[::1]:8080"), "one");
  EXPECT_EQ(find("/", "GET", "a.shop.example"), "wild");
  EXPECT_EQ(find("/", "GET", "a.b.shop.example:1"), "wild");
  EXPECT_EQ(find("/", "GET", ".shop.example"), "none");
  EXPECT_EQ(find("/", "GET", "evilshop.example"), "none");
  EXPECT_EQ(find("/", "GET", "shop.example.evil"), "none");
  EXPECT_EQ(find("/", "GET", ""), "none");
}

TEST_F(RouteTableTest, ByMethodAndHeader) {
  add("read", "/**").methods = {"GET", "POST"};
  add("beta", "/**").headers = {{"x-beta", "1"}, {"x-any", {}}};
  EXPECT_EQ(find("/", "GET"), "read");
  EXPECT_EQ(find("/", "HEAD"), "read");
  EXPECT_EQ(find("/", "get"), "none");
  EXPECT_EQ(find("/", "PUT"), "none");
  EXPECT_EQ(find("/", "PUT", "a", {{"x-beta", "1"}}), "none");
  EXPECT_EQ(find("/", "PUT", "a", {{"x-beta", "2"}, {"x-any", ""}}), "none");
  EXPECT_EQ(find("/", "PUT", "a", {{"x-beta", "0"}, {"x-beta", "1"}, {"x-any", "whatever"}}), "beta");
}

TEST_F(RouteTableTest, ASpellingThatOthersReadDifferentlyPassesNoGuard) {
  add("guarded", "/admin/**");
  add("rest", "/**");
  EXPECT_EQ(find("/admin/x"), "guarded");
  EXPECT_EQ(find("/%61dmin/x"), "guarded");
  for (const char* path : {"//admin/x", "/admin%2Fx", "/admin%2fx", "/admin\\x", "/admin%5Cx", "/admin;a/x", "/;/admin", "/%2Fadmin"}) {
    EXPECT_EQ(find(path), "refused") << path;
  }
  EXPECT_EQ(find("/admin/a%2Fb"), "guarded");
  EXPECT_EQ(find("/group%2Fproject"), "rest");
  EXPECT_EQ(find("/a//b;c"), "rest");
  EXPECT_EQ(find("/%2561dmin/x"), "rest");  // who decodes twice is on his own
}

}  // namespace
}  // namespace holon::gateway
