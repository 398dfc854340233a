#include "gateway/access/access.h"

#include "crypto/test_certificates.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "gateway/access/identity_headers.h"
#include "gateway/access/test_tokens.h"
#include "holon/task.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

using namespace testing;  // NOLINT: the helpers of these tests
using ::testing::HasSubstr;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Two issuers, "staff" (P-256, also in the cookie "session") and "partners" (Ed25519), and API keys "machines".
class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    JwtConfig staff;
    staff.name = "staff";
    staff.issuer = "https://id.example";
    staff.audiences = {"shop"};
    staff.keys = folder_.write("staff.pem", staff_.public_pem());
    staff.cookie = "session";
    JwtConfig partners = staff;
    partners.name = "partners";
    partners.issuer = "https://partners.example";
    partners.cookie.clear();
    partners.keys = folder_.write("partners.pem", partners_.public_pem());
    key_ = *make_api_key("ci", {"scope=read"}, world_);
    ApiKeyConfig machines;
    machines.name = "machines";
    machines.file = folder_.write("keys.txt", key_.line);
    config_.jwt = {staff, partners};
    config_.api_keys = {machines};
    access_ = std::move(*Access::make(config_, world_, nullptr));
  }

  std::string staff_token(const std::string& more = R"("sub":"ann")") {
    return token(staff_, Signing::es256, R"({"alg":"ES256"})", payload(more));
  }
  std::string partner_token() {
    return token(partners_, Signing::eddsa, R"({"alg":"EdDSA"})",
                 R"({"iss":"https://partners.example","aud":"shop","sub":"bob","exp":)" + std::to_string(start_s + 60) + "}");
  }
  AccessDecision decide(const AccessConfig& rules, const Headers& headers) {
    return access_->decide(call_, rules, headers, "192.0.2.7");
  }

  fiber::Loop loop_{env::os(), 0};
  internal::RootCall call_{Deadline::max()};
  TestSigner staff_{Kind::p256};
  TestSigner partners_{Kind::ed25519};
  crypto::TestFolder folder_;
  TestWorld world_;
  NewApiKey key_;
  Config config_;
  std::unique_ptr<Access> access_;
  const AccessConfig all_{{"staff", "partners", "machines"}, {}, false};
};

TEST_F(AccessTest, WhoHasToProveNothingComesInAsNobody) {
  AccessDecision decision = decide({}, {{"authorization", "Bearer " + staff_token()}});
  EXPECT_TRUE(decision.admitted());
  EXPECT_TRUE(decision.claims.empty());
}

TEST_F(AccessTest, EachCredentialIsGoodInItsPlace) {
  EXPECT_EQ(decide(all_, {{"authorization", "Bearer " + staff_token()}}).claims.subject(), "ann");
  EXPECT_EQ(decide(all_, {{"authorization", "bearer  " + staff_token()}}).claims.subject(), "ann");
  EXPECT_EQ(decide(all_, {{"authorization", "Bearer " + partner_token()}}).claims.subject(), "bob");
  EXPECT_EQ(decide(all_, {{"cookie", "a=b; session=" + staff_token() + "; c=d"}}).claims.subject(), "ann");
  EXPECT_EQ(decide(all_, {{"cookie", "a=b"}, {"cookie", "session=" + staff_token()}}).claims.subject(), "ann");
  EXPECT_EQ(decide(all_, {{"x-api-key", key_.key}}).claims.subject(), "ci");
}

