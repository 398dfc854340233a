// The table "Local equals remote" of the architecture, row by row: one suite, run local, strict and remote.

#include <atomic>

#include "app/test_modes.h"
#include "fiber/call.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Mode;
using testing::until;

Message numbered(int number, std::string text = {}) {
  Message message;
  message.set_number(number);
  message.set_text(std::move(text));
  return message;
}

[[gnu::noinline]] int use_stack(int kib) {
  volatile char frame[1024];
  for (std::size_t i = 0; i < sizeof frame; i += 64) frame[i] = static_cast<char>(kib);
  int below = kib > 1 ? use_stack(kib - 1) : 0;
  return below + frame[0];
}

class Leaf final : public probe::v1::Leaf::Service {
 public:
  Result<Message> Echo(Call& call, const Message& request) override {
    Message reply = request;
    reply.set_caller(std::string(call.caller()));
    reply.set_hops(call.hops());
    reply.set_trace_id(call.trace().trace_id());
    reply.set_tag(std::string(call.metadata().get("tag")));
    reply.set_trace_state(internal::CallAccess::root(call).tracestate);
    reply.set_baggage(internal::CallAccess::root(call).baggage);
    reply.set_subject(call.claims().subject());
    auto left = call.deadline() - Clock::now();
    reply.set_deadline_ms(std::chrono::duration_cast<milliseconds>(left).count());
    return reply;
  }
  Result<Message> Fail(Call&, const Message& request) override {
    return Error(static_cast<Code>(request.number()), request.text(), "some details");
  }
  Result<Message> Throw(Call&, const Message&) override { throw std::runtime_error("out of paper"); }
  Result<Message> WaitForEnd(Call& call, const Message&) override { return wait_for_end(call); }
  Result<Message> WaitBriefly(Call& call, const Message&) override { return wait_for_end(call); }
  Result<Message> AnswerLate(Call& call, const Message& request) override {
    while (!call.cancelled()) {
    }
    return request;
  }
  Result<void> Count(Call&, const Message& request, Writer<Message>& out) override {
    for (int i = 0; i < request.number(); ++i) {
      Message message = numbered(i);
      message.set_bytes(request.bytes());
      ++written;
      TRY(out.write(message));
    }
    if (request.text() == "fail") return data_loss("the tape broke");
    return {};
  }
  Result<Message> UseStack(Call&, const Message& request) override { return numbered(use_stack(request.number()) != 1); }

  // Handlers may run on another loop's thread than the test.
  std::atomic<int> waiting = 0;
  std::atomic<int> written = 0;
  std::atomic<int> ended = 0;  ///< the code of a wait that is over

 private:
  Result<Message> wait_for_end(Call& call) {
    ++waiting;
    Result<void> slept = sleep(call, seconds(60));
    ended = static_cast<int>(slept.code());
    TRY(slept);
    return Message();
  }
};

class Middle final : public probe::v1::Middle::Service {
 public:
  explicit Middle(Wiring& wiring) : leaf_(wiring) {}

  Result<Message> Relay(Call& call, const Message& request) override { return leaf_->Echo(call, request); }
  Result<Message> RelayWait(Call& call, const Message& request) override { return leaf_->WaitForEnd(call, request); }
  Result<Message> Sum(Call& call, const Message& request) override {
    int sum = 0;
    Reader<Message> messages = leaf_->Count(call, request);
    while (std::optional<Message> message = TRY(messages.next())) sum += message->number();
    return numbered(sum);
  }

 private:
  Ref<probe::v1::Leaf> leaf_;
};

class Recursive final : public probe::v1::Recursive::Service {
 public:
  explicit Recursive(Wiring& wiring) : self_(wiring) {}

  Result<Message> Descend(Call& call, const Message& request) override {
    use_stack(3);
    if (request.number() <= 1) return numbered(call.hops());
    return self_->Descend(call, numbered(request.number() - 1));
  }

 private:
  Ref<probe::v1::Recursive> self_;
};

class LocalEqualsRemote : public ::testing::TestWithParam<testing::Way> {
 protected:
  bool by_bytes() const { return GetParam().mode != Mode::local; }

  testing::Host host_{GetParam().mode, GetParam().loops};
  Ref<probe::v1::Leaf> leaf_ = host_.serve<Leaf>();
  Leaf& leaf_object_ = host_.service<Leaf>();
  Ref<probe::v1::Middle> middle_ = host_.serve<Middle>();
};

TEST_P(LocalEqualsRemote, AnAnswerComesBackAndTheRequestStays) {
  Message request = numbered(7, "seven");
  Result<Message> reply = leaf_->Echo(host_.call(), request);
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->number(), 7);
  EXPECT_EQ(reply->text(), "seven");
  EXPECT_EQ(request.text(), "seven");
  EXPECT_EQ(host_.calls("probe.v1.Leaf/Echo"), 1u);
}

