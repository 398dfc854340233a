// What fails, and what a person sees of it: killed hosts, a killed node, a taken port, a crash loop, a wrong
// holon.yaml.
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"
#include "holon/client.h"
#include "probe.holon.h"
#include "tests/node/application.h"

namespace holon {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class FailureTest : public ApplicationTest {};

/// Calls Relay, and by it Echo, one call after the other, until it is told to stop.
class Load {
 public:
  explicit Load(const std::string& address) : thread_([this, address] { run(address); }) {}
  ~Load() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int calls() const { return calls_; }
  std::string failures() const { return failures_; }  // after stop()

 private:
  void run(const std::string& address) {
    Client client(address);
    Ref<probe::Relay> relay(client);
    while (!stopping_) {
      auto call = client.call(seconds(10));
      Result<probe::SayReply> reply = relay->Pass(*call, {});
      if (!reply.ok()) failures_ += reply.error().to_string() + "\n";
      ++calls_;
    }
  }

  std::atomic<bool> stopping_{false};
  std::atomic<int> calls_{0};
  std::string failures_;
  std::thread thread_;
};

TEST_F(FailureTest, AKilledHostStartsAgainWithItsCauseNamed) {
  up();
  env::ProcessId echo = process_of("echo.0");
  kill_hard(echo);
  node::v1::HostState state;
  ASSERT_TRUE(eventually([&] {
    state = host("echo.0");
    return state.state() == "ready" && state.pid() != echo.pid;
  }));
  EXPECT_EQ(state.cause(), "signal 9 (Killed)");
  EXPECT_EQ(state.restarts(), 1);
  EXPECT_THAT(env::os().disk().read(folder_ / ".holon/node.log").value_or(""),
              HasSubstr("echo.0 ended: signal 9 (Killed); it starts again"));
  EXPECT_EQ(host("relay.0").restarts(), 0);
}

TEST_F(FailureTest, CallersOfAKilledHostWaitForTheNextOne) {
  up();
  Client client(endpoint("relay.0"));
  Ref<probe::Relay> relay(client);
  kill_hard(process_of("echo.0"));
  EXPECT_TRUE(eventually([&] {
    auto call = client.call(seconds(10));
    return relay->Pass(*call, {}).ok();
  }, seconds(5)));
}

TEST_F(FailureTest, ANodeKilledUnderLoadDropsNoCall) {
  up();
  node::v1::ListReply before = list();
  Load load(endpoint("relay.0"));
  ASSERT_TRUE(eventually([&] { return load.calls() > 100; }));
  env::ProcessId node = node_process();
  kill_hard(node);
  EXPECT_TRUE(gone(node));
  int without_node = load.calls();
  ASSERT_TRUE(eventually([&] { return load.calls() > without_node + 100; }));
  up();
  int with_new_node = load.calls();
  ASSERT_TRUE(eventually([&] { return load.calls() > with_new_node + 100; }));
  load.stop();
  EXPECT_EQ(load.failures(), "");

  node::v1::ListReply after = list();
  EXPECT_NE(after.pid(), before.pid());
  EXPECT_EQ(after.gateway(), before.gateway());
  ASSERT_EQ(after.hosts_size(), before.hosts_size());
  for (int i = 0; i < after.hosts_size(); ++i) {
    EXPECT_EQ(after.hosts(i).pid(), before.hosts(i).pid()) << after.hosts(i).host();
    EXPECT_EQ(after.hosts(i).restarts(), 0);
  }
}

TEST_F(FailureTest, AHostTakenOverThatDiesKeepsItsSocketAndItsAge) {
  const auto inode = [this](const char* host) {
    struct stat status {};
    EXPECT_EQ(::stat((folder_ / ".holon/run" / host).c_str(), &status), 0);
    return status.st_ino;
  };
  up();
  const node::v1::HostState before = host("echo.0");
  const auto socket = inode("echo.0.sock");
  kill_hard(node_process());
  up();
  EXPECT_NEAR(host("echo.0").started_unix_ms(), before.started_unix_ms(), 500);
  env::ProcessId echo = process_of("echo.0");
  kill_hard(echo);
  ASSERT_TRUE(ready_anew("echo.0", echo));
  EXPECT_EQ(inode("echo.0.sock"), socket);  // whoever called meanwhile waited there
  Client client(endpoint("relay.0"));
  Ref<probe::Relay> relay(client);
  EXPECT_TRUE(eventually([&] {
    auto call = client.call(seconds(10));
    return relay->Pass(*call, {}).ok();
  }, seconds(5)));
}

TEST_F(FailureTest, AHostThatDiedWithTheNodeIsStartedAgain) {
  up();
  env::ProcessId echo = process_of("echo.0");
  kill_hard(node_process());
  kill_hard(echo);
  EXPECT_TRUE(gone(echo));
  up();
  EXPECT_EQ(host("echo.0").state(), "ready");
  EXPECT_NE(host("echo.0").pid(), echo.pid);
}

TEST_F(FailureTest, DownEndsWhatAKilledNodeLeft) {
  up();
  std::vector<env::ProcessId> hosts = {process_of("echo.0"), process_of("relay.0"), process_of("gateway.0")};
  kill_hard(node_process());
  Ran down = holon({"down"});
  EXPECT_EQ(down.code, 0);
  EXPECT_THAT(down.messages, HasSubstr("ended 3 hosts that a killed node had left"));
  for (env::ProcessId host : hosts) EXPECT_TRUE(gone(host));
}

TEST_F(FailureTest, ChangedSettingsReplaceAHostThatWasTakenOver) {
  up();
  node::v1::HostState echo = host("echo.0"), relay = host("relay.0");
  kill_hard(node_process());
  write_manifest(", settings: {greeting: good night}");
  up();
  EXPECT_NE(host("echo.0").pid(), echo.pid());
  EXPECT_EQ(host("relay.0").pid(), relay.pid());
  Client client(endpoint("relay.0"));
  Ref<probe::Relay> through(client);
  auto call = client.call(seconds(10));
  Result<probe::SayReply> reply = through->Pass(*call, {});
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->greeting(), "good night");
}

