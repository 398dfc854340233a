// Services that are a command: stock servers in Python, one of which is called by a service in C++, and one of which calls it.
#include <csignal>
#include <fstream>

#include "env/disk.h"
#include "env/environment.h"
#include "holon/client.h"
#include "holon/node/v1/node.holon.h"
#include "probe.holon.h"
#include "tests/node/application.h"

namespace holon {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::ContainsRegex;
using testing::HasSubstr;

const std::string python = "/usr/bin/python3";  // Debian's, which has Debian's grpc

class CommandTest : public ApplicationTest {
 protected:
  void SetUp() override {
    ApplicationTest::SetUp();
    for (const char* file : {"probe.proto", "twin.proto", "stock_server.py", "stock_http_server.py"}) {
      fs::copy_file(fs::path(NODE_TEST_SOURCES) / file, folder_ / file);
    }
    write();
  }

  /// echo in Python, relay in C++, asker in Python: each asks the one before it.
  /// @param echo  more about echo, as "environment: {TROUBLE: exit}"
  void write(const std::string& echo = "", const std::string& more = "") {
    const std::string health = "health: {period: 200ms, timeout: 500ms, failures: 2}";
    std::ofstream(manifest_) << "app: probe\nservices:\n"
                             << "  echo: {command: [" << python << ", stock_server.py], contract: probe.proto, " << health
                             << (echo.empty() ? "" : ", ") << echo << "}\n"
                             << "  relay: {program: " << PROBE_PROGRAM << "}\n"
                             << "  asker: {command: " << python << " stock_server.py, contract: twin.proto, calls: [relay], "
                             << health << "}\n" << more;
  }

  Result<probe::SayReply> pass() {
    Client client(endpoint("relay.0"));
    Ref<probe::Relay> relay(client);
    auto call = client.call(seconds(10));
    probe::SayRequest request;
    request.set_text("across");
    return relay->Pass(*call, request);
  }

  /// By the gateway, as anybody outside would.
  std::string get(const std::string& path) {
    env::Spawn curl;
    curl.arguments = {"curl", "-sS", "--max-time", "10", list().gateway() + path};
    Result<env::Output> ran = env::os().processes().run(curl, env::os().now() + seconds(20));
    return ran.ok() ? ran->standard_output + ran->standard_error : ran.error().message();
  }

  std::string log_of(const std::string& host) {
    return env::os().disk().read(folder_ / ".holon/logs" / (host + ".log")).value_or("");
  }

  void signal(env::ProcessId process, int number) { ASSERT_TRUE(env::os().processes().signal(process, number, false).ok()); }
};

TEST_F(CommandTest, AStockServerIsFoundCalledAndCalls) {
  up();
  Result<probe::SayReply> reply = pass();
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->text(), "across");
  EXPECT_EQ(reply->greeting(), "hello from python");
  EXPECT_EQ(reply->pid(), host("echo.0").pid());

  EXPECT_THAT(get("/v1/say/hello"), HasSubstr("\"text\":\"hello\""));
  EXPECT_THAT(get("/v1/ask/through"), HasSubstr("\"text\":\"through\""));  // Python, outlet, C++, Python
  EXPECT_EQ(host("asker.0").kind(), "command");
  EXPECT_THAT(host("asker.0").services(), testing::ElementsAre("twin.Asker"));
  EXPECT_EQ(host("outlet.0").kind(), "outlet");
  EXPECT_THAT(log_of("asker.0"), HasSubstr("data is in " + (folder_ / ".holon/data/asker").string() + " replica 0"));
  EXPECT_THAT(holon({"calls"}).output, ContainsRegex("twin.Asker.*probe.Relay"));
}

TEST_F(CommandTest, AFaultHitsTheCallsOfACommandToo) {
  up();
  const auto ask = [&] { return get("/v1/ask/through"); };
  ASSERT_EQ(holon({"fault", "add", "--from", "asker", "--to", "relay", "--abort", "failed_precondition"}).code, 0);
  EXPECT_TRUE(eventually([&] { return ask().find("fault 1 (see `holon fault list`) ended the call") != std::string::npos; })) << ask();
  ASSERT_EQ(holon({"fault", "remove", "--all"}).code, 0);
  EXPECT_TRUE(eventually([&] { return ask().find("\"text\":\"through\"") != std::string::npos; })) << ask();
}