TEST_P(LocalEqualsRemote, AnErrorKeepsCodeMessageAndDetails) {
  for (int code = 1; code <= 16; ++code) {
    Result<Message> reply = leaf_->Fail(host_.call(), numbered(code, "caf\xc3\xa9 100% \n"));
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.code(), static_cast<Code>(code));
    EXPECT_EQ(reply.error().message(), "caf\xc3\xa9 100% \n");
    EXPECT_EQ(reply.error().details(), "some details");
  }
}

TEST_P(LocalEqualsRemote, AnExceptionIsInternal) {
  Result<Message> reply = leaf_->Throw(host_.call(), Message());
  EXPECT_EQ(reply.code(), Code::internal);
  EXPECT_THAT(reply.error().message(), ::testing::HasSubstr("out of paper"));
}

TEST_P(LocalEqualsRemote, ContextPassesOnAndMetadataDoesNotLeak) {
  Metadata metadata;
  metadata.add("tag", "mine");
  Call& call = host_.call(metadata);
  internal::CallAccess::root(call).tracestate = "vendor=1";
  internal::CallAccess::root(call).baggage = "tenant=7";
  Result<Message> reply = middle_->Relay(call, Message());
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->caller(), "probe.v1.Middle");
  EXPECT_EQ(reply->hops(), 2);
  EXPECT_EQ(reply->trace_id(), call.trace().trace_id());
  EXPECT_EQ(reply->trace_state(), "vendor=1");
  EXPECT_EQ(reply->baggage(), "tenant=7");
  EXPECT_EQ(reply->tag(), "");
}

TEST_P(LocalEqualsRemote, ClaimsPassOnUnchanged) {
  Call& call = host_.call(*Claims::from_json(R"({"sub":"ann","scope":"read write"})"));
  EXPECT_EQ(middle_->Relay(call, Message())->subject(), "ann");
  EXPECT_EQ(middle_->Relay(host_.call(), Message())->subject(), "") << "those of one request alone";
  TaskGroup group(call);
  Task<Message> branch = group.spawn([&](Call& below) { return middle_->Relay(below, Message()); });
  EXPECT_EQ(branch.get()->subject(), "ann");
  const std::string large(Claims::bytes_max - 20, 'x');
  Call& talkative = host_.call(*Claims::from_json(R"({"sub":")" + large + "\"}"));
  EXPECT_EQ(middle_->Relay(talkative, Message())->subject(), large);
}

TEST_P(LocalEqualsRemote, MetadataAreNoClaims) {
  OutgoingCall out(host_.call());
  out.metadata().add("holon-claims-bin", R"({"sub":"mallory"})");
  EXPECT_EQ(leaf_->Echo(out, Message())->subject(), "");
  Metadata metadata;
  metadata.add("holon-claims-bin", R"({"sub":"mallory"})");
  EXPECT_EQ(middle_->Relay(host_.call(metadata), Message())->subject(), "");
}

TEST_P(LocalEqualsRemote, TheSmallerDeadlineHolds) {
  Result<Message> reply = middle_->Relay(host_.call(milliseconds(2000)), Message());
  ASSERT_TRUE(reply.ok());
  EXPECT_GT(reply->deadline_ms(), 1000);
  EXPECT_LE(reply->deadline_ms(), 2000);
  Clock::time_point before = Clock::now();
  EXPECT_EQ(leaf_->WaitBriefly(host_.call(seconds(60)), Message()).code(), Code::deadline_exceeded);
  EXPECT_LT(Clock::now() - before, seconds(10));
}

TEST_P(LocalEqualsRemote, APassedDeadlineIsNotStarted) {
  Call& call = host_.call(milliseconds(-1));
  EXPECT_EQ(leaf_->WaitForEnd(call, Message()).code(), Code::deadline_exceeded);
  EXPECT_EQ(leaf_object_.waiting, 0);
}

TEST_P(LocalEqualsRemote, TheDeadlineEndsASuspension) {
  EXPECT_EQ(leaf_->WaitForEnd(host_.call(milliseconds(20)), Message()).code(), Code::deadline_exceeded);
  EXPECT_TRUE(until([&] { return leaf_object_.ended != 0; }));
}

TEST_P(LocalEqualsRemote, ALateAnswerIsNone) {
  EXPECT_EQ(leaf_->AnswerLate(host_.call(milliseconds(10)), Message()).code(), Code::deadline_exceeded);
}

