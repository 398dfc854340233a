// Faults that somebody puts on calls (`holon fault add`), in processes: services each in its own, and both in one, where a call
// between them is a virtual call.
#include <google/protobuf/util/json_util.h>

#include <thread>

#include "env/environment.h"
#include "env/process.h"
#include "holon/client.h"
#include "holon/outgoing_call.h"
#include "probe.holon.h"
#include "tests/node/application.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class InjectionTest : public ApplicationTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    ApplicationTest::SetUp();
    write_manifest(", settings: {trouble: talks}");
    up({"--placement", GetParam()});
  }

  bool split() const { return std::string(GetParam()) == "split"; }
  std::string relay_host() const { return split() ? "relay.0" : "probe.0"; }

  /// What came of a call, and after how long.
  struct Passed {
    Result<probe::SayReply> reply;
    env::Duration took;
  };
  /// By relay, which asks echo.
  Passed pass(const std::string& text = "across", milliseconds within = seconds(20)) {
    if (relay_.empty()) relay_ = endpoint(relay_host());
    Client client(relay_);
    Ref<probe::Relay> through(client);
    auto call = client.call(within);
    probe::SayRequest request;
    request.set_text(text);
    const auto began = env::os().now();
    Result<probe::SayReply> reply = through->Pass(*call, request);
    return {std::move(reply), env::os().now() - began};
  }
  Code code_of_pass() { return pass().reply.code(); }

  /// `holon fault add`, on the calls of relay to echo.
  Ran add(std::vector<std::string> what, std::vector<std::string> whose = {"--from", "relay", "--to", "echo"}) {
    what.insert(what.begin(), {"fault", "add"});
    what.insert(what.end(), whose.begin(), whose.end());
    Ran ran = holon(what);
    EXPECT_EQ(ran.code, 0) << ran.messages;
    return ran;
  }
  void remove_all() { EXPECT_EQ(holon({"fault", "remove", "--all"}).code, 0); }
  node::v1::FaultsReply faults() {
    node::v1::FaultsReply reply;
    const Ran ran = holon({"fault", "list", "--json"});
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ran.output, &reply).ok()) << ran.output << ran.messages;
    return reply;
  }
  /// What is counted of the calls of relay to echo.
  node::v1::EdgeCalls counted() {
    node::v1::CallsReply reply;
    const Ran ran = holon({"calls", "--json"});
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ran.output, &reply).ok()) << ran.output << ran.messages;
    for (const node::v1::SnapshotReply& host : reply.hosts()) {
      for (const node::v1::EdgeCalls& calls : host.calls()) {
        if (calls.caller() == "probe.Relay" && calls.method() == "probe.Echo/Say") return calls;
      }
    }
    return {};
  }
  std::uint64_t hits() { return counted().faults(); }

 private:
  std::string relay_;
};

