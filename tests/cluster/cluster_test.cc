// Two nodes run one application; what becomes of it when one is lost, cut off, or leaves.
#include <csignal>
#include <map>
#include <set>

#include "crypto/authority.h"
#include "env/disk.h"
#include "holon/node/v1/node.holon.h"
#include "tests/cluster/etcd_members.h"
#include "tests/cluster/network.h"
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A node in a folder of its own, handled by `holon` on its machine.
class ClusterNode final : public ChainTest {
 public:
  ClusterNode(std::string name, std::string address, std::vector<std::string> machine)
      : name_(std::move(name)), address_(std::move(address)) {
    program_ = std::move(machine);
    program_.emplace_back(HOLON_PROGRAM);
    SetUp();
  }
  ~ClusterNode() override { TearDown(); }
  void TestBody() override {}

  using ApplicationTest::eventually;
  using ApplicationTest::holon;
  using ApplicationTest::host;
  using ApplicationTest::kill_hard;
  using ApplicationTest::list;
  using ApplicationTest::node_process;
  using ApplicationTest::show_logs;
  using ApplicationTest::up;

  /// What its folder has.
  void write(const EtcdMembers& etcd, const crypto::Authority& authority) {
    fs::copy_file(fs::path(CLUSTER_TEST_SOURCES) / "holon.yaml", manifest_, fs::copy_options::overwrite_existing);
    std::ofstream(folder_ / "holon.patient.yaml") << "cluster: {lease: 30s}\n";
    std::ofstream(folder_ / "holon.steady.yaml") << "cluster: {lease: 9s}\n";
    std::ofstream(folder_ / "holon.far.yaml") << "limits: {client.near_first: 0}\n";  // half of the calls go to the other node
    std::ofstream variables(folder_ / "node.env");
    variables << "NODE_NAME=" << name_ << "\nNODE_ADDRESS=" << address_ << "\n";
    for (int member = 0; member < EtcdMembers::count; ++member) variables << "ETCD_" << member + 1 << "=" << etcd.url(member) << "\n";
    variables << "ETCD_PASSWORD=rabbit\n";
    fs::copy_file(fs::path(CLUSTER_TEST_SOURCES) / "holon.secure.yaml", folder_ / "holon.secure.yaml", fs::copy_options::overwrite_existing);
    fs::create_directory_symlink(etcd.folder().path(""), folder_ / "etcd");
    fs::create_directories(folder_ / "bin");
    fs::create_symlink(CHAIN_PROGRAM, folder_ / "bin/chain");
    EXPECT_TRUE(authority.save(folder_ / "authority").ok());
  }
  /// On which node each replica is ready, as this one sees it.
  std::map<std::string, std::string> ready() {
    std::map<std::string, std::string> nodes;
    const node::v1::ListReply now = list();
    for (const node::v1::HostState& host : now.hosts()) {
      if (host.kind() == "program" && host.state() == "ready") nodes[host.host()] = host.node();
    }
    return nodes;
  }
  /// The replicas that are ready on `node`.
  std::vector<std::string> ready_on(const std::string& node) {
    std::vector<std::string> replicas;
    for (const auto& [replica, where] : ready()) {
      if (where == node) replicas.push_back(replica);
    }
    return replicas;
  }
  /// One of a host's replicas that runs here.
  std::string own(const std::string& host_name) {
    for (const std::string& replica : ready_on(name_)) {
      if (replica.starts_with(host_name + ".")) return replica;
    }
    ADD_FAILURE() << name_ << " runs no replica of " << host_name;
    return "";
  }
  /// What the node answers to a host of this name and process that asks whether it may go on.
  milliseconds may_run_for(const std::string& replica, int pid) {
    Client client("unix:" + (folder_ / ".holon/run/node.sock").string());
    Ref<node::v1::Hosts> hosts(client);
    node::v1::MayRunRequest who;
    who.set_host(replica);
    who.set_pid(pid);
    const Result<node::v1::MayRunReply> reply = hosts->MayRun(*client.call(seconds(10)), who);
    EXPECT_TRUE(reply.ok()) << reply.error().to_string();
    return milliseconds(reply.ok() ? reply->for_ms() : -1);
  }
  std::string log() { return env::os().disk().read(folder_ / ".holon/node.log").value_or(""); }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string address_;
};

class ClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdMembers::installed()) GTEST_SKIP() << "there is no /usr/bin/etcd here: apt-get install etcd-server etcd-client";
  }
  void TearDown() override {
    if (!HasFailure()) return;
    for (ClusterNode* node : {a_.get(), b_.get()}) {
      if (node != nullptr) node->show_logs();
    }
  }

  /// Both on this machine, at addresses of its own.
  void up_on_loopback(const std::vector<std::string>& more = {}, const EtcdSetup& etcd = {}) {
    etcd_.emplace(etcd);
    if (etcd.tls) etcd_->ask_for_users();
    a_ = std::make_unique<ClusterNode>("a", "127.0.0.1", std::vector<std::string>());
    b_ = std::make_unique<ClusterNode>("b", "127.0.0.2", std::vector<std::string>());
    up_both(more);
  }
  /// Each on a machine of its own. False if there can be none here.
  bool up_on_machines() {
    if (const std::string missing = Network::missing(); !missing.empty()) {
      skip_ = missing;
      return false;
    }
    network_.emplace(2);
    etcd_.emplace(EtcdSetup{.within = network_->on(0), .host = network_->address(0)});
    a_ = std::make_unique<ClusterNode>("a", network_->address(1), network_->on(1));
    b_ = std::make_unique<ClusterNode>("b", network_->address(2), network_->on(2));
    up_both({"--overlay", "far"});
    return true;
  }
  void up_both(const std::vector<std::string>& more = {}) {
    for (ClusterNode* node : {a_.get(), b_.get()}) {
      node->write(*etcd_, authority_);
      node->up(more);
    }
    for (ClusterNode* node : {a_.get(), b_.get()}) {
      ASSERT_TRUE(ClusterNode::eventually([&] { return shared_out(*node); })) << node->list().ShortDebugString();
    }
  }
  static std::int64_t unix_ms() {
    return std::chrono::duration_cast<milliseconds>(env::os().wall().time_since_epoch()).count();
  }
  static env::ProcessId process_of(const node::v1::HostState& host) {
    return env::os().processes().find(host.pid()).value_or(env::ProcessId{});
  }
  /// Whether each node runs two of the four replicas.
  static bool shared_out(ClusterNode& seen_by) {
    return seen_by.ready_on("a").size() == 2 && seen_by.ready_on("b").size() == 2;
  }

  const crypto::Authority authority_ = crypto::Authority::create(env::os(), "chain").value();
  std::string skip_;
  std::optional<Network> network_;
  std::optional<EtcdMembers> etcd_;
  std::unique_ptr<ClusterNode> a_, b_;
};

TEST_F(ClusterTest, EndpointsFlowWhileMembersOfEtcdDieAndFreeze) {
  up_on_loopback({"--overlay", "patient"});  // here etcd may take long to choose another leader
  const std::string replica = a_->own("five");
  const auto flows = [&](const char* verb, const char* state) {
    const Ran ran = a_->holon({verb, replica});
    EXPECT_EQ(ran.code, 0) << ran.messages;
    return ClusterNode::eventually([&] { return b_->host(replica).state() == state; }, seconds(10));
  };
  AskLoad load(b_->host(b_->own("four")).endpoint(), 2);
  etcd_->kill(0);
  EXPECT_TRUE(flows("stop", "stopped"));
  EXPECT_TRUE(flows("start", "ready"));
  etcd_->start(0);
  EXPECT_TRUE(ClusterNode::eventually([&] { return etcd_->healthy(0); }));
  etcd_->freeze(1);
  EXPECT_TRUE(flows("stop", "stopped"));
  EXPECT_TRUE(flows("start", "ready"));
  etcd_->thaw(1);
  load.stop();
  EXPECT_EQ(load.failures(), "");
  EXPECT_TRUE(shared_out(*a_)) << "nobody lost a lease, and what was written late changed nothing: " << a_->list().ShortDebugString();
}

TEST_F(ClusterTest, AGatewayReachesTheHostsOfTheOtherNode) {
  up_on_loopback();
  ASSERT_EQ(b_->holon({"stop", b_->own("four"), b_->own("five")}).code, 0);
  const int five = a_->host(a_->own("five")).pid();
  for (const char* verb : {"top", "calls", "describe"}) {
    EXPECT_THAT(b_->holon({verb}).output, testing::HasSubstr("of this node's hosts alone: those of a tell of themselves")) << verb;
  }
  const std::string gateway = b_->list().gateway();
  Client client(gateway.substr(std::string("http://").size()));
  Ref<chain::Four> four(client);
  auto call = client.call(seconds(10));
  const Result<chain::AskReply> reply = four->Ask(*call, {});
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->pid(), five);
}

