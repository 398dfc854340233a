#include "node/cluster/membership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "env/environment.h"
#include "node/cluster/wishes.h"

namespace holon::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// A registry in memory, which can be out of reach.
class NearRegistry final : public Registry {
 public:
  Result<Lease> grant(Call&, seconds) override {
    HOLON_TRY(reach());
    leases_.insert(++last_);
    return last_;
  }
  Result<void> renew(Call&, Lease lease) override {
    HOLON_TRY(reach());
    ++renewals;
    return leases_.contains(lease) ? Result<void>() : not_found("it has ended");
  }
  Result<void> revoke(Call&, Lease lease) override {
    end(lease);
    return {};
  }
  Result<bool> put(Call& call, Lease lease, const std::string& key, const std::string& value) override {
    HOLON_TRY(reach());
    if (key == slow_key) HOLON_TRY(sleep(call, seconds(30)));
    const auto found = writers_.find(key);
    if (!leases_.contains(lease) || (found != writers_.end() && found->second != lease)) return false;
    write(lease, key, value);
    return true;
  }
  Result<void> remove(Call&, Lease lease, const std::string& key) override {
    HOLON_TRY(reach());
    if (const auto found = writers_.find(key); found != writers_.end() && found->second == lease) erase(key);
    return {};
  }
  Result<void> keep(Call&, const std::string& key, const std::string& value) override {
    HOLON_TRY(reach());
    write(0, key, value);
    return {};
  }
  Result<void> watch(Call& call, const std::string&, const Told& told) override {
    for (;;) {
      const std::uint64_t seen = changes_.count();
      if (deaf_.ok()) told.entries(entries);
      told.heard(deaf_);
      HOLON_TRY(changes_.wait(call, seen));
    }
  }

  /// Without a lease that anybody renews.
  void write(Lease lease, const std::string& key, const std::string& value) {
    writers_[key] = lease;
    entries[key] = value;
    changes_.notify();
  }
  void erase(const std::string& key) {
    writers_.erase(key);
    entries.erase(key);
    changes_.notify();
  }
  void end(Lease lease) {
    leases_.erase(lease);
    for (const auto& [key, writer] : std::map(writers_)) {
      if (writer == lease) erase(key);
    }
  }
  Lease last() const { return last_; }
  /// Empty if there is none.
  std::string entry(const std::string& key) const { return entries.contains(key) ? entries.at(key) : ""; }

  /// Whether those who watch may.
  void hear(const Result<void>& result) {
    deaf_ = result;
    changes_.notify();
  }

  Entries entries;
  bool reachable = true;
  std::string slow_key;  ///< to write this takes too long
  int renewals = 0;

 private:
  Result<void> reach() const { return reachable ? Result<void>() : unavailable("nobody answers"); }

  std::map<std::string, Lease> writers_;
  std::set<Lease> leases_;
  Lease last_ = 0;
  Result<void> deaf_;
  Changes changes_;
};

/// Hosts that start and end at once.
class NearMembers final : public Members {
 public:
  std::vector<control::ReplicatedHost> shared_hosts() const override {
    return {{"cart", view.scale.contains("cart") ? view.scale.at("cart") : 2}};
  }
  control::Assignment::Here here() const override { return {.wanted = running, .running = running}; }
  void take(const std::string& replica) override {
    running.insert(replica);
    changes_.notify();
  }
  void give_up(const std::string& replica) override { cut(replica); }
  void cut(const std::string& replica) override {
    running.erase(replica);
    changes_.notify();
  }
  v1::ReplicaRecord record(const std::string& replica) const override {
    v1::ReplicaRecord record;
    record.set_state(running.contains(replica) ? "ready" : "starting");
    return record;
  }
  void learned(const ClusterView& seen) override {
    view = seen;
    changes_.notify();
  }
  Changes& changes() override { return changes_; }
  bool stopping() const override { return ends; }
  std::int64_t earlier_lease() const override { return lease; }
  void keep_lease(std::int64_t kept) override { lease = kept; }
  void alone_until(env::Time until) override { alone = until; }

  std::set<std::string> running;
  ClusterView view;
  bool ends = false;
  std::int64_t lease = 0;
  env::Time alone{};

 private:
  Changes changes_;
};

