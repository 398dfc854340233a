#include "control/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>

namespace holon::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Kind = AssignmentStep::Kind;
using Steps = std::vector<AssignmentStep>;

constexpr env::Time start_of_time{seconds(100)};

env::Time at(int ms) { return start_of_time + milliseconds(ms); }

int count_of(const std::map<std::string, std::string>& shares, const std::string& node) {
  return static_cast<int>(std::ranges::count_if(shares, [&](const auto& share) { return share.second == node; }));
}

TEST(ShareOut, ReplicasOfAHostAreSpread) {
  for (const char* host : {"cart", "catalog", "ads", "mail"}) {
    const auto shares = share_out({{host, 4}}, {"a", "b"});
    EXPECT_EQ(count_of(shares, "a"), 2) << host;
    EXPECT_EQ(count_of(shares, "b"), 2) << host;
  }
}

TEST(ShareOut, HostsAreSpread) {
  std::vector<ReplicatedHost> hosts;
  for (int i = 0; i < 300; ++i) hosts.push_back({"host" + std::to_string(i), 1});
  const auto shares = share_out(hosts, {"a", "b", "c"});
  for (const char* node : {"a", "b", "c"}) EXPECT_NEAR(count_of(shares, node), 100, 30) << node;
}

TEST(ShareOut, ANodeThatGoesMovesItsOwnAlone) {
  std::vector<ReplicatedHost> hosts;
  for (int i = 0; i < 100; ++i) hosts.push_back({"host" + std::to_string(i), 1});
  const auto before = share_out(hosts, {"a", "b", "c"});
  const auto after = share_out(hosts, {"a", "c"});
  for (const auto& [replica, node] : before) {
    if (node != "b") EXPECT_EQ(after.at(replica), node) << replica;
  }
  EXPECT_THAT(share_out(hosts, {}), IsEmpty());
}

class AssignmentTest : public testing::Test {
 protected:
  void both_there() { assignment_.learned({"a", "b"}, holders_); }
  /// Those of `cart.0` to `cart.3` that are this node's share while both are there.
  std::vector<std::string> share(const std::string& node) const {
    std::vector<std::string> mine;
    for (const auto& [replica, owner] : share_out({{"cart", 4}}, {"a", "b"})) {
      if (owner == node) mine.push_back(replica);
    }
    return mine;
  }

  Assignment assignment_{"a", {{"cart", 4}}};
  std::map<std::string, std::string> holders_;
};

TEST_F(AssignmentTest, ClaimsItsShareThenStartsIt) {
  both_there();
  EXPECT_THAT(assignment_.due(at(0), {}), IsEmpty()) << "without a lease it has nothing";
  assignment_.granted(at(0));
  const std::vector<std::string> mine = share("a");
  EXPECT_THAT(assignment_.due(at(1), {}), ElementsAre(AssignmentStep{Kind::claim, mine[0]}, AssignmentStep{Kind::claim, mine[1]}));
  assignment_.claimed(mine[0]);
  holders_[mine[1]] = "b";
  both_there();
  EXPECT_THAT(assignment_.due(at(1), {}), ElementsAre(AssignmentStep{Kind::start, mine[0]})) << "the other has been faster";
  EXPECT_THAT(assignment_.due(at(1), {.wanted = {mine[0]}, .running = {mine[0]}}), IsEmpty());
}

TEST_F(AssignmentTest, TakesWhatALostNodeHad) {
  assignment_.granted(at(0));
  for (const std::string& replica : share("b")) holders_[replica] = "b";
  both_there();
  for (const std::string& replica : share("a")) assignment_.claimed(replica);
  const Assignment::Here here{.wanted = assignment_.claims(), .running = assignment_.claims()};
  EXPECT_THAT(assignment_.due(at(1), here), IsEmpty());
  assignment_.learned({"a"}, {});
  Steps claims;
  for (const std::string& replica : share("b")) claims.push_back({Kind::claim, replica});
  EXPECT_EQ(assignment_.due(at(1), here), claims);
}