TEST_F(CommandTest, TheExampleOfTheDocsRuns) {
  fs::copy_file(fs::path(NODE_TEST_SOURCES) / "commands.yaml", manifest_, fs::copy_options::overwrite_existing);
  up({"--bin", fs::path(PROBE_PROGRAM).parent_path().string()});
  EXPECT_THAT(get("/v1/ask/docs"), HasSubstr("\"text\":\"docs\""));
  EXPECT_EQ(host("bounded.0").state(), "ready");
}

TEST_F(CommandTest, ItsAddressAndThoseItCallsOutliveWhateverRestarts) {
  up();
  const std::string address = endpoint("echo.0");
  for (const char* name : {"echo.0", "relay.0", "outlet.0"}) {
    const env::ProcessId before = process_of(name);
    kill_hard(before);
    ASSERT_TRUE(ready_anew(name, before)) << name;
    EXPECT_TRUE(eventually([&] { return get("/v1/ask/again").find("\"text\":\"again\"") != std::string::npos; })) << name;
  }
  EXPECT_EQ(endpoint("echo.0"), address);
  EXPECT_EQ(host("asker.0").restarts(), 0);
}

TEST_F(CommandTest, ANewNodeTakesThemOver) {
  up();
  const node::v1::ListReply before = list();
  kill_hard(node_process());
  up();
  const node::v1::ListReply after = list();
  ASSERT_EQ(after.hosts_size(), before.hosts_size());
  for (int i = 0; i < after.hosts_size(); ++i) {
    EXPECT_EQ(after.hosts(i).pid(), before.hosts(i).pid()) << after.hosts(i).host();
    EXPECT_EQ(after.hosts(i).endpoint(), before.hosts(i).endpoint());
  }
  EXPECT_THAT(get("/v1/ask/later"), HasSubstr("\"text\":\"later\""));
}

TEST_F(CommandTest, AFrozenOneIsStartedAnewAndSaysWhy) {
  up();
  const env::ProcessId echo = process_of("echo.0");
  signal(echo, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return host("echo.0").state() != "ready"; }));
  ASSERT_TRUE(ready_anew("echo.0", echo));
  EXPECT_THAT(host("echo.0").cause(), HasSubstr("failed health check: no answer in time, 2 times in a row"));
  EXPECT_THAT(host("echo.0").cause(), testing::Not(HasSubstr("did not end")));
  EXPECT_TRUE(gone(echo));
  EXPECT_TRUE(pass().ok());
}

TEST_F(CommandTest, AFrozenProgramIsStartedAnewToo) {
  write();
  std::string yaml = env::os().disk().read(manifest_).value();
  const std::string relay = std::string("program: ") + PROBE_PROGRAM;
  yaml.insert(yaml.find(relay) + relay.size(), ", health: {period: 200ms, timeout: 1s, failures: 2}");
  std::ofstream(manifest_) << yaml;
  up();
  const env::ProcessId relay_process = process_of("relay.0");
  signal(relay_process, SIGSTOP);
  ASSERT_TRUE(ready_anew("relay.0", relay_process));
  EXPECT_THAT(host("relay.0").cause(), HasSubstr("failed health check: no answer in time"));
}

TEST_F(CommandTest, WhoNeedsMoreMemoryThanItMayIsNamedSo) {
  if (!env::os().disk().append_to("/sys/fs/cgroup/memory/cgroup.procs").ok()) GTEST_SKIP() << "no control groups of this user's";
  write("resources: {memory: 128MiB, processes: 64}, environment: {TROUBLE: hunger}");
  holon({"up", "-d", "--port", "0"});
  node::v1::HostState echo;
  ASSERT_TRUE(eventually([&] { return (echo = host("echo.0")).restarts() > 0; }));
  EXPECT_THAT(echo.cause(), HasSubstr("out of memory"));
  EXPECT_EQ(host("relay.0").restarts(), 0);
}

TEST_F(CommandTest, OneWithoutHealthServiceIsReadyWhenItAnswers) {
  write("environment: {TROUBLE: no health}");
  up();
  EXPECT_TRUE(pass().ok());
}

TEST_F(CommandTest, ACrashLoopShowsCauseAndLastLines) {
  write("environment: {TROUBLE: exit}");
  Ran up = holon({"up", "-d", "--wait", "--port", "0"});
  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.messages, HasSubstr("echo.0"));
  ASSERT_TRUE(eventually([&] { return host("echo.0").state() == "failed"; }));
  const node::v1::HostState echo = host("echo.0");
  EXPECT_EQ(echo.cause(), "exit code 3");
  EXPECT_THAT(echo.last_lines(), testing::Contains("the cellar is flooded"));
}