TEST_F(ClusterTest, ANodeThatLeavesHandsItsHostsOver) {
  up_on_loopback();
  AskLoad load(b_->host(b_->own("four")).endpoint(), 2);
  ASSERT_TRUE(ClusterNode::eventually([&] { return load.calls() > 100; }));
  EXPECT_EQ(a_->holon({"down"}).code, 0);
  EXPECT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 4; }, seconds(10)));
  EXPECT_EQ(b_->list().nodes_size(), 1);
  a_->up();
  EXPECT_TRUE(ClusterNode::eventually([&] { return shared_out(*b_); })) << "and gets its share when it is back";
  load.stop();
  EXPECT_EQ(load.failures(), "");
}

TEST_F(ClusterTest, NodesAndEtcdProveWhoTheyAre) {
  up_on_loopback({"--overlay", "secure"}, {.tls = true});
  etcd_->kill(0);
  EXPECT_EQ(b_->holon({"down"}).code, 0);
  EXPECT_TRUE(ClusterNode::eventually([&] { return a_->ready_on("a").size() == 4; }, seconds(10)));
  EXPECT_EQ(b_->holon({"up", "-d", "--port", "0"}).code, 0);  // it trusts the system's authorities alone
  EXPECT_TRUE(ClusterNode::eventually([&] { return b_->log().find("cluster: {etcd: {ca: FILE}}") != std::string::npos; })) << b_->log();
}

TEST_F(ClusterTest, ANodeThatIsStartedAnewInTimeKeepsItsHosts) {
  up_on_loopback({"--overlay", "steady"});
  const std::string replica = a_->own("five");
  const int pid = a_->host(replica).pid();
  AskLoad load(b_->host(b_->own("four")).endpoint(), 2);
  a_->kill_hard(a_->node_process());
  const env::Time abandoned = env::os().now() + milliseconds(8'100);  // the lease, less its margin
  a_->up({"--overlay", "steady"});
  EXPECT_TRUE(ClusterNode::eventually([&] { return env::os().now() > abandoned + milliseconds(500); }));
  EXPECT_EQ(a_->host(replica).pid(), pid) << "it ended although its node is back";
  const std::size_t before = load.calls();
  EXPECT_TRUE(ClusterNode::eventually([&] { return load.calls() > before + 100 && shared_out(*b_); }));
  load.stop();
  EXPECT_EQ(load.failures(), "");
}

TEST_F(ClusterTest, HostsOfANodeThatIsFrozenEndBeforeOthersStartThem) {
  up_on_loopback();
  const node::v1::HostState left = a_->host(a_->own("five"));
  const env::ProcessId node = a_->node_process();
  ASSERT_TRUE(env::os().processes().signal(node, SIGSTOP, false).ok());
  const auto runs = [&, process = process_of(left)] { return env::os().processes().alive(process); };
  EXPECT_TRUE(ClusterNode::eventually([&] { return !runs(); }));
  const std::int64_t gone_ms = unix_ms();
  EXPECT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 4; })) << b_->list().ShortDebugString();
  EXPECT_GE(b_->host(left.host()).started_unix_ms(), gone_ms);
  ASSERT_TRUE(env::os().processes().signal(node, SIGCONT, false).ok());
  EXPECT_TRUE(ClusterNode::eventually([&] { return shared_out(*a_); })) << a_->list().ShortDebugString();
}

TEST_F(ClusterTest, OnlyWhomItsNodeRunsMayGoOn) {
  up_on_loopback();
  const node::v1::HostState here = a_->host(a_->own("five")), there = b_->host(b_->own("five"));
  EXPECT_GT(a_->may_run_for(here.host(), here.pid()), milliseconds(0));
  EXPECT_EQ(a_->may_run_for(here.host(), here.pid() + 1), milliseconds(0)) << "a process of before";
  EXPECT_EQ(a_->may_run_for(there.host(), there.pid()), milliseconds(0)) << "the other node's";
  EXPECT_EQ(a_->may_run_for("six.0", here.pid()), milliseconds(0));
}

