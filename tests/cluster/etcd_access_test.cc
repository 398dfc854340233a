// How a node finds the members of etcd, and how they prove to each other who they are: TLS, users, names.
#include <gmock/gmock.h>

#include "env/fake_dns.h"
#include "tests/cluster/etcd_test_base.h"

namespace holon {
namespace {

using node::Etcd;
using node::EtcdConfig;
using node::Registry;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

constexpr seconds lease_life{30};

/// Members that speak TLS, with those alone who show a certificate, and ask for user and password.
class EtcdAccessTest : public EtcdTestBase {
 protected:
  static void SetUpTestSuite() {
    if (!EtcdMembers::installed()) return;
    members_ = std::make_unique<EtcdMembers>(EtcdSetup{.tls = true});
    members_->ask_for_users();
  }
  static void TearDownTestSuite() { members_.reset(); }
  void SetUp() override {
    if (members_ == nullptr) GTEST_SKIP() << "there is no /usr/bin/etcd here: apt-get install etcd-server etcd-client";
    config_ = config_of(*members_);
    config_.tls.roots = members_->ca();
    config_.tls.own = members_->client();
    config_.user = "holon";
    config_.password = "rabbit";
  }

  /// Why no lease is granted, when that is something else than haste, or a reset that has overtaken the alert with the reason.
  static std::string refusal(const EtcdConfig& config) {
    Error why = unknown("nothing was asked");
    run(config, [&](Call& call, Etcd& etcd) {
      EXPECT_TRUE(eventually(call, [&] {
        const Result<Registry::Lease> granted = etcd.grant(call, lease_life);
        why = granted.ok() ? unknown("it was granted") : granted.error();
        return granted.code() != Code::deadline_exceeded && why.message().find("Connection reset") == std::string::npos;
      }));
    });
    return why.to_string();
  }

  /// The first member, by a name.
  static node::EtcdAddress at(const std::string& name, const env::FakeDns& dns) {
    node::EtcdAddress address = node::EtcdAddress::parse("https://" + name + ":" + std::to_string(members_->port(0))).value();
    address.name->server = dns.server();
    return address;
  }

  static std::unique_ptr<EtcdMembers> members_;
  EtcdConfig config_;
};

std::unique_ptr<EtcdMembers> EtcdAccessTest::members_;

TEST_F(EtcdAccessTest, WhoProvesWhoItIsDoesWhatItMay) {
  run(config_, [&](Call& call, Etcd& etcd) {
    Registry::Lease lease = 0;
    ASSERT_TRUE(eventually(call, [&] { return (lease = etcd.grant(call, lease_life).value_or(0)) != 0; }));
    Registry::Entries seen;
    TaskGroup group(call);
    (void)group.spawn([&](Call& branch) {
      return etcd.watch(branch, "/holon/shop/", hearing([&](const Registry::Entries& entries) { seen = entries; }));
    });
    const auto put = [&](const char* value) { return etcd.put(call, lease, "/holon/shop/a", value).value_or(false); };
    EXPECT_TRUE(eventually(call, [&] { return put("1"); }));
    EXPECT_TRUE(eventually(call, [&] { return seen == Registry::Entries{{"/holon/shop/a", "1"}}; }));
    members_->change_users();  // and with that what was given to anybody is void
    EXPECT_TRUE(eventually(call, [&] { return put("2"); }));
    EXPECT_TRUE(eventually(call, [&] { return seen == Registry::Entries{{"/holon/shop/a", "2"}}; }));
    EXPECT_TRUE(eventually(call, [&] { return etcd.renew(call, lease).ok(); }));
    Error denied = unknown("nothing was asked");
    EXPECT_TRUE(eventually(call, [&] {
      denied = etcd.put(call, lease, "/elsewhere", "1").error();
      return denied.code() == Code::permission_denied;
    }));
    EXPECT_THAT(denied.message(), HasSubstr("etcdctl role grant-permission"));
    group.cancel();
  });
}

TEST_F(EtcdAccessTest, WhoMayNotReadIsTold) {
  run(config_, [&](Call& call, Etcd& etcd) {
    Result<void> heard;
    TaskGroup group(call);
    (void)group.spawn([&](Call& branch) {
      return etcd.watch(branch, "/elsewhere/", {.entries = [](const Registry::Entries&) { ADD_FAILURE() << "it was let read"; },
                                                .heard = [&](const Result<void>& told) { heard = told; }});
    });
    EXPECT_TRUE(eventually(call, [&] { return heard.code() == Code::permission_denied; }));
    EXPECT_THAT(heard.error().message(), HasSubstr("etcdctl role grant-permission"));
    group.cancel();
  });
}

TEST_F(EtcdAccessTest, ALeaseIsRenewedWhoeverAsks) {
  Registry::Lease lease = 0;
  run(config_, [&](Call& call, Etcd& etcd) {
    ASSERT_TRUE(eventually(call, [&] { return (lease = etcd.grant(call, lease_life).value_or(0)) != 0; }));
  });
  config_.password = "badger";
  run(config_, [&](Call& call, Etcd& etcd) {
    EXPECT_TRUE(eventually(call, [&] { return etcd.put(call, lease, "/holon/shop/a", "1").code() == Code::invalid_argument; }));
    EXPECT_TRUE(eventually(call, [&] { return etcd.renew(call, lease).ok(); }));
  });
}

TEST_F(EtcdAccessTest, WhatIsWrongIsNamedWithItsRemedy) {
  EtcdConfig strange = config_;
  const crypto::TestAuthority other("another CA");
  strange.tls.roots = members_->folder().write("other.pem", other.certificate());
  EXPECT_THAT(refusal(strange), AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("etcd CA"), HasSubstr("cluster: {etcd: {ca: FILE}}")));

