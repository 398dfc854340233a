#include "node/host_process.h"

#include <algorithm>
#include <cstdlib>

#include "env/disk.h"
#include "node/process_usage.h"

namespace holon::node {
namespace {

/// Starts a host with two grandchildren, kills it when they are there, and so on.
class Cycles final : private HostEvents {
 public:
  explicit Cycles(int wanted) : wanted_(wanted), loop_(env::os(), 0), host_(loop_, *this, start(), {}), look_([this] { look(); }) {}
  ~Cycles() override { std::filesystem::remove(start().log); }

  void run() {
    loop_.spawn([this] { host_.run(); });
    loop_.run();
  }
  const std::vector<int>& processes() const { return processes_; }

 private:
  static HostStart start() {
    HostStart start{.name = "cycle.0", .kind = HostKind::command, .arguments = {}, .version = {}, .listen = {}, .directory = {}, .log = {}};
    start.arguments = {"/bin/sh", "-c", "sleep 1000 & sleep 1000 & echo here; wait"};
    start.listen = *env::Address::parse("127.0.0.1:0");
    start.directory = "/";
    start.log = testing::TempDir() + "host_process_test.log";
    return start;
  }

  void started(HostProcess& host) override {
    processes_.push_back(host.process().pid);
    look();
  }
  void look() {
    const std::uint64_t size = env::os().disk().size(start().log).value_or(0);
    if (size >= processes_.size() * 5) return host_.kill();  // "here\n", each time
    look_.start(env::os().now() + std::chrono::milliseconds(1));
  }
  void ready(HostProcess&) override {}
  void ending(HostProcess&) override {}
  void ended(HostProcess& host) override {
    if (static_cast<int>(processes_.size()) == wanted_) return loop_.stop();
    loop_.post([&host] { host.start_again(); });
  }

  int wanted_;
  fiber::Loop loop_;
  HostProcess host_;
  fiber::Timer look_;
  std::vector<int> processes_;
};

TEST(HostProcess, CyclesLeaveNoZombieAndNoGrandchild) {
  const char* wanted = std::getenv("HOLON_TEST_CYCLES");
  Cycles cycles(wanted != nullptr ? std::atoi(wanted) : 300);
  cycles.run();
  for (int pid : cycles.processes()) EXPECT_FALSE(env::os().processes().find(pid).has_value()) << pid;
  // Who was just killed may take a moment to end.
  const env::Time until = env::os().now() + std::chrono::seconds(10);
  bool left = true;
  while (left && env::os().now() < until) {
    const std::map<int, GroupUsage> groups = usage_of_groups(env::os());
    left = std::ranges::any_of(cycles.processes(), [&](int pid) { return groups.contains(pid); });
  }
  EXPECT_FALSE(left) << "something of a group still runs";
}

}  // namespace
}  // namespace holon::node