TEST_F(AccessTest, ATokenThatWasGoodIsGoodUntilItExpires) {
  const AccessConfig rules{{"staff"}, {}, false};
  const Headers shown = {{"authorization", "Bearer " + staff_token()}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(decide(rules, shown).claims.subject(), "ann");
  EXPECT_EQ(decide({{"partners"}, {}, false}, shown).refusal.rule, "gateway.jwt.issuer") << "and good for these rules alone";
  world_.pass(std::chrono::seconds(600 + 60));
  EXPECT_EQ(decide(rules, shown).refusal.rule, "gateway.jwt.expired");
  EXPECT_TRUE(sleep(call_, std::chrono::milliseconds(1)).ok()) << "the file of keys is looked at in the background";
}

struct Case {
  const char* name;
  int status;
  const char* rule;
  Headers headers;
};

TEST_F(AccessTest, AnythingElseIsRefusedByName) {
  const std::string bearer = "Bearer " + staff_token();
  const std::string forged = "Bearer " + token(TestSigner(Kind::p256), Signing::es256, R"({"alg":"ES256"})", payload());
  const std::vector<Case> table = {
      {"nothing", 401, "gateway.credentials.none", {}},
      {"an empty Authorization", 401, "gateway.credentials.scheme", {{"authorization", ""}}},
      {"the scheme alone", 401, "gateway.credentials.scheme", {{"authorization", "Bearer"}}},
      {"Basic", 401, "gateway.credentials.scheme", {{"authorization", "Basic YTpi"}}},
      {"no scheme", 401, "gateway.credentials.scheme", {{"authorization", staff_token()}}},
      {"a tab for a blank", 401, "gateway.credentials.scheme", {{"authorization", "Bearer\t" + staff_token()}}},
      {"a list", 401, "gateway.jwt.malformed", {{"authorization", bearer + ", Basic YTpi"}}},
      {"two headers", 400, "gateway.credentials.twice", {{"authorization", bearer}, {"authorization", bearer}}},
      {"header and cookie", 400, "gateway.credentials.twice", {{"authorization", bearer}, {"cookie", "session=a"}}},
      {"two cookies", 400, "gateway.credentials.twice", {{"cookie", "session=a; session=" + staff_token()}}},
      {"token and key", 400, "gateway.credentials.twice", {{"authorization", bearer}, {"x-api-key", key_.key}}},
      {"two keys", 400, "gateway.credentials.twice", {{"x-api-key", key_.key}, {"x-api-key", key_.key}}},
      {"an empty key beside a token", 400, "gateway.credentials.twice", {{"authorization", bearer}, {"x-api-key", ""}}},
      {"a forged token", 401, "gateway.jwt.signature", {{"authorization", forged}}},
      {"a token in the place of a key", 401, "gateway.api_key.unknown", {{"x-api-key", staff_token()}}},
      {"a key in the place of a token", 401, "gateway.jwt.malformed", {{"authorization", "Bearer " + key_.key}}},
      {"an unknown key", 401, "gateway.api_key.unknown", {{"x-api-key", key_.key + "x"}}},
      {"a partner's in the cookie of staff", 401, "gateway.jwt.issuer", {{"cookie", "session=" + partner_token()}}},
      {"an empty cookie", 401, "gateway.jwt.malformed", {{"cookie", "session="}}},
  };
  for (const Case& one : table) {
    const std::uint64_t before = telemetry::refusals_of(one.rule);
    AccessDecision decision = decide(all_, one.headers);
    EXPECT_EQ(decision.status, one.status) << one.name;
    EXPECT_EQ(decision.refusal.rule, one.rule) << one.name;
    EXPECT_TRUE(decision.claims.empty()) << one.name;
    EXPECT_EQ(telemetry::refusals_of(one.rule), before + 1) << one.name;
    EXPECT_THAT(decision.challenge, HasSubstr("Bearer")) << one.name;
  }
}

TEST_F(AccessTest, ARouteBelievesThoseItNamesAlone) {
  const Headers shown = {{"authorization", "Bearer " + staff_token()}};
  EXPECT_EQ(decide({{"partners"}, {}, false}, shown).refusal.rule, "gateway.jwt.issuer");
  EXPECT_EQ(decide({{"machines"}, {}, false}, shown).refusal.rule, "gateway.credentials.none");
}

TEST_F(AccessTest, ClaimsHaveToFit) {
  AccessConfig rules{{"staff"}, {{"scope", {"write", "admin"}}, {"realm.roles", {"cook"}}}, false};
  auto status = [&](const std::string& claims) {
    return decide(rules, {{"authorization", "Bearer " + staff_token(claims)}}).status;
  };
  EXPECT_EQ(status(R"("scope":"read write","realm":{"roles":["cook","waiter"]})"), 200);
  EXPECT_EQ(status(R"("scope":["admin"],"realm":{"roles":"cook"})"), 200);
  EXPECT_EQ(status(R"("scope":"read","realm":{"roles":["cook"]})"), 403);
  EXPECT_EQ(status(R"("scope":"write","realm":{"roles":["coo"]})"), 403);
  EXPECT_EQ(status(R"("scope":"write")"), 403);
  EXPECT_EQ(status(R"("scope":{"write":true},"realm":{"roles":["cook"]})"), 403);
}

TEST_F(AccessTest, WithoutCredentialsOneMayComeWhereTheyAreOptionalButNotWithBadOnes) {
  AccessConfig rules{{"staff"}, {{"scope", {"read"}}}, true};
  EXPECT_TRUE(decide(rules, {}).admitted());
  EXPECT_EQ(decide(rules, {{"authorization", "Bearer x"}}).status, 401);
  EXPECT_EQ(decide(rules, {{"authorization", "Bearer " + staff_token()}}).status, 403);
}

TEST_F(AccessTest, AnAnswerTellsNoMoreThanItMust) {
  EXPECT_EQ(decide(all_, {}).challenge, R"(Bearer, ApiKey header="x-api-key")");
  const std::string expired = token(staff_, Signing::es256, R"({"alg":"ES256"})",
                                    R"({"iss":"https://id.example","aud":"shop","exp":1})");
  AccessDecision late = decide({{"staff"}, {}, false}, {{"authorization", "Bearer " + expired}});
  AccessDecision forged = decide({{"staff"}, {}, false}, {{"authorization", "Bearer a.b.c"}});
  EXPECT_EQ(late.challenge, R"(Bearer error="invalid_token", error_description="the access token is not valid here")");
  EXPECT_EQ(forged.challenge, late.challenge);
  EXPECT_EQ(forged.error().message(), late.error().message());
  EXPECT_EQ(decide({{"staff"}, {{"scope", {"write"}}}, false}, {{"authorization", "Bearer " + staff_token()}}).challenge,
            R"(Bearer error="insufficient_scope", scope="write")");
}

TEST_F(AccessTest, WithoutKeysItIsNotTheTokensFault) {
  config_.jwt[0].keys = "https://id.example/jwks.json";
  access_ = std::move(*Access::make(config_, world_, [](Call&, const std::string&) -> Result<std::string> {
    return unavailable("nobody is there");
  }));
  AccessDecision decision = decide(all_, {{"authorization", "Bearer " + staff_token()}});
  EXPECT_EQ(decision.status, 503);
  EXPECT_EQ(decision.challenge, "");
  EXPECT_EQ(decision.error().code(), Code::unavailable);
}

TEST_F(AccessTest, AReloadWhileTheSourceOfKeysIsDownShutsNobodyOut) {
  config_.jwt[0].keys = "https://id.example/jwks.json";
  bool up = true;
  const Fetch fetch = [&](Call&, const std::string&) -> Result<std::string> {
    return up ? Result<std::string>(staff_.public_pem()) : Result<std::string>(unavailable("nobody is there"));
  };
  const Headers shown = {{"authorization", "Bearer " + staff_token()}};
  access_ = std::move(*Access::make(config_, world_, fetch));
  EXPECT_EQ(decide(all_, shown).status, 200);
  up = false;
  access_ = std::move(*Access::make(config_, world_, fetch, access_.get()));
  EXPECT_EQ(decide(all_, shown).status, 200);
  config_.jwt[0].audiences = {"bank"};
  access_ = std::move(*Access::make(config_, world_, fetch, access_.get()));
  EXPECT_EQ(decide(all_, shown).status, 503) << "what was changed holds at once";
}

TEST_F(AccessTest, MistakesOfTheConfigurationAreNamed) {
  auto complaint = [&](auto change) {
    Config config = config_;
    change(config);
    Result<std::unique_ptr<Access>> made = Access::make(config, world_, nullptr);
    return made.ok() ? std::string("fine") : made.error().message();
  };
  EXPECT_THAT(complaint([](Config& c) { c.access.any_of = {"stuff"}; }), HasSubstr("no authentication \"stuff\""));
  EXPECT_THAT(complaint([](Config& c) { c.access.claims = {{"scope", {"read"}}}; }), HasSubstr("no authentication that could"));
  EXPECT_THAT(complaint([](Config& c) { c.access = {{"staff"}, {{"scope", {}}}, false}; }), HasSubstr("no value at all"));
  EXPECT_THAT(complaint([](Config& c) { c.access = {{"staff"}, {{"scope", {"a b"}}}, false}; }), HasSubstr("no blanks"));
  EXPECT_THAT(complaint([](Config& c) { c.jwt[1].name = "staff"; }), HasSubstr("jwt staff: the name is there twice"));
  EXPECT_THAT(complaint([](Config& c) { c.api_keys[0].name = "staff"; }), HasSubstr("api keys staff: the name is there twice"));
  EXPECT_THAT(complaint([](Config& c) { c.jwt[0].audiences = {}; }), HasSubstr("jwt staff: no audience"));
  EXPECT_THAT(complaint([](Config& c) { c.jwt[0].issuer = ""; }), HasSubstr("jwt staff: no issuer"));
  EXPECT_THAT(complaint([](Config& c) { c.jwt[0].keys = "none.pem"; }), HasSubstr("none.pem"));
  EXPECT_THAT(complaint([](Config& c) { c.api_keys[0].file = "none.txt"; }), HasSubstr("none.txt"));
  EXPECT_THAT(complaint([](Config& c) {
                RouteConfig route;
                route.name = "orders";
                route.access = AccessConfig{{"stuff"}, {}, false};
                c.routes = {route};
              }),
              HasSubstr("route orders: there is no authentication"));
}

TEST(IdentityHeaders, AreThoseThatApplicationsBelieve) {
  for (const char* name : {"holon-claims-bin", "holon-caller", "x-forwarded-user", "x_forwarded_user", "remote-user",
                           "remote_user", "x-remote-user", "x-auth-request-email", "x-ssl-client-s-dn", "x-jwt-sub",
                           "x-goog-authenticated-user-email",
                           "client-cert", "x-user-id"}) {
    EXPECT_TRUE(is_identity_header(name)) << name;
  }
  for (const char* name : {"authorization", "cookie", "x-api-key", "x-request-id", "x-forwarded-for", "user-agent", "holonic",
                           "x-ssl",
                           "x-user-idx", "client-certs", "accept"}) {
    EXPECT_FALSE(is_identity_header(name)) << name;
  }
}

}  // namespace
}  // namespace holon::gateway