  EtcdConfig nameless = config_;
  nameless.tls.own = {};
  EXPECT_THAT(refusal(nameless), HasSubstr("cluster: {etcd: {certificate: FILE, key: FILE}}"));

  EtcdConfig unknown = config_;
  unknown.tls.own = members_->folder().write("unknown", other.issue({.subject = "client"}));
  EXPECT_THAT(refusal(unknown), HasSubstr("--trusted-ca-file"));

  EtcdConfig late = config_;
  late.tls.own = members_->folder().write("late", members_->authority().issue({.subject = "client", .valid_until_s = -60}));
  EXPECT_THAT(refusal(late), HasSubstr("--trusted-ca-file"));

  EtcdConfig plain = config_;
  for (node::EtcdAddress& member : plain.members) member.tls = false;
  EXPECT_THAT(refusal(plain), HasSubstr("write https:// before the member's address"));

  EtcdConfig forgetful = config_;
  forgetful.password = "badger";
  EXPECT_THAT(refusal(forgetful), HasSubstr("compare `user` and `password`"));
}

TEST_F(EtcdAccessTest, AMemberWhoseCertificateIsRefusedIsPassedOver) {
  env::FakeDns dns;
  dns.set_host("other.test", {"127.0.0.1"});  // for which it has no certificate
  config_.members[0] = at("other.test", dns);
  run(config_, [&](Call& call, Etcd& etcd) {
    EXPECT_TRUE(eventually(call, [&] { return etcd.grant(call, lease_life).ok(); }));
  });
}

TEST_F(EtcdAccessTest, AMemberIsFoundByItsNameWhereverItAnswers) {
  env::FakeDns dns;
  dns.set_host("etcd.test", {"127.0.0.9"}, 1);  // nobody is there
  config_.members = {at("etcd.test", dns)};
  run(config_, [&](Call& call, Etcd& etcd) {
    EXPECT_FALSE(etcd.grant(call, lease_life).ok());
    dns.set_host("etcd.test", {"127.0.0.1"}, 1);
    EXPECT_TRUE(eventually(call, [&] { return etcd.grant(call, lease_life).ok(); }));
  });
  config_.members = {at("nowhere.test", dns)};
  run(config_, [&](Call& call, Etcd& etcd) {
    EXPECT_THAT(etcd.grant(call, lease_life).error().message(), HasSubstr("DNS knows no nowhere.test"));
  });
}

}  // namespace
}  // namespace holon