TEST_F(AssignmentTest, HandsOverToANodeThatJoins) {
  assignment_.granted(at(0));
  assignment_.learned({"a"}, {});
  for (const auto& [replica, node] : share_out({{"cart", 4}}, {"a"})) assignment_.claimed(replica);
  Assignment::Here here{.wanted = assignment_.claims(), .running = assignment_.claims()};
  EXPECT_THAT(assignment_.due(at(1), here), IsEmpty());
  both_there();
  const std::string moved = share("b").front();
  EXPECT_THAT(assignment_.due(at(1), here), testing::Contains(AssignmentStep{Kind::drain, moved}));
  for (const std::string& replica : share("b")) here.wanted.erase(replica);
  EXPECT_THAT(assignment_.due(at(1), here), IsEmpty()) << "what they have begun ends first";
  here.running.erase(moved);
  EXPECT_THAT(assignment_.due(at(1), here), ElementsAre(AssignmentStep{Kind::release, moved}));
  assignment_.released(moved);
  EXPECT_THAT(assignment_.due(at(1), here), IsEmpty());
}

TEST_F(AssignmentTest, EndsAllBeforeItsLeaseDoes) {
  both_there();
  assignment_.granted(at(0));
  for (const std::string& replica : share("a")) assignment_.claimed(replica);
  const Assignment::Here here{.wanted = assignment_.claims(), .running = assignment_.claims()};
  assignment_.granted(at(1'000));
  EXPECT_EQ(assignment_.wake(at(1'000)), at(3'700));
  EXPECT_THAT(assignment_.due(at(3'699), here), IsEmpty());
  const std::vector<std::string> mine = share("a");
  EXPECT_THAT(assignment_.due(at(3'700), here), ElementsAre(AssignmentStep{Kind::kill, mine[0]}, AssignmentStep{Kind::kill, mine[1]}));
  assignment_.granted(at(3'800));  // it had not ended: nobody else has them
  EXPECT_THAT(assignment_.due(at(3'900), {}), ElementsAre(AssignmentStep{Kind::start, mine[0]}, AssignmentStep{Kind::start, mine[1]}));
}

TEST_F(AssignmentTest, GoesOnWithoutALeaseIfItIsTold) {
  Assignment goes_on("a", {{"cart", 1}}, {.goes_on = true});
  goes_on.learned({"a"}, {});
  goes_on.granted(at(0));
  goes_on.claimed("cart.0");
  const Assignment::Here here{.wanted = {"cart.0"}, .running = {"cart.0"}};
  EXPECT_THAT(goes_on.due(at(60'000), here), IsEmpty());
  goes_on.lost();
  goes_on.learned({"a", "b"}, {{"cart.0", "b"}});
  goes_on.granted(at(61'000));
  EXPECT_THAT(goes_on.due(at(61'001), here), ElementsAre(AssignmentStep{Kind::kill, "cart.0"}));
}

TEST_F(AssignmentTest, TakesUpWhatRunsAlreadyIfItIsFree) {
  assignment_.granted(at(0));
  both_there();
  const std::string mine = share("a").front();
  const std::string others = share("b").front();
  const Steps steps = assignment_.due(at(1), {.wanted = {}, .running = {mine, others}});
  EXPECT_THAT(steps, testing::Contains(AssignmentStep{Kind::claim, mine}));
  EXPECT_THAT(steps, testing::Contains(AssignmentStep{Kind::kill, others}));
  EXPECT_THAT(steps, testing::Not(testing::Contains(AssignmentStep{Kind::kill, mine})));
}

TEST_F(AssignmentTest, GivesUpAClaimThatItWasNotToldOf) {
  assignment_.granted(at(0));
  const std::string others = share("b").front();
  holders_[others] = "a";  // claimed while it was alone; the answer was lost
  both_there();
  EXPECT_THAT(assignment_.due(at(1), {}), testing::Contains(AssignmentStep{Kind::release, others}));
}

TEST_F(AssignmentTest, FollowsWhatAHostIsScaledTo) {
  assignment_.granted(at(0));
  assignment_.learned({"a"}, {});
  for (const char* replica : {"cart.0", "cart.1", "cart.2", "cart.3"}) assignment_.claimed(replica);
  Assignment::Here here{.wanted = assignment_.claims(), .running = assignment_.claims()};
  assignment_.share({{"cart", 5}});
  EXPECT_THAT(assignment_.due(at(1), here), ElementsAre(AssignmentStep{Kind::claim, "cart.4"}));
  assignment_.share({{"cart", 3}});
  EXPECT_THAT(assignment_.due(at(1), here), ElementsAre(AssignmentStep{Kind::drain, "cart.3"}));
  here.wanted.erase("cart.3");
  here.running.erase("cart.3");
  EXPECT_THAT(assignment_.due(at(1), here), ElementsAre(AssignmentStep{Kind::release, "cart.3"}));
}

TEST_F(AssignmentTest, GivesEverythingUpWhenItLeaves) {
  assignment_.granted(at(0));
  both_there();
  const std::vector<std::string> mine = share("a");
  for (const std::string& replica : mine) assignment_.claimed(replica);
  assignment_.leave();
  EXPECT_THAT(assignment_.due(at(1), {.wanted = {mine[0]}, .running = {mine[0]}}),
              ElementsAre(AssignmentStep{Kind::drain, mine[0]}, AssignmentStep{Kind::release, mine[1]}));
}

// ---- many nodes, and a network that fails between them and what they share

/// etcd as nodes see it: entries under leases that end some time after they are not renewed any more.
class SharedEntries {
 public:
  explicit SharedEntries(std::mt19937& random) : random_(random) {}

  int grant(env::Time now) {
    leases_[++last_] = now + seconds(3);
    return last_;
  }
  bool renew(int lease, env::Time now) {
    if (!leases_.contains(lease)) return false;
    leases_[lease] = now + seconds(3);
    return true;
  }
  bool put(int lease, const std::string& key, const std::string& value) {
    if (!leases_.contains(lease)) return false;
    const auto found = entries_.find(key);
    if (found != entries_.end() && found->second.lease != lease) return false;
    entries_[key] = {lease, value};
    return true;
  }
  void remove(int lease, const std::string& key) {
    const auto found = entries_.find(key);
    if (found != entries_.end() && found->second.lease == lease) entries_.erase(found);
  }
  /// Ends leases, not always at once.
  void pass(env::Time now) {
    std::erase_if(leases_, [&](const auto& lease) { return lease.second <= now && random_() % 4 == 0; });
    std::erase_if(entries_, [&](const auto& entry) { return !leases_.contains(entry.second.lease); });
  }
  std::map<std::string, std::string> below(const std::string& prefix) const {
    std::map<std::string, std::string> found;
    for (const auto& [key, entry] : entries_) {
      if (key.starts_with(prefix)) found[key.substr(prefix.size())] = entry.value;
    }
    return found;
  }

 private:
  struct Entry {
    int lease;
    std::string value;
  };
  std::mt19937& random_;
  int last_ = 0;
  std::map<int, env::Time> leases_;
  std::map<std::string, Entry> entries_;
};

/// A node as the node program is one, with processes that take a moment to end.
class SimulatedNode {
 public:
  SimulatedNode(std::string name, const std::vector<ReplicatedHost>& hosts, std::mt19937& random)
      : name_(std::move(name)), hosts_(hosts), random_(random) {
    begin();
  }

  void begin() {
    assignment_.emplace(name_, hosts_);
    here_ = {};
    ends_.clear();
    lease_ = 0;
    up_ = true;
  }
  /// With all its processes.
  void crash() {
    begin();
    up_ = false;
  }
  bool up() const { return up_; }
  bool connected = true;
  const std::set<std::string>& running() const { return here_.running; }

  void tick(env::Time now, SharedEntries& shared) {
    if (!up_) return;
    std::erase_if(here_.running, [&](const std::string& replica) { return ends_.contains(replica) && ends_[replica] <= now; });
    std::erase_if(ends_, [&](const auto& end) { return !here_.running.contains(end.first); });
    if (connected) {
      renew(now, shared);
      if (random_() % 3 != 0) look(shared);  // what it sees may be old
    }
    for (const AssignmentStep& step : assignment_->due(now, here_)) carry_out(step, now, shared);
  }

 private:
  void renew(env::Time now, SharedEntries& shared) {
    const env::Time asked = now - milliseconds(random_() % 200);
    if (lease_ != 0 && !shared.renew(lease_, now)) {
      lease_ = 0;
      assignment_->lost();
    }
    if (lease_ == 0) lease_ = shared.grant(now);
    assignment_->granted(asked);
    (void)shared.put(lease_, "nodes/" + name_, name_);
  }
  void look(const SharedEntries& shared) {
    std::set<std::string> nodes;
    for (const auto& [node, value] : shared.below("nodes/")) nodes.insert(node);
    assignment_->learned(nodes, shared.below("replicas/"));
    assignment_->share(hosts_);
  }
  void end(const std::string& replica, env::Time when) {
    here_.wanted.erase(replica);
    if (!ends_.contains(replica) || ends_[replica] > when) ends_[replica] = when;
  }
  void carry_out(const AssignmentStep& step, env::Time now, SharedEntries& shared) {
    switch (step.kind) {
      case Kind::claim:
        if (!connected || !shared.put(lease_, "replicas/" + step.replica, name_)) return;
        if (random_() % 4 != 0) assignment_->claimed(step.replica);  // or the answer is lost
        return;
      case Kind::start:
        here_.wanted.insert(step.replica);
        here_.running.insert(step.replica);
        ends_.erase(step.replica);
        return;
      case Kind::drain: return end(step.replica, now + milliseconds(random_() % 2'000));
      case Kind::kill: return end(step.replica, now + milliseconds(random_() % 200));
      case Kind::release:
        if (!connected) return;
        shared.remove(lease_, "replicas/" + step.replica);
        return assignment_->released(step.replica);
    }
  }

  std::string name_;
  const std::vector<ReplicatedHost>& hosts_;
  std::mt19937& random_;
  std::optional<Assignment> assignment_;
  Assignment::Here here_;
  std::map<std::string, env::Time> ends_;  ///< of processes that are told to end
  int lease_ = 0;
  bool up_ = true;
};

class AssignmentWorld : public testing::TestWithParam<unsigned> {
 protected:
  void tick() {
    now_ += milliseconds(50);
    shared_.pass(now_);
    for (SimulatedNode& node : nodes_) node.tick(now_, shared_);
  }
  void something_happens() {
    SimulatedNode& node = nodes_[random_() % nodes_.size()];
    switch (random_() % 5) {
      case 0: return node.crash();
      case 1: node.connected = false; return;
      case 2: node.connected = true; return;
      case 3: hosts_[1].replicas = 1 + static_cast<int>(random_() % 4); return;  // somebody scales it
      default:
        if (!node.up()) node.begin();
    }
  }
  /// Each replica that runs, with how often.
  std::map<std::string, int> running() const {
    std::map<std::string, int> count;
    for (const SimulatedNode& node : nodes_) {
      for (const std::string& replica : node.running()) ++count[replica];
    }
    return count;
  }

  std::mt19937 random_{GetParam()};
  std::vector<ReplicatedHost> hosts_ = {{"cart", 1}, {"catalog", 3}, {"ads", 2}};
  SharedEntries shared_{random_};
  std::vector<SimulatedNode> nodes_ = {{"a", hosts_, random_}, {"b", hosts_, random_}, {"c", hosts_, random_}};
  env::Time now_ = start_of_time;
};

TEST_P(AssignmentWorld, NoReplicaRunsTwiceAndInTheEndEachRuns) {
  for (int i = 0; i < 2'000; ++i) {
    if (random_() % 20 == 0) something_happens();
    tick();
    for (const auto& [replica, count] : running()) ASSERT_EQ(count, 1) << replica << " at tick " << i;
  }
  for (SimulatedNode& node : nodes_) {
    node.connected = true;
    if (!node.up()) node.begin();
  }
  for (int i = 0; i < 400; ++i) tick();
  EXPECT_EQ(running().size(), 3u + static_cast<std::size_t>(hosts_[1].replicas));
}

INSTANTIATE_TEST_SUITE_P(Seeds, AssignmentWorld, testing::Range(0u, 30u));

}  // namespace
}  // namespace holon::control