class MembershipTest : public testing::Test {
 protected:
  /// The node a, as long as `body` runs.
  void run(const std::function<void(Call&, Membership&)>& body) {
    fiber::Loop loop(env::os(), 0);
    loop.spawn([&] {
      internal::RootCall call(env::os().now() + seconds(30));
      {
        Membership membership(loop, "shop", config_, registry_, members_, [this](const std::string& text) { said_.push_back(text); });
        body(call, membership);
      }
      loop.stop();
    });
    loop.run();
  }
  static bool eventually(Call& call, const std::function<bool()>& condition) {
    while (!condition()) {
      if (!sleep(call, milliseconds(1)).ok()) return false;
    }
    return true;
  }
  bool runs(Call& call, std::size_t replicas) {
    return eventually(call, [&] { return members_.running.size() == replicas; });
  }

  ClusterConfig config_ = {.etcd = {}, .address = "10.0.0.1", .node = "a", .zone = "west", .authority = {}, .lease = seconds(2)};
  NearRegistry registry_;
  NearMembers members_;
  std::vector<std::string> said_;
};

TEST_F(MembershipTest, ClaimsRunsAndTellsWhereItIs) {
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 2));
    EXPECT_THAT(registry_.entry("/holon/shop/nodes/a"), HasSubstr("\"10.0.0.1\""));
    EXPECT_TRUE(eventually(call, [&] { return registry_.entry("/holon/shop/replicas/cart.1").find("ready") != std::string::npos; }));
    EXPECT_THAT(registry_.entry("/holon/shop/replicas/cart.1"), HasSubstr("\"west\""));
    EXPECT_NE(members_.lease, 0);
    EXPECT_GT(members_.alone, env::os().now());
    EXPECT_LT(members_.alone, env::os().now() + config_.lease) << "others start its hosts then";
  });
}

TEST_F(MembershipTest, SharesWithWhoJoinsAndTakesOverFromWhoIsLost) {
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 2));
    registry_.write(99, "/holon/shop/nodes/b", R"({"node": "b"})");
    EXPECT_TRUE(runs(call, 1));
    const std::string kept = *members_.running.begin();
    const std::string given = kept == "cart.0" ? "cart.1" : "cart.0";
    EXPECT_TRUE(eventually(call, [&] { return !registry_.entries.contains("/holon/shop/replicas/" + given); }));
    registry_.write(99, "/holon/shop/replicas/" + given, R"({"node": "b", "address": "tls:10.0.0.2:1", "state": "ready"})");
    EXPECT_TRUE(eventually(call, [&] { return members_.view.replicas.contains(given); }));
    EXPECT_EQ(members_.view.replicas[given].address(), "tls:10.0.0.2:1");
    EXPECT_THAT(said_, Contains(HasSubstr("node b has joined")));
    registry_.erase("/holon/shop/replicas/" + given);
    registry_.erase("/holon/shop/nodes/b");
    EXPECT_TRUE(runs(call, 2));
    EXPECT_THAT(said_, Contains(HasSubstr("node b is gone")));
  });
}

TEST_F(MembershipTest, ASecondNodeSaysWhatALossMeans) {
  registry_.write(99, "/holon/shop/nodes/b", R"({"node": "b"})");
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 1));
    EXPECT_THAT(said_, Contains(HasSubstr("a joins b. If one of them is lost, the others start its hosts")));
  });
}

TEST_F(MembershipTest, EndsItsHostsWhenItIsCutOffAndStartsThemAgain) {
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 2));
    registry_.reachable = false;
    const env::Time cut = env::os().now();
    EXPECT_TRUE(runs(call, 0));
    EXPECT_LT(env::os().now() - cut, config_.lease) << "before others can claim them";
    EXPECT_THAT(said_, Contains(HasSubstr("a is not in its cluster: nobody answers")));
    registry_.end(members_.lease);
    registry_.reachable = true;
    EXPECT_TRUE(runs(call, 2));
    EXPECT_THAT(said_, Contains("a is in its cluster"));
  });
}

TEST_F(MembershipTest, GoesOnWithoutEtcdIfItIsTold) {
  config_.goes_on = true;
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 2));
    registry_.reachable = false;
    EXPECT_TRUE(eventually(call, [&] { return !said_.empty(); }));
    EXPECT_TRUE(sleep(call, config_.lease).ok());
    EXPECT_EQ(members_.running.size(), 2u);
  });
}