TEST_P(LocalEqualsRemote, CancellationReachesTheLastHandler) {
  Call& call = host_.call();
  std::optional<Code> code;
  TaskGroup group(host_.call());
  auto task = group.spawn([&](Call&) -> Result<void> {
    code = middle_->RelayWait(call, Message()).code();
    return {};
  });
  ASSERT_TRUE(until([&] { return leaf_object_.waiting == 1; }));
  host_.cancel(call);
  ASSERT_TRUE(until([&] { return code.has_value() && leaf_object_.ended != 0; }));
  EXPECT_EQ(*code, Code::cancelled);
  EXPECT_EQ(leaf_object_.ended, static_cast<int>(Code::cancelled));
}

TEST_P(LocalEqualsRemote, ACancelledCallIsNotStarted) {
  Call& call = host_.call();
  host_.cancel(call);
  EXPECT_EQ(leaf_->Echo(call, Message()).code(), Code::cancelled);
}

TEST_P(LocalEqualsRemote, AStreamGivesItsMessagesInOrderAndEnds) {
  Call& call = host_.call();
  Reader<Message> messages = leaf_->Count(call, numbered(100));
  for (int i = 0; i < 100; ++i) {
    Result<std::optional<Message>> message = messages.next();
    ASSERT_TRUE(message.ok()) << message.error().to_string();
    ASSERT_TRUE(message->has_value());
    EXPECT_EQ((*message)->number(), i);
  }
  EXPECT_FALSE(messages.next()->has_value());
  EXPECT_FALSE(messages.next()->has_value());
  EXPECT_EQ(middle_->Sum(host_.call(), numbered(100))->number(), 4950);
}

TEST_P(LocalEqualsRemote, AStreamEndsWithItsError) {
  Call& call = host_.call();
  Reader<Message> messages = leaf_->Count(call, numbered(2, "fail"));
  EXPECT_TRUE(messages.next()->has_value());
  EXPECT_TRUE(messages.next()->has_value());
  Result<std::optional<Message>> end = messages.next();
  EXPECT_EQ(end.code(), Code::data_loss);
  EXPECT_EQ(end.error().message(), "the tape broke");
}

TEST_P(LocalEqualsRemote, AWriterSuspendsWhileNobodyReads) {
  Call& call = host_.call();
  Message request = numbered(1000);
  request.set_bytes(std::string(8 << 10, 'x'));
  Reader<Message> messages = leaf_->Count(call, request);
  ASSERT_TRUE(until([&] { return leaf_object_.written > 0; }));
  int before = -1;
  EXPECT_TRUE(until([&] { return std::exchange(before, leaf_object_.written.load()) == leaf_object_.written; }));
  EXPECT_LE(leaf_object_.written, 8 + 2) << "64 KiB unread, and the one that waits";
  int read = 0;
  while (messages.next()->has_value()) ++read;
  EXPECT_EQ(read, 1000);
}

TEST_P(LocalEqualsRemote, LeavingAStreamCancelsItsHandler) {
  {
    Call& call = host_.call();
    Message request = numbered(1000);
    request.set_bytes(std::string(8 << 10, 'x'));
    Reader<Message> messages = leaf_->Count(call, request);
    ASSERT_TRUE(messages.next().ok());
  }
  int before = -1;
  EXPECT_TRUE(until([&] { return std::exchange(before, leaf_object_.written.load()) == leaf_object_.written; }));
  EXPECT_LT(leaf_object_.written, 1000);
}

TEST_P(LocalEqualsRemote, SixtyFourCallsDeepIsTheEnd) {
  auto recursive = host_.serve<Recursive>();
  Result<Message> deepest = recursive->Descend(host_.call(), numbered(64));
  ASSERT_TRUE(deepest.ok()) << deepest.error().to_string();
  EXPECT_EQ(deepest->number(), 64);
  EXPECT_EQ(recursive->Descend(host_.call(), numbered(65)).code(), Code::resource_exhausted);
}

TEST_P(LocalEqualsRemote, AMessageOverFourMebibytesIsRefusedWhereItIsSerialised) {
  Message request;
  request.set_bytes(std::string(5 << 20, 'x'));
  Result<Message> reply = leaf_->Echo(host_.call(), request);
  EXPECT_EQ(reply.code(), by_bytes() ? Code::resource_exhausted : Code::ok);
  request.set_bytes(std::string(3 << 20, 'x'));
  EXPECT_TRUE(leaf_->Echo(host_.call(), request).ok());
}

TEST_P(LocalEqualsRemote, ManyCallsAtOnce) {
  TaskGroup group(host_.call());
  std::vector<Task<Message>> tasks;
  for (int i = 0; i < testing::calls_at_once; ++i) {
    tasks.push_back(group.spawn([this, i](Call& call) { return middle_->Relay(call, numbered(i)); }));
  }
  for (int i = 0; i < testing::calls_at_once; ++i) {
    Result<Message> reply = tasks[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->number(), i);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, LocalEqualsRemote, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