INSTANTIATE_TEST_SUITE_P(Placements, InjectionTest, testing::Values("split", "monolith"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(InjectionTest, ADelayHoldsCallsUpUntilItIsRemoved) {
  add({"--delay", "400ms±100ms"});
  ASSERT_TRUE(eventually([&] { return pass().took >= milliseconds(300); }));
  for (int i = 0; i < 3; ++i) {
    const Passed passed = pass();
    EXPECT_TRUE(passed.reply.ok());
    EXPECT_GE(passed.took, milliseconds(300));
  }
  EXPECT_GE(hits(), 4u);
  EXPECT_EQ(counted().local(), !split());
  remove_all();
  EXPECT_TRUE(eventually([&] { return pass().took < milliseconds(300); }));
  EXPECT_EQ(faults().faults_size(), 0);
}

TEST_P(InjectionTest, AnAbortedCallSaysWhoseDoingItIs) {
  add({"--abort", "failed_precondition"}, {"--from", "relay", "--method", "probe.Echo/Say"});
  ASSERT_TRUE(eventually([&] { return !pass().reply.ok(); }));
  const Passed passed = pass("aborted");
  EXPECT_EQ(passed.reply.code(), Code::failed_precondition);
  EXPECT_EQ(passed.reply.error().message(), "fault 1 (see `holon fault list`) ended the call");
  EXPECT_THAT(holon({"logs", "--grep", "aborted"}).output, Not(HasSubstr("somebody asked"))) << "no handler has seen it";
}

TEST_P(InjectionTest, ABlackHoleEndsCallsAtTheirDeadlines) {
  add({"--black-hole"});
  ASSERT_TRUE(eventually([&] { return pass("lost", milliseconds(100)).reply.code() == Code::deadline_exceeded; }));
  const Passed passed = pass("lost", milliseconds(500));
  EXPECT_EQ(passed.reply.code(), Code::deadline_exceeded);
  EXPECT_GE(passed.took, milliseconds(450));
  EXPECT_LT(passed.took, seconds(5));

  const std::uint64_t before = hits();
  Passed waiting{probe::SayReply(), {}};
  std::thread caller([&] { waiting = pass("lost", seconds(60)); });
  EXPECT_TRUE(eventually([&] { return hits() > before; }));
  remove_all();
  caller.join();
  EXPECT_LT(waiting.took, seconds(30)) << "who waits is let go when it is removed";
}

TEST_P(InjectionTest, AResetLosesTheAnswerOfWhatWasHandled) {
  add({"--reset"});
  ASSERT_TRUE(eventually([&] { return code_of_pass() == Code::unavailable; }));
  EXPECT_EQ(pass("answer-lost").reply.code(), Code::unavailable);
  EXPECT_THAT(holon({"logs", "--grep", "answer-lost"}).output, HasSubstr("somebody asked"));
}

TEST_P(InjectionTest, AThrottleLetsCallsThroughInTurn) {
  add({"--throttle", "5/s"});
  ASSERT_TRUE(eventually([&] { return pass().took > milliseconds(100); }));
  const auto began = env::os().now();
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(pass().reply.ok());
  EXPECT_GE(env::os().now() - began, seconds(1)) << "six calls have five times 200 ms between them";
}

TEST_P(InjectionTest, AShareOfTheCallsIsHit) {
  add({"--abort", "failed_precondition", "--percent", "30"});
  ASSERT_TRUE(eventually([&] { return !pass().reply.ok(); }));
  int failed = 0;
  for (int i = 0; i < 200; ++i) failed += pass().reply.ok() ? 0 : 1;
  EXPECT_GT(failed, 60 - 40) << "six standard deviations";
  EXPECT_LT(failed, 60 + 40);
}

// Say is idempotent: between processes it is attempted again, within one there is nothing to attempt again.
TEST_P(InjectionTest, RetriesHaveTheirSayBetweenProcesses) {
  add({"--abort", "unavailable", "--percent", "20"});
  ASSERT_TRUE(eventually([&] { return pass(), hits() > 0; }));
  for (int i = 0; i < 100; ++i) pass();
  const node::v1::EdgeCalls calls = counted();
  const auto errors = calls.errors().find(static_cast<int>(Code::unavailable));
  const std::uint64_t failed = errors == calls.errors().end() ? 0 : errors->second;
  EXPECT_GT(calls.faults(), 5u);
  if (split()) {
    EXPECT_LT(failed, calls.faults() / 2);
  } else {
    EXPECT_EQ(failed, calls.faults());
  }
}

TEST_P(InjectionTest, EndsAtItsTime) {
  add({"--abort", "failed_precondition", "--for", "1500ms"});
  EXPECT_TRUE(eventually([&] { return !pass().reply.ok(); }));
  EXPECT_TRUE(eventually([&] { return pass().reply.ok(); }));
  EXPECT_TRUE(eventually([&] { return faults().faults_size() == 0; }));
  EXPECT_THAT(holon({"events"}).output, HasSubstr("fault 1 is over: its time has passed"));
}

TEST_P(InjectionTest, AHostThatStartsLaterHasIt) {
  add({"--abort", "failed_precondition"});
  ASSERT_EQ(holon({"restart", relay_host()}).code, 0);
  EXPECT_EQ(code_of_pass(), Code::failed_precondition);
}

TEST_P(InjectionTest, EndsWithItsNode) {
  add({"--abort", "failed_precondition"});
  ASSERT_TRUE(eventually([&] { return !pass().reply.ok(); }));
  kill_hard(node_process());
  EXPECT_TRUE(eventually([&] { return pass().reply.ok(); })) << "a host without a node has no faults";
  up({"--placement", GetParam()});
  EXPECT_EQ(faults().faults_size(), 0);
  EXPECT_TRUE(pass().reply.ok());
}

TEST_P(InjectionTest, HitsCallsFromOutsideByTheirMetadata) {
  const std::string gateway = list().gateway().substr(std::string("http://").size());
  const auto ask = [&](const char* name) {
    Client client(gateway);
    Ref<probe::Relay> relay(client);
    auto call = client.call(seconds(20));
    OutgoingCall out(*call);
    out.metadata().add(name, "1");
    probe::SayRequest request;
    request.set_text("hello");
    return relay->Pass(out, request).code();
  };
  add({"--abort", "failed_precondition", "--metadata", "x-try=1"}, {"--from", "gateway", "--to", "relay"});
  EXPECT_TRUE(eventually([&] { return ask("x-try") == Code::failed_precondition; }));
  EXPECT_EQ(ask("x-other"), Code::ok);
}

TEST_P(InjectionTest, HitsTheCallsBelowARequestByItsBaggage) {
  add({"--abort", "failed_precondition", "--metadata", "user=ann"});
  const auto get = [&, url = list().gateway() + "/v1/pass/hello"](const std::string& baggage) {
    env::Spawn curl;
    curl.arguments = {"curl", "-sS", "--max-time", "20", "--header", "baggage: " + baggage, url};
    Result<env::Output> ran = env::os().processes().run(curl, env::os().now() + seconds(30));
    return ran.ok() ? ran->standard_output + ran->standard_error : ran.error().message();
  };
  EXPECT_TRUE(eventually([&] { return get("user=ann").find("fault 1") != std::string::npos; })) << get("user=ann");
  EXPECT_THAT(get("user=bob"), HasSubstr("\"text\":\"hello\""));
}

TEST_P(InjectionTest, IsToldOfLoudly) {
  EXPECT_THAT(add({"--delay", "1ms", "--for", "1h"}).output,
              HasSubstr("fault 1 delays the calls of probe.Relay to probe.Echo by 1ms, until "));
  add({"--reset", "--percent", "0.5"}, {"--to", "echo"});
  const Ran ps = holon({"ps"});
  EXPECT_THAT(ps.output, HasSubstr("2 FAULTS ARE SET; what looks like trouble may come of that"));
  EXPECT_THAT(ps.output, HasSubstr("fault 2 answers 0.5 % of the calls to probe.Echo with a reset after they were handled, for "));
  EXPECT_THAT(holon({"fault", "list"}).output, HasSubstr("delays the calls of probe.Relay to probe.Echo by 1ms"));
  EXPECT_THAT(add({"--reset"}, {"--from", "echo", "--to", "relay"}).messages,
              HasSubstr("warning: it hits nothing: echo does not call relay; it calls nobody"));
  EXPECT_EQ(holon({"fault", "remove", "1", "3"}).code, 0);
  ASSERT_EQ(faults().faults_size(), 1);
  EXPECT_EQ(faults().faults(0).id(), 2u);
  const std::string events = holon({"events"}).output;
  EXPECT_THAT(events, HasSubstr("fault 1 is on, for 3600 s: it delays the calls of probe.Relay to probe.Echo by 1ms"));
  EXPECT_THAT(events, HasSubstr("fault 1 was removed"));
}

TEST_P(InjectionTest, WhatIsNoFaultIsRefusedWithTheRemedy) {
  const auto refusal = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "fault");
    const Ran ran = holon(arguments);
    EXPECT_NE(ran.code, 0) << ran.output;
    return ran.messages;
  };
  EXPECT_THAT(refusal({"add", "--to", "ecko", "--reset"}), HasSubstr("there is no service ecko; did you mean echo?"));
  EXPECT_THAT(refusal({"add", "--to", "echo", "--method", "Sag", "--reset"}), HasSubstr("echo has no method Sag; did you mean Say?"));
  EXPECT_THAT(refusal({"add", "--to", "echo"}), HasSubstr("say delay, abort, throttle, black hole or reset"));
  EXPECT_THAT(refusal({"add", "--reset"}), HasSubstr("say whose calls, or to whom"));
  EXPECT_THAT(refusal({"add", "--to", "echo", "--reset", "--black-hole"}), HasSubstr("a call ends once"));
  EXPECT_THAT(refusal({"add", "--to", "echo", "--method", "probe.Echo/Say", "--reset"}), HasSubstr("say to whom once"));
  EXPECT_THAT(refusal({"add", "--method", "Say", "--reset"}), HasSubstr("whose method Say? say to whom"));
  EXPECT_THAT(refusal({"add", "--to", "echo", "--delay", "soon"}), HasSubstr("soon: write a time, as 200ms"));
  EXPECT_THAT(refusal({"add", "--to", "echo", "--reset", "--for", "25h"}), HasSubstr("a fault holds for at most a day"));
  EXPECT_THAT(refusal({"remove", "7"}), HasSubstr("there is no fault 7"));
  EXPECT_THAT(refusal({"remove"}), HasSubstr("say which faults by their numbers, or --all"));
  EXPECT_EQ(faults().faults_size(), 0);
}

}  // namespace
}  // namespace holon