TEST_F(ClusterTest, HostsThatTheirNodeLeftEndBeforeOthersStartThem) {
  up_on_loopback();
  const node::v1::HostState left = a_->host(a_->own("five"));
  a_->kill_hard(a_->node_process());
  const auto runs = [&, process = process_of(left)] { return env::os().processes().alive(process); };
  EXPECT_TRUE(ClusterNode::eventually([&] { return !runs(); }));
  const std::int64_t gone_ms = unix_ms();
  ASSERT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 4; }));
  EXPECT_GE(b_->host(left.host()).started_unix_ms(), gone_ms);
}

TEST_F(ClusterTest, WhatIsScaledOrStoppedStaysSoWhicheverNodeIsLost) {
  up_on_loopback();
  const Ran scaled = a_->holon({"scale", "five=3"});
  EXPECT_EQ(scaled.code, 0) << scaled.messages;
  const std::string stopped = b_->own("four");
  const Ran ended = a_->holon({"stop", stopped});  // on the other node
  EXPECT_EQ(ended.code, 0) << ended.messages;
  const auto is_stopped = [&] { return b_->host(stopped).state() == "stopped"; };
  EXPECT_TRUE(ClusterNode::eventually([&] { return b_->ready().size() == 4 && is_stopped(); })) << b_->list().ShortDebugString();
  EXPECT_EQ(a_->holon({"start", stopped}).code, 0);
  EXPECT_EQ(a_->ready()[stopped], "b") << "it is waited for, though it is the other node's";
  EXPECT_EQ(a_->holon({"stop", stopped}).code, 0);
  a_->kill_hard(a_->node_process());
  EXPECT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 4 && is_stopped(); })) << b_->list().ShortDebugString();
  EXPECT_EQ(b_->holon({"start", stopped}).code, 0);
  EXPECT_EQ(b_->holon({"scale", "five=1"}).code, 0);
  EXPECT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 3; })) << b_->list().ShortDebugString();
}

TEST_F(ClusterTest, TheSurvivorStartsLostHostsWithinFiveSeconds) {
  if (!up_on_machines()) GTEST_SKIP() << skip_;
  AskLoad load(b_->host(b_->own("four")).endpoint());
  ASSERT_TRUE(ClusterNode::eventually([&] { return load.calls() > 200; }));
  const std::int64_t lost = unix_ms();
  network_->kill_all(1);
  ASSERT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 4; }));
  std::int64_t started = 0;
  const node::v1::ListReply now = b_->list();
  for (const node::v1::HostState& host : now.hosts()) started = std::max(started, host.started_unix_ms());
  RecordProperty("restart_ms", static_cast<int>(started - lost));
  EXPECT_GT(started, lost);
  EXPECT_LT(started, lost + 5'000);
  EXPECT_EQ(b_->list().nodes_size(), 1);
  load.stop();
  EXPECT_EQ(load.failures(), "") << "each service had a replica on both nodes";
  EXPECT_THAT(b_->log(), testing::HasSubstr("node a is gone"));
}

TEST_F(ClusterTest, ANodeThatIsCutOffEndsItsHostsBeforeOthersStartThem) {
  if (!up_on_machines()) GTEST_SKIP() << skip_;
  const std::string four = a_->own("four"), five = a_->own("five");
  const env::ProcessId first = process_of(a_->host(four)), second = process_of(a_->host(five));
  constexpr int callers = 4;
  AskLoad load(b_->host(b_->own("four")).endpoint(), callers);
  ASSERT_TRUE(ClusterNode::eventually([&] { return load.calls() > 200; }));
  network_->cut(1);
  const auto runs = [](env::ProcessId process) { return env::os().processes().alive(process); };
  EXPECT_TRUE(ClusterNode::eventually([&] { return !runs(first) && !runs(second); }));
  const std::int64_t gone_ms = unix_ms();
  ASSERT_TRUE(ClusterNode::eventually([&] { return b_->ready_on("b").size() == 4; }));
  EXPECT_GE(b_->host(four).started_unix_ms(), gone_ms);
  EXPECT_GE(b_->host(five).started_unix_ms(), gone_ms);
  load.stop();
  const std::vector<AskLoad::Asked> asked = load.since({});
  const auto failed = std::ranges::count_if(asked, [](const AskLoad::Asked& call) { return call.pid == 0; });
  RecordProperty("failed", static_cast<int>(failed));
  EXPECT_LE(failed, callers) << "what was under way there at that moment, at most: " << load.failures();
  network_->mend(1);
  EXPECT_TRUE(ClusterNode::eventually([&] { return shared_out(*a_) && shared_out(*b_); })) << a_->list().ShortDebugString();
}

}  // namespace
}  // namespace holon
