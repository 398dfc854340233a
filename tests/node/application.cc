#include "tests/node/application.h"

#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "env/disk.h"
#include "env/environment.h"

namespace holon {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr auto command_within = seconds(90);

}  // namespace

void ApplicationTest::SetUp() {
  std::string pattern = testing::TempDir() + "node_test.XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  manifest_ = folder_ / "holon.yaml";
  write_manifest();
}

void ApplicationTest::TearDown() {
  if (HasFailure()) show_logs();
  holon({"down"});
  fs::remove_all(folder_);
  fs::remove(output_file());
}

void ApplicationTest::show_logs() {
  constexpr std::size_t shown_max = 20'000;
  for (const fs::path& log : env::os().disk().list(folder_ / ".holon/logs").value_or({})) {
    std::cerr << "---- " << log << "\n" << env::os().disk().read(log, 0, shown_max).value_or("");
  }
  std::cerr << "---- node.log\n" << env::os().disk().read(folder_ / ".holon/node.log").value_or("none\n");
}

void ApplicationTest::write_manifest(const std::string& echo) {
  std::ofstream(manifest_) << "app: probe\n"
                              "services:\n"
                              "  echo:  {program: " << PROBE_PROGRAM << ", owner: team-echo" << echo << "}\n"
                              "  relay: {program: " << PROBE_PROGRAM << ", owner: team-relay}\n"
                              "placements:\n"
                              "  split: each\n"
                              "  monolith: {probe: {services: [echo, relay]}}\n"
                              "gateway: {listen: \"127.0.0.1:8080\"}\n";
}

Ran ApplicationTest::holon(std::vector<std::string> arguments) {
  env::Spawn what;
  what.arguments = program_;
  what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
  what.arguments.insert(what.arguments.end(), {"--file", manifest_.string()});
  Result<env::Output> ran = env::os().processes().run(what, env::os().now() + command_within);
  if (!ran.ok()) return {-1, "", ran.error().to_string()};
  return {ran->cause.code.value_or(-1), ran->standard_output, ran->standard_error};
}

env::ProcessId ApplicationTest::start_holon(std::vector<std::string> arguments) {
  env::Spawn what;
  what.arguments = program_;
  what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
  what.arguments.insert(what.arguments.end(), {"--file", manifest_.string()});
  what.output = output_file();
  Result<env::ProcessId> started = env::os().processes().spawn(what);
  EXPECT_TRUE(started.ok());
  return *started;
}

std::filesystem::path ApplicationTest::output_file() const { return folder_.string() + ".output"; }
std::string ApplicationTest::output() const { return env::os().disk().read(output_file()).value_or(""); }

void ApplicationTest::up(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"up", "-d", "--wait", "--port", "0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Ran ran = holon(arguments);
  ASSERT_EQ(ran.code, 0) << ran.messages;
}

node::v1::ListReply ApplicationTest::list() {
  Ran ran = holon({"ps", "--json"});
  node::v1::ListReply list;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ran.output, &list).ok()) << ran.output << ran.messages;
  return list;
}

node::v1::HostState ApplicationTest::host(const std::string& name) {
  node::v1::ListReply all = list();
  for (const node::v1::HostState& host : all.hosts()) {
    if (host.host() == name) return host;
  }
  ADD_FAILURE() << "no host " << name << " in " << all.ShortDebugString();
  return {};
}

env::ProcessId ApplicationTest::process_of(const std::string& name) {
  return env::os().processes().find(host(name).pid()).value_or(env::ProcessId{});
}

env::ProcessId ApplicationTest::node_process() {
  return env::os().processes().find(list().pid()).value_or(env::ProcessId{});
}

bool ApplicationTest::eventually(const std::function<bool()>& condition, seconds within) {
  for (auto until = env::os().now() + within; env::os().now() < until; ::usleep(2000)) {
    if (condition()) return true;
  }
  return condition();
}

bool ApplicationTest::ready_anew(const std::string& name, env::ProcessId before) {
  return eventually([&] {
    const node::v1::HostState now = host(name);  // of one moment: its predecessor may be ready still
    return now.state() == "ready" && now.pid() != before.pid;
  });
}

::testing::AssertionResult ApplicationTest::gone(env::ProcessId process) {
  if (eventually([&] { return !env::os().processes().alive(process); })) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "process " << process.pid << " still runs";
}

void ApplicationTest::kill_hard(env::ProcessId process) {
  ASSERT_TRUE(env::os().processes().signal(process, SIGKILL, false).ok());
}

}  // namespace holon