TEST_F(MembershipTest, TakesUpTheLeaseOfTheNodeBefore) {
  run([&](Call& call, Membership&) { EXPECT_TRUE(runs(call, 2)); });
  const std::int64_t lease = members_.lease;
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(sleep(call, milliseconds(500)).ok());
    EXPECT_EQ(registry_.last(), lease) << "no other was asked for";
    EXPECT_THAT(members_.running, UnorderedElementsAre("cart.0", "cart.1"));
  });
}

TEST_F(MembershipTest, FollowsWhatPeopleWantOfAllNodes) {
  Wishes wishes(registry_, "shop", "b");
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 2));
    EXPECT_TRUE(wishes.scale(call, "cart", 4).ok());
    EXPECT_TRUE(runs(call, 4));
    EXPECT_TRUE(wishes.scale(call, "cart", 1).ok());
    EXPECT_TRUE(runs(call, 1));
    EXPECT_TRUE(wishes.unscale(call, "cart").ok());
    EXPECT_TRUE(runs(call, 2)) << "as holon.yaml says";
    EXPECT_TRUE(wishes.stop(call, "cart.1").ok());
    EXPECT_TRUE(eventually(call, [&] { return members_.view.stopped == std::set<std::string>{"cart.1"}; }));
    EXPECT_TRUE(wishes.start(call, "cart.1").ok());
    EXPECT_TRUE(eventually(call, [&] { return members_.view.stopped.empty(); }));
    registry_.reachable = false;
    internal::RootCall brief(env::os().now() + milliseconds(150));
    EXPECT_EQ(wishes.stop(brief, "cart.1").code(), Code::unavailable) << "nobody would know of it";
  });
}

TEST_F(MembershipTest, WritesAnewWhatWasWrittenLate) {
  run([&](Call& call, Membership&) {
    const std::string key = "/holon/shop/replicas/cart.1";
    EXPECT_TRUE(eventually(call, [&] { return registry_.entry(key).find("ready") != std::string::npos; }));
    const std::string now = registry_.entry(key);
    registry_.write(members_.lease, key, R"({"node": "a", "state": "starting"})");  // by a member of etcd that had been frozen
    EXPECT_TRUE(eventually(call, [&] { return registry_.entry(key) == now; }));
  });
}

TEST_F(MembershipTest, WhatIsWishedOutlastsTheNode) {
  Wishes wishes(registry_, "shop", "a");
  run([&](Call& call, Membership& membership) {
    EXPECT_TRUE(wishes.scale(call, "cart", 3).ok());
    EXPECT_TRUE(runs(call, 3));
    membership.leave();
  });
  members_ = {};
  run([&](Call& call, Membership&) { EXPECT_TRUE(runs(call, 3)); });
}

TEST_F(MembershipTest, AnotherOfItsNameIsNamed) {
  registry_.write(99, "/holon/shop/nodes/a", R"({"node": "a"})");
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(eventually(call, [&] { return !said_.empty(); }));
    EXPECT_THAT(said_.front(), HasSubstr("there is a node called a"));
  });
}

TEST_F(MembershipTest, SaysOnceWhyItHearsNothingOfTheOthers) {
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(runs(call, 2));
    registry_.hear(permission_denied("this role may not read"));
    registry_.renewals = 0;
    EXPECT_TRUE(eventually(call, [&] { return registry_.renewals >= 2; })) << "which goes well, and is not told";
    registry_.hear({});
    EXPECT_TRUE(eventually(call, [&] { return said_.size() >= 2; }));
    EXPECT_THAT(said_, testing::ElementsAre("a is not in its cluster: this role may not read", "a is in its cluster"));
  });
}

TEST_F(MembershipTest, RenewsItsLeaseThoughItIsNotSignedIn) {
  registry_.slow_key = "/holon/shop/nodes/a";
  run([&](Call& call, Membership&) {
    EXPECT_TRUE(eventually(call, [&] { return registry_.renewals >= 3; }));
    EXPECT_EQ(registry_.last(), members_.lease) << "the first is still the one";
  });
}

TEST_F(MembershipTest, LeavesNothingBehind) {
  run([&](Call& call, Membership& membership) {
    EXPECT_TRUE(runs(call, 2));
    members_.ends = true;
    members_.changes().notify();
    EXPECT_TRUE(runs(call, 0));
    EXPECT_TRUE(eventually(call, [&] { return registry_.entries.empty(); }));
    membership.leave();
    EXPECT_EQ(registry_.renew(call, members_.lease).code(), Code::not_found);
  });
}

}  // namespace
}  // namespace holon::node
