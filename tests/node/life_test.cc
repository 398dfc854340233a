// An application's life as a person sees it: up, ps, calls, logs, down.
#include <csignal>

#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"
#include "holon/client.h"
#include "probe.holon.h"
#include "tests/node/application.h"

namespace holon {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;

class LifeTest : public ApplicationTest {
 protected:
  Result<probe::SayReply> pass(const std::string& address, const std::string& text) {
    Client client(address);
    Ref<probe::Relay> relay(client);
    auto call = client.call(seconds(10));
    probe::SayRequest request;
    request.set_text(text);
    return relay->Pass(*call, request);
  }

  /// GET by curl, as anybody outside would.
  std::string get(const std::string& url) {
    env::Spawn curl;
    curl.arguments = {"curl", "-sS", "--max-time", "10", url};
    Result<env::Output> ran = env::os().processes().run(curl, env::os().now() + seconds(20));
    return ran.ok() ? ran->standard_output + ran->standard_error : ran.error().to_string();
  }

  std::string log_of(const std::string& host) {
    return env::os().disk().read(folder_ / ".holon/logs" / (host + ".log")).value_or("");
  }

  std::vector<std::filesystem::path> sockets() { return env::os().disk().list(folder_ / ".holon/run").value_or({}); }

  std::vector<env::ProcessId> all_processes() {
    std::vector<env::ProcessId> all = {node_process()};
    const node::v1::ListReply list = this->list();
    for (const node::v1::HostState& host : list.hosts()) all.push_back(process_of(host.host()));
    return all;
  }
};

TEST_F(LifeTest, UpServesAndDownLeavesNothing) {
  write_manifest(", settings: {greeting: good day}");
  Ran up = holon({"up", "-d", "--wait", "--port", "0"});
  ASSERT_EQ(up.code, 0) << up.messages;
  EXPECT_THAT(up.messages, HasSubstr("probe is up in "));
  EXPECT_THAT(up.output, IsEmpty());

  node::v1::ListReply list = this->list();
  EXPECT_EQ(list.app(), "probe");
  EXPECT_EQ(list.placement(), "split");
  EXPECT_THAT(list.gateway(), MatchesRegex("http://127\\.0\\.0\\.1:[1-9][0-9]*"));
  EXPECT_THAT(up.messages, HasSubstr(list.gateway()));
  ASSERT_EQ(list.hosts_size(), 3);
  EXPECT_EQ(list.hosts(0).host(), "echo.0");
  EXPECT_EQ(list.hosts(0).state(), "ready");
  EXPECT_THAT(list.hosts(0).services(), ElementsAre("probe.Echo"));
  EXPECT_THAT(list.hosts(0).owners(), ElementsAre("team-echo"));
  EXPECT_EQ(list.hosts(2).host(), "gateway.0");

  Result<probe::SayReply> reply = pass(endpoint("relay.0"), "across");
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->text(), "across");
  EXPECT_EQ(reply->greeting(), "good day");
  EXPECT_EQ(reply->pid(), list.hosts(0).pid());
  EXPECT_THAT(get(list.gateway() + "/v1/pass/outside"), HasSubstr("\"text\":\"outside\""));

  std::vector<env::ProcessId> processes = all_processes();
  Ran down = holon({"down"});
  EXPECT_EQ(down.code, 0) << down.messages;
  for (env::ProcessId process : processes) EXPECT_TRUE(gone(process));
  EXPECT_THAT(sockets(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / ".holon/state"));
}

TEST_F(LifeTest, TheSameServicesShareAHostInTheMonolith) {
  up({"--placement", "monolith"});
  EXPECT_EQ(list().hosts_size(), 2);
  Result<probe::SayReply> reply = pass(endpoint("probe.0"), "within");
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->pid(), host("probe.0").pid());
}

TEST_F(LifeTest, ReplicasShareTheCalls) {
  write_manifest(", replicas: 2");
  up();
  Client client(endpoint("relay.0"));
  Ref<probe::Relay> relay(client);
  std::set<int> pids;
  EXPECT_TRUE(eventually([&] {
    auto call = client.call(seconds(5));
    Result<probe::SayReply> reply = relay->Pass(*call, {});
    if (reply.ok()) pids.insert(reply->pid());
    return pids.size() == 2;
  }));
}

TEST_F(LifeTest, CallsAreCountedByCallerAndMethod) {
  up();
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(pass(endpoint("relay.0"), "x").ok());
  Ran calls = holon({"calls"});
  EXPECT_EQ(calls.code, 0) << calls.messages;
  EXPECT_THAT(calls.output, StartsWith("CALLER"));
  EXPECT_THAT(calls.output, testing::ContainsRegex("probe\\.Relay +probe\\.Echo/Say +remote +7 +0 "));
  EXPECT_THAT(holon({"calls", "--json"}).output, HasSubstr("\"method\":\"probe.Echo/Say\""));
}

TEST_F(LifeTest, LogsShowWhatHostsWrote) {
  write_manifest(", settings: {trouble: exit}");
  holon({"up", "-d", "--port", "0"});
  EXPECT_TRUE(eventually(
      [&] { return holon({"logs", "echo"}).output.find("echo.0 | the cellar is flooded") != std::string::npos; }));
  EXPECT_THAT(holon({"logs", "relay.0"}).output, testing::Not(HasSubstr("cellar")));
  EXPECT_EQ(holon({"logs", "nobody"}).code, 2);
}

