#include "tests/cluster/network.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "env/environment.h"
#include "env/process.h"

namespace holon {
namespace {

Result<env::Output> ip(const std::vector<std::string>& arguments) {
  env::Spawn what;
  what.arguments = {"ip"};
  what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
  return env::os().processes().run(what, env::os().now() + std::chrono::seconds(10));
}

bool works(const std::vector<std::string>& arguments) {
  const Result<env::Output> ran = ip(arguments);
  return ran.ok() && ran->cause.code == 0;
}

}  // namespace

std::string Network::missing() {
  const std::string name = "holon-try-" + std::to_string(::getpid());
  if (::geteuid() != 0) return "only root makes network namespaces";
  if (!works({"netns", "add", name})) return "`ip netns add` does not work here";
  const bool joined = works({"-n", name, "link", "add", "one", "type", "veth", "peer", "name", "two"}) &&
                      works({"-n", name, "link", "add", "switch", "type", "bridge"});
  (void)ip({"netns", "del", name}).ok();
  return joined ? "" : "this kernel joins no network namespaces (veth, bridge)";
}

Network::Network(int machines) : prefix_("holon" + std::to_string(::getpid()) + "-"), machines_(machines) {
  for (int machine = 0; machine <= machines_; ++machine) {
    run({"netns", "add", name(machine)});
    run({"-n", name(machine), "link", "set", "lo", "up"});
  }
  run({"-n", name(0), "link", "add", "switch", "type", "bridge"});
  run({"-n", name(0), "addr", "add", address(0) + "/24", "dev", "switch"});
  run({"-n", name(0), "link", "set", "switch", "up"});
  for (int machine = 1; machine <= machines_; ++machine) {
    const std::string port = "to" + std::to_string(machine);
    run({"-n", name(0), "link", "add", port, "type", "veth", "peer", "name", "net", "netns", name(machine)});
    run({"-n", name(0), "link", "set", port, "master", "switch", "up"});
    run({"-n", name(machine), "addr", "add", address(machine) + "/24", "dev", "net"});
    run({"-n", name(machine), "link", "set", "net", "up"});
  }
}

Network::~Network() {
  for (int machine = 0; machine <= machines_; ++machine) {
    kill_all(machine);
    run({"netns", "del", name(machine)});
  }
}

void Network::cut(int machine) { run({"-n", name(0), "link", "set", "to" + std::to_string(machine), "down"}); }
void Network::mend(int machine) { run({"-n", name(0), "link", "set", "to" + std::to_string(machine), "up"}); }

void Network::kill_all(int machine) const {
  const Result<env::Output> found = ip({"netns", "pids", name(machine)});
  if (!found.ok()) return;
  std::istringstream pids(found->standard_output);
  for (int pid = 0; pids >> pid;) ::kill(pid, SIGKILL);
}

void Network::run(const std::vector<std::string>& arguments) const {
  const Result<env::Output> ran = ip(arguments);
  std::string command = "ip";
  for (const std::string& argument : arguments) command += " " + argument;
  ASSERT_TRUE(ran.ok()) << command << ": " << ran.error().to_string();
  EXPECT_EQ(ran->cause.code, 0) << command << ": " << ran->standard_error;
}

}  // namespace holon
