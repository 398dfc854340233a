#include "node/identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/test_certificates.h"
#include "env/disk.h"
#include "env/real_world.h"

namespace holon::node {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// The real world, at a time of its own.
class LaterWorld final : public env::RealWorld {
 public:
  env::Time now() override { return env::os().now() + shift; }
  env::WallTime wall() override { return env::os().wall() + shift; }

  seconds shift{};
};

class IdentitiesTest : public testing::Test {
 protected:
  IdentitiesTest() { EXPECT_TRUE(identities_.provide("cart").ok()); }

  std::string certificate(const std::string& host = "cart") { return world_.disk().read(identities_.file(host)).value(); }
  /// Whether a client of the application can be what the file says, now.
  bool is_good() {
    auto server = crypto::ServerTls::load(world_, {.pairs = {identities_.pair("cart")}, .client_ca = identities_.roots()});
    return server.ok();
  }

  LaterWorld world_;
  crypto::TestFolder folder_;
  Identities identities_{world_, crypto::Authority::create(world_, "shop").value(), "shop", folder_.path("identity")};
};

TEST_F(IdentitiesTest, ACertificateAndItsKeyAreOneFileThatHostsCanUse) {
  EXPECT_TRUE(is_good());
  EXPECT_THAT(certificate(), testing::AllOf(testing::HasSubstr("BEGIN CERTIFICATE"), testing::HasSubstr("PRIVATE KEY")));
}

TEST_F(IdentitiesTest, OneIsRenewedAtHalfOfItsLife) {
  const std::string first = certificate();
  world_.shift = minutes(29);
  EXPECT_LE(identities_.renew(), minutes(1));
  EXPECT_EQ(certificate(), first);
  world_.shift = minutes(31);
  identities_.renew();
  EXPECT_NE(certificate(), first);
}

TEST_F(IdentitiesTest, AfterAnAbsenceLongerThanItsLifeTooAtOnce) {
  const std::string first = certificate();
  world_.shift = std::chrono::hours(30);
  identities_.renew();
  EXPECT_NE(certificate(), first);
  EXPECT_TRUE(is_good());
}

TEST_F(IdentitiesTest, WhatCannotBeWrittenStaysAndIsTriedAgainSoon) {
  const std::string first = certificate();
  const std::filesystem::path hidden = folder_.path("hidden");
  std::filesystem::rename(folder_.path("identity"), hidden);
  folder_.write("identity", "in the way");
  world_.shift = minutes(31);
  EXPECT_LE(identities_.renew(), seconds(1));
  EXPECT_THAT(identities_.trouble(), testing::HasSubstr("the certificate of cart is not renewed"));
  std::filesystem::remove(folder_.path("identity"));
  std::filesystem::rename(hidden, folder_.path("identity"));
  identities_.renew();
  EXPECT_EQ(identities_.trouble(), "");
  EXPECT_NE(certificate(), first);
}

}  // namespace
}  // namespace holon::node
