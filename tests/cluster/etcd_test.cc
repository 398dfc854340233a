// What nodes ask of etcd, with members that die and freeze meanwhile.
#include "node/cluster/etcd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "holon/task.h"
#include "tests/cluster/etcd_test_base.h"

namespace holon {
namespace {

using node::Etcd;
using node::Registry;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr seconds life{3};

class EtcdTest : public EtcdTestBase {
 protected:
  void SetUp() override {
    if (!EtcdMembers::installed()) GTEST_SKIP() << "there is no /usr/bin/etcd here: apt-get install etcd-server";
    members_.emplace();
  }
  void run(const std::function<void(Call&, Etcd&)>& body) { EtcdTestBase::run(config_of(*members_), body); }

  /// Without holding up the other fibers.
  bool healthy(Call& call, int member) {
    return blocking(call, [&] { return members_->healthy(member); }).value_or(false);
  }

  std::optional<EtcdMembers> members_;
};

TEST_F(EtcdTest, AnEntryIsOneLeasesAndEndsWithIt) {
  run([&](Call& call, Etcd& etcd) {
    Registry::Entries seen;
    TaskGroup group(call);
    (void)group.spawn([&](Call& branch) {
      return etcd.watch(branch, "/holon/shop/", hearing([&](const Registry::Entries& entries) { seen = entries; }));
    });
    const Registry::Lease mine = etcd.grant(call, life).value();
    const Registry::Lease others = etcd.grant(call, life).value();
    EXPECT_TRUE(etcd.put(call, mine, "/holon/shop/replicas/cart.0", "a").value());
    EXPECT_FALSE(etcd.put(call, others, "/holon/shop/replicas/cart.0", "b").value());
    EXPECT_TRUE(etcd.put(call, mine, "/holon/shop/replicas/cart.0", "a, ready").value()) << "it is this lease's to change";
    EXPECT_TRUE(etcd.put(call, others, "/holon/other/replicas/cart.0", "b").value());
    EXPECT_TRUE(eventually(call, [&] { return seen == Registry::Entries{{"/holon/shop/replicas/cart.0", "a, ready"}}; }));
    EXPECT_TRUE(etcd.remove(call, others, "/holon/shop/replicas/cart.0").ok());
    EXPECT_FALSE(etcd.put(call, others, "/holon/shop/replicas/cart.0", "b").value()) << "others take nothing away";
    EXPECT_TRUE(etcd.remove(call, mine, "/holon/shop/replicas/cart.0").ok());
    EXPECT_TRUE(eventually(call, [&] { return seen.empty(); }));

    EXPECT_TRUE(etcd.put(call, mine, "/holon/shop/nodes/a", "a").value());
    EXPECT_TRUE(etcd.renew(call, mine).ok());
    EXPECT_TRUE(etcd.revoke(call, mine).ok());
    EXPECT_EQ(etcd.renew(call, mine).code(), Code::not_found);
    EXPECT_TRUE(eventually(call, [&] { return seen.empty(); }));
    group.cancel();
  });
}

TEST_F(EtcdTest, AMemberThatDiesOrFreezesCostsNothing) {
  run([&](Call& call, Etcd& etcd) {
    Registry::Entries seen;
    TaskGroup group(call);
    (void)group.spawn([&](Call& branch) {
      return etcd.watch(branch, "/holon/shop/", hearing([&](const Registry::Entries& entries) { seen = entries; }));
    });
    const Registry::Lease lease = etcd.grant(call, life).value();
    bool lost = false;
    (void)group.spawn([&](Call& branch) -> Result<void> {
      for (;;) {
        lost = lost || etcd.renew(branch, lease).code() == Code::not_found;
        HOLON_TRY(sleep(branch, milliseconds(500)));
      }
    });
    const auto flows = [&](const std::string& key, const std::string& value) {
      const bool put = eventually(call, [&] { return etcd.put(call, lease, "/holon/shop/" + key, value).value_or(false); });
      return put && eventually(call, [&] { return seen.contains("/holon/shop/" + key) && seen["/holon/shop/" + key] == value; });
    };
    EXPECT_TRUE(flows("before", "1"));
    for (int member = 0; member < EtcdMembers::count; ++member) {
      members_->kill(member);
      EXPECT_TRUE(flows("killed", std::to_string(member)));
      members_->start(member);
      EXPECT_TRUE(eventually(call, [&] { return healthy(call, member); }, seconds(20)));
      members_->freeze(member);
      EXPECT_TRUE(flows("frozen", std::to_string(member)));
      members_->thaw(member);
      EXPECT_TRUE(eventually(call, [&] { return healthy(call, member); }, seconds(20)));
    }
    EXPECT_TRUE(seen.contains("/holon/shop/before"));
    EXPECT_FALSE(lost);
    group.cancel();
  });
}

TEST_F(EtcdTest, WithoutAMajorityWhatWasToldLastStands) {
  run([&](Call& call, Etcd& etcd) {
    Registry::Entries seen;
    TaskGroup group(call);
    (void)group.spawn([&](Call& branch) {
      return etcd.watch(branch, "/holon/shop/", hearing([&](const Registry::Entries& entries) { seen = entries; }));
    });
    const Registry::Lease lease = etcd.grant(call, life).value();
    EXPECT_TRUE(etcd.put(call, lease, "/holon/shop/nodes/a", "a").value());
    EXPECT_TRUE(eventually(call, [&] { return seen.size() == 1; }));
    members_->kill(0);
    members_->freeze(1);
    Result<void> renewed;
    const auto fails = [&] {  // whoever leads notices after a second only that it has lost the others
      renewed = etcd.renew(call, lease);
      return !renewed.ok();
    };
    EXPECT_TRUE(eventually(call, fails));
    EXPECT_NE(renewed.code(), Code::not_found);
    EXPECT_THAT(seen, ElementsAre(Pair("/holon/shop/nodes/a", "a")));
    members_->thaw(1);
    Registry::Lease next = 0;
    EXPECT_TRUE(eventually(call, [&] { return (next = etcd.grant(call, life).value_or(0)) != 0; }, seconds(20)));
    EXPECT_TRUE(eventually(call, [&] { return etcd.put(call, next, "/holon/shop/nodes/b", "b").value_or(false); }));
    EXPECT_TRUE(eventually(call, [&] { return seen.contains("/holon/shop/nodes/b"); }));
    group.cancel();
  });
}

}  // namespace
}  // namespace holon