TEST_F(CommandTest, DownEndsGrandchildrenToo) {
  write("environment: {TROUBLE: grandchild}");
  up();
  const std::string log = log_of("echo.0");
  const int pid = std::atoi(log.c_str() + log.find("grandchild ") + 11);
  const std::optional<env::ProcessId> grandchild = env::os().processes().find(pid);
  ASSERT_TRUE(grandchild.has_value()) << log;
  EXPECT_EQ(holon({"down"}).code, 0);
  EXPECT_TRUE(gone(*grandchild));
}

TEST_F(CommandTest, AnHttpServerIsWatchedByHttp) {
  write("", "  legacy: {command: [" + python + ", stock_http_server.py], protocol: http, health: {http: /health}}\n");
  up();
  const node::v1::HostState legacy = host("legacy.0");
  EXPECT_EQ(legacy.state(), "ready");
  env::Spawn curl;
  curl.arguments = {"curl", "-sS", "http://" + legacy.endpoint() + "/orders"};
  Result<env::Output> ran = env::os().processes().run(curl, env::os().now() + seconds(20));
  ASSERT_TRUE(ran.ok());
  EXPECT_EQ(ran->standard_output, "legacy legacy /orders");
}

TEST_F(CommandTest, WhatIsWrongIsRefusedAtItsPlace) {
  std::ofstream(manifest_) << "app: probe\nservices:\n"
                              "  echo: {command: [no-such-program], contract: absent.proto}\n";
  const Ran up = holon({"up"});
  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.messages, HasSubstr(":3:20: there is no program no-such-program in any folder of PATH"));
  EXPECT_THAT(up.messages, HasSubstr(":3:48: "));
  EXPECT_THAT(up.messages, HasSubstr("absent.proto"));

  std::ofstream(manifest_) << "app: probe\nservices:\n"
                              "  echo: {command: [python3], contract: probe.proto, calls: [ecko], environment: {PORT: \"80\"}}\n";
  const Ran again = holon({"up"});
  EXPECT_THAT(again.messages, HasSubstr(":3:61: there is no service ecko; did you mean echo?"));
  EXPECT_THAT(again.messages, HasSubstr("PORT is what the node tells the process; choose another name"));
}

/// The node's own contract, as CLI and dashboard use it.
class ControlTest : public CommandTest {
 protected:
  void begin() {
    up();
    client_ = std::make_unique<Client>("unix:" + (folder_ / ".holon/run/node.sock").string());
    control_ = std::make_unique<Ref<node::v1::Control>>(*client_);
  }
  static node::v1::HostsRequest asked(const std::string& name) {
    node::v1::HostsRequest request;
    request.add_names(name);
    request.set_wait(true);
    return request;
  }
  std::unique_ptr<Client> client_;
  std::unique_ptr<Ref<node::v1::Control>> control_;
};

TEST_F(ControlTest, AHostStopsStaysSoBeyondTheNodeAndStartsAgain) {
  begin();
  auto call = client_->call(seconds(60));
  auto stopped = (*control_)->Stop(*call, asked("echo"));
  ASSERT_TRUE(stopped.ok()) << stopped.error().to_string();
  EXPECT_EQ(stopped->hosts(0).state(), "stopped");
  kill_hard(node_process());
  holon({"up", "-d", "--port", "0"});
  ASSERT_TRUE(eventually([&] { return host("relay.0").state() == "ready"; }));
  EXPECT_EQ(host("echo.0").state(), "stopped");

  auto later = client_->call(seconds(60));
  auto started = (*control_)->Start(*later, asked("echo.0"));
  ASSERT_TRUE(started.ok()) << started.error().to_string();
  EXPECT_EQ(started->hosts(0).state(), "ready");
  EXPECT_TRUE(pass().ok());
}

