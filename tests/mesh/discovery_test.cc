// What hosts are told of a replica that dies and comes again, and when.
#include <optional>
#include <set>
#include <utility>

#include "holon/node/v1/node.holon.h"
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The directory as a host is told it, with when.
class Told {
 public:
  /// @param as  the host that is told
  Told(std::string node, const node::v1::HostState& as) : node_(std::move(node)), as_(as), thread_([this] { listen(); }) {}
  ~Told() {
    stopping_ = true;
    thread_.join();
  }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

  /// When the replica of Five was first (not) among those that are called, from `from` on; nothing if that is not so yet.
  std::optional<env::Time> first(const std::string& replica, bool there, env::Time from) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [when, replicas] : told_) {
      if (when >= from && replicas.contains(replica) == there) return when;
    }
    return std::nullopt;
  }

 private:
  void listen() {
    Client client(node_);
    Ref<node::v1::Hosts> hosts(client);
    node::v1::AttachRequest request;
    request.set_host(as_.host());
    request.set_pid(as_.pid());
    request.set_ready(true);
    while (!stopping_) {
      auto call = client.call(milliseconds(500));  // and again: it ends when the test does
      Reader<node::v1::Directory> directories = hosts->Attach(*call, request);
      for (auto next = directories.next(); next.ok() && *next; next = directories.next()) note(**next);
    }
  }
  void note(const node::v1::Directory& directory) {
    std::set<std::string> replicas;
    for (const node::v1::ServiceEndpoints& service : directory.services()) {
      if (service.service() != "chain.Five") continue;
      for (const node::v1::Endpoint& endpoint : service.endpoints()) replicas.insert(endpoint.host());
    }
    const std::lock_guard lock(mutex_);
    told_.emplace_back(env::os().now(), std::move(replicas));
  }

  std::string node_;
  node::v1::HostState as_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::pair<env::Time, std::set<std::string>>> told_;
  std::thread thread_;
};

class DiscoveryTest : public ChainTest {};

TEST_F(DiscoveryTest, AKilledReplicaIsOutOfItsCallersSetAtOnceAndBackWhenItIsReady) {
  write_pair(2);
  up();
  Told told("unix:" + (folder_ / ".holon/run/node.sock").string(), host("four.0"));
  AskLoad load(endpoint("four.0"));
  std::vector<double> out_ms;
  for (int round = 0; round < 5; ++round) {
    const std::string replica = "five." + std::to_string(round % 2);
    const env::ProcessId process = process_of(replica);
    ASSERT_TRUE(eventually([&] { return told.first(replica, true, {}).has_value(); }));
    const env::Time killed = env::os().now();
    kill_hard(process);
    ASSERT_TRUE(eventually([&] { return told.first(replica, false, killed).has_value(); }));
    const env::Time out = *told.first(replica, false, killed);
    out_ms.push_back(ms(out - killed));
    ASSERT_TRUE(ready_anew(replica, process));
    ASSERT_TRUE(eventually([&] { return told.first(replica, true, out).has_value(); })) << "it is called again";
    const int pid = host(replica).pid();
    EXPECT_TRUE(eventually([&] {
      return std::ranges::any_of(load.since(out), [&](const AskLoad::Asked& asked) { return asked.pid == pid; });
    })) << "and takes calls";
  }
  load.stop();
  EXPECT_EQ(load.failures(), "") << "who was not told yet made one attempt in vain, and no call";
  std::ranges::sort(out_ms);
  RecordProperty("out_ms", std::to_string(out_ms[out_ms.size() / 2]));
  EXPECT_LT(out_ms[out_ms.size() / 2], 100);
}

}  // namespace
}  // namespace holon
