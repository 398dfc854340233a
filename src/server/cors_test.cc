#include "server/cors.h"

namespace holon::server {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char preflight_vary[] = "origin, access-control-request-method, access-control-request-headers";

Cors make(CorsRules rules) { return std::move(*Cors::make(std::move(rules))); }

TEST(Cors, AdmitsOriginsAsTheyAreWritten) {
  const Cors cors = make({.origins = {"https://shop.example", "http://localhost:5173", "https://*.team.example",
                                      "https://*.lab.example:8443"}});
  for (const char* origin : {"", "https://shop.example", "http://localhost:5173", "https://a.team.example",
                             "https://a.b.team.example", "https://x.lab.example:8443"}) {
    EXPECT_TRUE(cors.admits(origin)) << origin;
  }
  for (const char* origin : {"null", "https://shop.example:8443", "http://shop.example", "https://Shop.example",
                             "https://shop.example.evil.example", "https://evilshop.example", "https://shop.example/",
                             "https://team.example", "https://.team.example", "https://evilteam.example",
                             "https://evil.example?.team.example", "https://evil.example/.team.example",
                             "https://evil.example#.team.example", "https://a@b.team.example", "http://a.team.example",
                             "https://a.team.example:81", "https://a.lab.example", "https://a.team.example.", "a.team.example",
                             "https://a.team.example https://b.team.example", "http://localhost"}) {
    EXPECT_FALSE(cors.admits(origin)) << origin;
  }
  EXPECT_TRUE(Cors({"*"}).admits("null"));
  EXPECT_FALSE(Cors().admits("https://shop.example"));
}

TEST(Cors, APreflightIsAnsweredWithWhatIsAllowed) {
  const Cors cors = make({.origins = {"https://shop.example"},
                          .headers = {"content-type", "authorization"},
                          .credentials = true,
                          .max_age = std::chrono::seconds(60)});
  EXPECT_THAT(cors.preflight({"https://shop.example", "PUT", "content-type"}, {"GET", "PUT"}),
              UnorderedElementsAre(Pair("vary", preflight_vary), Pair("access-control-allow-origin", "https://shop.example"),
                                   Pair("access-control-allow-credentials", "true"),
                                   Pair("access-control-allow-methods", "GET, PUT"),
                                   Pair("access-control-allow-headers", "content-type, authorization"),
                                   Pair("access-control-max-age", "60")));
}

TEST(Cors, APageThatMayNotCallIsToldNothing) {
  const Cors cors = make({.origins = {"https://shop.example"}});
  EXPECT_THAT(cors.preflight({"https://evil.example", "GET", ""}, {"GET"}), UnorderedElementsAre(Pair("vary", preflight_vary)));
  EXPECT_THAT(cors.actual("https://evil.example"), UnorderedElementsAre(Pair("vary", "origin")));
  EXPECT_THAT(cors.actual(""), UnorderedElementsAre(Pair("vary", "origin"))) << "a cache may give this answer to a page";
}

TEST(Cors, AnswersOfOtherRequestsNameTheirPage) {
  EXPECT_THAT(make({.origins = {"https://*.shop.example"}, .expose = {"etag", "x-total"}}).actual("https://a.shop.example"),
              UnorderedElementsAre(Pair("vary", "origin"), Pair("access-control-allow-origin", "https://a.shop.example"),
                                   Pair("access-control-expose-headers", "etag, x-total")));
  EXPECT_THAT(make({.origins = {"*"}}).actual("https://any.example"),
              UnorderedElementsAre(Pair("access-control-allow-origin", "*")));
}

TEST(Cors, AllHeadersAreThoseThatAreAskedFor) {
  const Cors cors = make({.origins = {"*"}, .methods = {"GET", "DELETE"}, .headers = {"*"}});
  auto headers = [&](std::string_view asked) {
    std::string names;
    for (const auto& [name, value] : cors.preflight({"https://any.example", "GET", asked}, {"PUT"})) {
      if (name == "access-control-allow-headers") names = value;
    }
    return names;
  };
  EXPECT_EQ(headers("authorization, x-tenant"), "authorization, x-tenant");
  EXPECT_EQ(headers("x-a\r\nset-cookie: b"), "*") << "what is no list of names does not come back";
  EXPECT_EQ(headers(""), "");
  EXPECT_THAT(cors.preflight({"https://any.example", "GET", ""}, {"PUT"}),
              ::testing::Contains(Pair("access-control-allow-methods", "GET, DELETE")));
}

TEST(Cors, APreflightNamesOriginAndMethod) {
  EXPECT_TRUE(Cors::is_preflight("OPTIONS", {"https://shop.example", "GET", ""}));
  EXPECT_FALSE(Cors::is_preflight("OPTIONS", {"https://shop.example", "", ""}));
  EXPECT_FALSE(Cors::is_preflight("OPTIONS", {"", "GET", ""}));
  EXPECT_FALSE(Cors::is_preflight("GET", {"https://shop.example", "GET", ""}));
}

TEST(Cors, RulesThatWouldOpenTooMuchOrNothingAreRefused) {
  for (CorsRules bad : std::vector<CorsRules>{{},
                                              {.origins = {"shop.example"}},
                                              {.origins = {"https://shop.example/"}},
                                              {.origins = {"https://shop.example:443"}},
                                              {.origins = {"https://Shop.example"}},
                                              {.origins = {"https://*"}},
                                              {.origins = {"https://*shop.example"}},
                                              {.origins = {"https://a.*.example"}},
                                              {.origins = {"ftp://shop.example"}},
                                              {.origins = {"null"}},
                                              {.origins = {"*"}, .credentials = true},
                                              {.origins = {"*"}, .methods = {"GET, PUT"}},
                                              {.origins = {"*"}, .headers = {"x y"}},
                                              {.origins = {"https://a.example"}, .expose = {"*"}, .credentials = true}}) {
    const std::string first = bad.origins.empty() ? "" : bad.origins[0];
    EXPECT_EQ(Cors::make(std::move(bad)).code(), Code::invalid_argument) << first;
  }
}

}  // namespace
}  // namespace holon::server