TEST_F(ControlTest, ReplicasAreScaledAndRestartedOneAfterTheOther) {
  begin();
  node::v1::ScaleRequest three;
  (*three.mutable_replicas())["echo"] = 3;
  three.set_wait(true);
  auto call = client_->call(seconds(60));
  auto scaled = (*control_)->Scale(*call, three);
  ASSERT_TRUE(scaled.ok()) << scaled.error().to_string();
  ASSERT_EQ(scaled->hosts_size(), 3);
  for (const auto& echo : scaled->hosts()) EXPECT_EQ(echo.state(), "ready");
  EXPECT_NE(scaled->hosts(1).endpoint(), scaled->hosts(2).endpoint());

  auto restart = client_->call(seconds(60));
  auto restarted = (*control_)->Restart(*restart, asked("echo"));
  ASSERT_TRUE(restarted.ok()) << restarted.error().to_string();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(restarted->hosts(i).state(), "ready");
    EXPECT_NE(restarted->hosts(i).pid(), scaled->hosts(i).pid());
    EXPECT_EQ(restarted->hosts(i).endpoint(), scaled->hosts(i).endpoint());
    EXPECT_EQ(restarted->hosts(i).restarts(), 0);
  }

  (*three.mutable_replicas())["echo"] = 1;
  auto down = client_->call(seconds(60));
  ASSERT_TRUE((*control_)->Scale(*down, three).ok());
  EXPECT_TRUE(eventually([&] { return list().hosts_size() == 5; }));  // three, outlet, gateway
  EXPECT_TRUE(pass().ok());

  (*three.mutable_replicas())["ecko"] = 1;
  auto wrong = client_->call(seconds(60));
  auto refused = (*control_)->Scale(*wrong, three);
  EXPECT_EQ(refused.code(), Code::not_found);
  EXPECT_EQ(refused.error().message(), "there is no host or service ecko; did you mean echo?");
}

TEST_F(ControlTest, EventsTellWhatHappenedAndWhy) {
  begin();
  const env::ProcessId echo = process_of("echo.0");
  kill_hard(echo);
  ASSERT_TRUE(ready_anew("echo.0", echo));
  auto call = client_->call(seconds(20));
  node::v1::EventsRequest request;
  request.add_names("echo");
  auto stream = (*control_)->Events(*call, request);
  std::vector<std::string> kinds;
  std::string cause;
  while (std::optional<node::v1::Event> event = stream.next().value_or(std::nullopt)) {
    if (event->kind() != "unhealthy") kinds.push_back(event->kind());  // a check may see the end before the node does
    if (event->kind() == "ended") cause = event->cause();
  }
  EXPECT_THAT(kinds, testing::ElementsAre("started", "ready", "ended", "started", "ready"));
  EXPECT_EQ(cause, "signal 9 (Killed)");
}

TEST_F(ControlTest, LogsAreFollowedFromTheirTailByPattern) {
  begin();
  node::v1::LogsRequest request;
  request.add_names("asker");
  request.set_grep("^data is .*replica [0-9]$");
  auto call = client_->call(seconds(20));
  auto stream = (*control_)->Logs(*call, request);
  std::optional<node::v1::LogLine> line = stream.next().value_or(std::nullopt);
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->host(), "asker.0");
  EXPECT_THAT(line->text(), HasSubstr(folder_.string()));
  EXPECT_FALSE(stream.next().value_or(std::nullopt).has_value());

  request.set_grep("(");
  auto wrong = client_->call(seconds(20));
  auto refused = (*control_)->Logs(*wrong, request);
  EXPECT_EQ(refused.next().code(), Code::invalid_argument);
}

TEST_F(ControlTest, DescribeAndTopKnowEveryHost) {
  write("resources: {memory: 1GiB}");
  begin();
  auto call = client_->call(seconds(20));
  auto described = (*control_)->Describe(*call, {});
  ASSERT_TRUE(described.ok());
  ASSERT_EQ(described->services_size(), 3);
  const node::v1::ServiceState& asker = described->services(2);
  EXPECT_EQ(asker.name(), "asker");
  EXPECT_EQ(asker.contract(), "twin.Asker");
  EXPECT_EQ(asker.kind(), "command");
  EXPECT_THAT(asker.calls(), testing::ElementsAre("relay"));
  EXPECT_THAT(asker.methods(), testing::ElementsAre("Ask"));
  EXPECT_THAT(described->services(1).calls(), testing::ElementsAre("echo"));

  auto top_call = client_->call(seconds(20));
  auto top = (*control_)->Top(*top_call, {});
  const std::optional<node::v1::TopReply> reply = top.next().value_or(std::nullopt);
  ASSERT_TRUE(reply.has_value());
  ASSERT_EQ(reply->hosts_size(), 5);
  EXPECT_EQ(reply->hosts(0).memory_bytes_max(), std::uint64_t{1} << 30);
  EXPECT_EQ(reply->hosts(1).memory_bytes_max(), 0u);
  for (const node::v1::HostUsage& usage : reply->hosts()) {
    EXPECT_GE(usage.processes(), 1) << usage.host();
    EXPECT_GT(usage.memory_bytes(), 100'000u) << usage.host();
    EXPECT_GT(usage.descriptors(), 3) << usage.host();
  }
}

}  // namespace
}  // namespace holon