TEST_F(FailureTest, ATakenPortIsNamedWithItsOwnerAndTheRemedy) {
  auto reactor = env::os().make_reactor();
  auto taken = reactor->listen(*env::Address::parse("127.0.0.1:0"));
  ASSERT_TRUE(taken.ok());
  std::string port = std::to_string((*taken)->address().port);
  std::string self = "(pid " + std::to_string(env::os().processes().self().pid) + ")";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"up", "--port", port}, {"up", "-d", "--wait", "--port", port}}) {
    Ran up = holon(arguments);
    EXPECT_EQ(up.code, 1);
    EXPECT_THAT(up.messages, HasSubstr("port " + port + " is taken by "));
    EXPECT_THAT(up.messages, HasSubstr(self));
    EXPECT_THAT(up.messages, HasSubstr("--port N"));
  }
  EXPECT_TRUE(env::os().disk().list(folder_ / ".holon/run").value_or({}).empty());
}

TEST_F(FailureTest, ACrashLoopIsVisibleWithCauseAndLastLines) {
  write_manifest(", settings: {trouble: exit}");
  Ran up = holon({"up", "-d", "--wait", "--port", "0"});
  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.messages, HasSubstr("echo.0 does not start: exit code 3"));
  EXPECT_THAT(up.messages, HasSubstr("the cellar is flooded"));
  node::v1::HostState echo = host("echo.0");
  EXPECT_EQ(echo.state(), "failed");
  EXPECT_EQ(echo.cause(), "exit code 3");
  EXPECT_GE(echo.restarts(), 3);
  EXPECT_THAT(holon({"ps"}).output, testing::ContainsRegex("echo\\.0 +failed .*exit code 3"));
}

TEST_F(FailureTest, AWrongManifestIsRefusedBeforeAnythingStarts) {
  std::ofstream(manifest_) << "app: probe\nservices:\n  echo: {program: " << PROBE_PROGRAM
                           << "}\n  relay: {program: " << PROBE_PROGRAM << ", ownr: me}\n  cart: {program: bin/cart}\n";
  Ran up = holon({"up"});
  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.messages, HasSubstr(manifest_.string() + ":4:"));
  EXPECT_THAT(up.messages, HasSubstr("`ownr:` is not known in service relay; did you mean owner?"));

  std::ofstream(manifest_) << "app: probe\nservices:\n  relay: {program: " << PROBE_PROGRAM
                           << "}\n  cart: {program: " << PROBE_PROGRAM << "}\n";
  EXPECT_THAT(holon({"up"}).messages,
              HasSubstr(":4:3: cart is not in " PROBE_PROGRAM "; add it to holon_program(probe …)"));

  std::ofstream(manifest_) << "app: probe\nservices:\n  relay: {program: " << PROBE_PROGRAM << "}\n";
  EXPECT_THAT(holon({"up"}).messages,
              HasSubstr(":3:3: relay calls probe.Echo, which no service of this application answers"));

  std::ofstream(manifest_) << "app: probe\nservices:\n  echo: {program: bin/echo}\n  other: {program: /bin/true}\n";
  Ran missing = holon({"up"});
  EXPECT_THAT(missing.messages, HasSubstr(":3:19: there is no program " + (folder_ / "bin/echo").string()));
  EXPECT_THAT(missing.messages, HasSubstr(":4:20: /bin/true --holon-manifest: what it printed names no services"));

  std::filesystem::remove(manifest_);
  EXPECT_THAT(holon({"up"}).messages, HasSubstr("there is no " + manifest_.string() + " here"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / ".holon/state"));
}

}  // namespace
}  // namespace holon