TEST_F(LifeTest, ForegroundFollowsLogsAndCtrlCEndsAll) {
  env::ProcessId front = start_holon({"up", "--port", "0"});
  ASSERT_TRUE(eventually([&] { return output().find("probe is up in ") != std::string::npos; })) << output();
  std::vector<env::ProcessId> processes = all_processes();
  EXPECT_EQ(processes[0], front);
  ASSERT_TRUE(env::os().processes().signal(front, SIGINT, false).ok());
  EXPECT_TRUE(gone(front));
  EXPECT_EQ(env::os().processes().reap(front).code, 130);
  for (env::ProcessId process : processes) EXPECT_TRUE(gone(process));
  EXPECT_THAT(sockets(), IsEmpty());
}

TEST_F(LifeTest, ASecondCtrlCKillsAHostThatDoesNotEnd) {
  write_manifest(", settings: {trouble: lingers}");
  env::ProcessId front = start_holon({"up", "--port", "0"});
  ASSERT_TRUE(eventually([&] { return output().find("probe is up in ") != std::string::npos; })) << output();
  std::vector<env::ProcessId> processes = all_processes();
  env::ProcessId lingering = process_of("echo.0");
  auto began = env::os().now();
  ASSERT_TRUE(env::os().processes().signal(front, SIGINT, false).ok());
  ASSERT_TRUE(eventually([&] { return output().find("probe: stopping") != std::string::npos; })) << output();
  EXPECT_TRUE(env::os().processes().alive(lingering));
  ASSERT_TRUE(env::os().processes().signal(front, SIGINT, false).ok());
  for (env::ProcessId process : processes) EXPECT_TRUE(gone(process));
  EXPECT_LT(env::os().now() - began, seconds(4));  // the drain time is 5 s
  EXPECT_EQ(env::os().processes().reap(front).code, 130);
}

TEST_F(LifeTest, AHostThatDoesNotEndIsKilledWhenItsDrainTimeIsOver) {
  write_manifest(", settings: {trouble: lingers}");
  up();
  env::ProcessId lingering = process_of("echo.0");
  EXPECT_EQ(holon({"down"}).code, 0);
  EXPECT_TRUE(gone(lingering));
  EXPECT_THAT(env::os().disk().read(folder_ / ".holon/node.log").value_or(""),
              HasSubstr("echo.0 ended: did not end within 5 s and was killed: signal 9 (Killed)"));
}

TEST_F(LifeTest, AHostThatSomebodyStoppedByASignalDrainsAsOthers) {
  up();
  env::ProcessId frozen = process_of("echo.0");
  ASSERT_TRUE(env::os().processes().signal(frozen, SIGSTOP, false).ok());
  EXPECT_EQ(holon({"down"}).code, 0);
  EXPECT_TRUE(gone(frozen));
  EXPECT_THAT(env::os().disk().read(folder_ / ".holon/node.log").value_or(""), testing::Not(HasSubstr("ended")));
}

TEST_F(LifeTest, ASecondUpSaysThatOneRuns) {
  up();
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"up"}, {"up", "-d"}}) {
    Ran second = holon(arguments);
    EXPECT_EQ(second.code, 1);
    EXPECT_THAT(second.messages, HasSubstr("probe runs here already, placement split, node pid "));
  }
  EXPECT_EQ(host("echo.0").state(), "ready");
}

TEST_F(LifeTest, ACallUnderWayIsFinishedBeforeTheEnd) {
  up();
  env::Spawn curl;
  curl.arguments = {"curl", "-sS", "--max-time", "20", list().gateway() + "/v1/pass/late?wait_ms=1500"};
  curl.output = output_file();
  env::ProcessId caller = *env::os().processes().spawn(curl);
  ASSERT_TRUE(eventually([&] { return log_of("echo.0").find("taking my time") != std::string::npos; }));
  EXPECT_EQ(holon({"down"}).code, 0);
  EXPECT_TRUE(gone(caller));
  EXPECT_THAT(output(), HasSubstr("\"text\":\"late\""));
}

TEST_F(LifeTest, OfANodeThatWasKilledTheVerbsTellThatItsHostsMayRunOn) {
  up();
  kill_hard(node_process());
  for (const char* verb : {"ps", "logs", "events", "calls", "stop"}) {
    const Ran ran = holon({verb});
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.messages, "the node in " + folder_.string() + " ends or was killed; if hosts run on, `holon up` takes them over, "
                            "`holon down` ends them\n") << verb;
  }
}

TEST_F(LifeTest, ANodeThatDoesNotAnswerIsNamedWithTheRemedy) {
  up();
  const env::ProcessId node = node_process();
  ASSERT_TRUE(env::os().processes().signal(node, SIGSTOP, false).ok());
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"ps"}, {"down"}, {"up", "-d"}}) {
    const Ran ran = holon(verb);
    EXPECT_EQ(ran.code, 1);
    const std::string pid = std::to_string(node.pid);
    EXPECT_THAT(ran.messages, HasSubstr("process " + pid + " runs the application in " + folder_.string() + ", and does not answer"));
    EXPECT_THAT(ran.messages, HasSubstr("end it by `kill -9 " + pid + "`"));
  }
  kill_hard(node);
}

TEST_F(LifeTest, WithoutANodeTheVerbsSaySo) {
  for (const char* verb : {"ps", "calls"}) {
    Ran ran = holon({verb});
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.messages, HasSubstr("no application runs in " + folder_.string()));
  }
  EXPECT_EQ(holon({"down"}).code, 0);
  EXPECT_EQ(holon({"frobnicate"}).code, 2);
  EXPECT_EQ(holon({"up", "--wait"}).code, 2);
  EXPECT_EQ(holon({"up", "--port", "x"}).code, 2);
}

}  // namespace
}  // namespace holon
