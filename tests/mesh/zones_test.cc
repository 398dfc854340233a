// Near replicas first: real hosts, and a node of the test's own, which says of each where it is.
#include <csignal>
#include <set>

#include "app/host.h"
#include "fiber/call.h"
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Tells every host that attaches the same, for as long as it stays.
class PlacingNode final : public node::v1::Hosts::Service {
 public:
  explicit PlacingNode(node::v1::Directory directory) : directory_(std::move(directory)) {}

  Result<void> Attach(Call& call, const node::v1::AttachRequest&, Writer<node::v1::Directory>& out) override {
    HOLON_TRY(out.write(directory_));
    fiber::Waiter forever;
    return fiber::wait(forever, call);
  }
  Result<node::v1::ReadyReply> Ready(Call&, const node::v1::ReadyRequest&) override { return node::v1::ReadyReply(); }

 private:
  const node::v1::Directory directory_;
};

class ZonesTest : public ChainTest {
 protected:
  void SetUp() override {
    ChainTest::SetUp();
    for (const char* name : {"near", "in_zone", "far"}) start(name, {"--holon-services=five"});
    node_ = std::thread([this] { run_node(); });
    ASSERT_TRUE(eventually([this] { return answers("near") && answers("in_zone") && answers("far") && node_host_ != nullptr; }));
    start("caller", {"--holon-services=four", "--holon-host=four.0", "--holon-node=" + address("node")});
    ASSERT_TRUE(eventually([this] { return answers("caller"); }));
  }
  void TearDown() override {
    for (const auto& [name, process] : processes_) (void)env::os().processes().signal(process, SIGKILL, false);
    for (const auto& [name, process] : processes_) env::os().processes().reap(process);
    if (node_host_ != nullptr) node_host_.load()->stop();
    node_.join();
    ChainTest::TearDown();
  }

  std::string address(const std::string& name) const { return "unix:" + (folder_ / (name + ".sock")).string(); }
  void start(const std::string& name, std::vector<std::string> arguments) {
    env::Spawn what;
    what.arguments = {CHAIN_PROGRAM, "--listen=" + address(name)};
    what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
    what.output = folder_ / (name + ".log");
    processes_[name] = env::os().processes().spawn(what).value();
  }
  bool answers(const std::string& name) {
    Client client(address(name));
    Ref<chain::Five> five(client);
    auto call = client.call(seconds(1));
    const Code code = five->Count(*call, {}).code();
    return code == Code::ok || code == Code::unimplemented;
  }
  void run_node() {
    node::v1::Directory directory;
    directory.set_version(1);
    directory.set_zone("north");
    node::v1::ServiceEndpoints& five = *directory.add_services();
    five.set_service("chain.Five");
    const auto add = [&](const std::string& name, const std::string& node, const std::string& zone) {
      node::v1::Endpoint& endpoint = *five.add_endpoints();
      endpoint.set_address(address(name));
      endpoint.set_node(node);
      endpoint.set_zone(zone);
    };
    add("near", "", "north");
    add("in_zone", "other", "north");
    add("far", "third", "south");
    PlacingNode service(directory);
    app::Options options;
    options.loops = 1;
    options.listen = {env::Address::parse(address("node")).value()};
    options.drain = milliseconds(100);
    app::Host host(env::os(), options);
    host.assembly().add(node::v1::Hosts::Service::contract_info(), service);
    host.on_ready([&] { node_host_ = &host; });
    host.run();
  }
  int pid(const std::string& name) { return processes_.at(name).pid; }
  std::int64_t asked(const std::string& name) {
    Client client(address(name));
    Ref<chain::Five> five(client);
    auto call = client.call(seconds(10));
    return five->Count(*call, {}).value().asked();
  }
  static std::set<int> answered_by(const std::vector<AskLoad::Asked>& asked) {
    std::set<int> pids;
    for (const AskLoad::Asked& each : asked) pids.insert(each.pid);
    return pids;
  }

  std::map<std::string, env::ProcessId> processes_;
  std::thread node_;
  std::atomic<app::Host*> node_host_{nullptr};
};

TEST_F(ZonesTest, CallsGoAsFarAsTheyMust) {
  AskLoad load(address("caller"));
  ASSERT_TRUE(eventually([&] { return load.calls() > 500; }));
  EXPECT_EQ(answered_by(load.since({})), std::set{pid("near")});
  ASSERT_TRUE(env::os().processes().signal(processes_.at("near"), SIGKILL, false).ok());
  ASSERT_TRUE(eventually([&] { return answered_by(load.since({})).contains(pid("in_zone")); }));
  EXPECT_EQ(asked("far"), 0);
  ASSERT_TRUE(env::os().processes().signal(processes_.at("in_zone"), SIGSTOP, false).ok());
  ASSERT_TRUE(eventually([&] { return answered_by(load.since({})).contains(pid("far")); }));
  ASSERT_TRUE(env::os().processes().signal(processes_.at("in_zone"), SIGCONT, false).ok());
  const env::Time back = env::os().now();
  ASSERT_TRUE(eventually([&] { return answered_by(load.since(back)).contains(pid("in_zone")); }));
  load.stop();
  EXPECT_EQ(load.failures(), "");
}

TEST_F(ZonesTest, WhatTheNearOneTurnsAwayGoesFurther) {
  AskLoad load(address("caller"));
  ASSERT_TRUE(eventually([&] { return load.calls() > 100; }));
  {
    Client client(address("near"));
    Ref<chain::Five> five(client);
    auto call = client.call(seconds(10));
    chain::Behaviour behaviour;
    behaviour.set_code(static_cast<int>(Code::unavailable));
    ASSERT_TRUE(five->Behave(*call, behaviour).ok());
  }
  ASSERT_TRUE(eventually([&] { return answered_by(load.since({})).contains(pid("in_zone")); }));
  load.stop();
  EXPECT_EQ(load.failures(), "");
  Client client(address("caller"));
  Ref<node::v1::Host> host(client);
  auto call = client.call(seconds(10));
  std::uint64_t far = 0;
  const node::v1::SnapshotReply counted = host->Snapshot(*call, {}).value();
  for (const node::v1::EdgeCalls& edge : counted.calls()) far += edge.far();
  EXPECT_GT(far, 0u) << "and it is counted";
}

}  // namespace
}  // namespace holon
