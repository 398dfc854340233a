// What goes beside the messages of a call, both ways: one suite, run local, strict and remote.

#include <mutex>
#include <string>

#include "app/test_modes.h"
#include "fiber/call.h"
#include "holon/outgoing_call.h"
#include "holon/try.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string raw("\0\xff,= \n", 6);

Message numbered(int number) {
  Message message;
  message.set_number(number);
  return message;
}

std::vector<Metadata::Entry> entries(const Metadata& metadata) { return {metadata.begin(), metadata.end()}; }

/// Notes what its calls bring, and sends metadata of its own.
class Noting final : public probe::v1::Streams::Service {
 public:
  Result<Message> Tell(Call& call, const Message& request) override {
    note(call);
    if (request.number() != 0) return Error(static_cast<Code>(request.number()), "as told");
    return numbered(7);
  }
  Result<void> TellMany(Call& call, const Message& request, Writer<Message>& out) override {
    note(call);
    for (int i = 0; i < request.number(); ++i) TRY(out.write(numbered(i)));
    return {};
  }
  Result<Message> Collect(Call& call, Reader<Message>& in) override {
    note(call);
    while (TRY(in.next())) {
    }
    return numbered(7);
  }
  Result<void> Chat(Call& call, Reader<Message>& in, Writer<Message>& out) override {
    note(call);
    while (std::optional<Message> message = TRY(in.next())) TRY(out.write(*message));
    return data_loss("the tape broke");
  }

  Metadata noted() const {
    std::lock_guard lock(mutex_);
    return noted_;
  }
  Deadline deadline() const {
    std::lock_guard lock(mutex_);
    return deadline_;
  }

 private:
  void note(Call& call) {
    call.response_metadata().add("x-before", "1");
    call.response_metadata().add("grpc-reserved", "no");
    call.response_trailers().add("x-after-bin", raw);
    std::lock_guard lock(mutex_);
    noted_ = call.metadata();
    deadline_ = call.deadline();
  }

  mutable std::mutex mutex_;  ///< handlers may run on another loop than the test
  Metadata noted_;
  Deadline deadline_;
};

class OutgoingCallTest : public ::testing::TestWithParam<testing::Way> {
 protected:
  static void expect_answer(const OutgoingCall& out) {
    EXPECT_THAT(entries(out.response_metadata()), ::testing::ElementsAre(::testing::Pair("x-before", "1")));
    EXPECT_THAT(entries(out.response_trailers()), ::testing::ElementsAre(::testing::Pair("x-after-bin", raw)));
  }
  static void add_tenant(OutgoingCall& out) {
    out.metadata().add("x-tenant", "7");
    out.metadata().add("x-raw-bin", raw);
  }
  void expect_tenant() const {
    EXPECT_THAT(entries(service_.noted()),
                ::testing::ElementsAre(::testing::Pair("x-tenant", "7"), ::testing::Pair("x-raw-bin", raw)));
  }

  testing::Host host_{GetParam().mode, GetParam().loops};
  Ref<probe::v1::Streams> streams_ = host_.serve<Noting>();
  Noting& service_ = host_.service<Noting>();
};

TEST_P(OutgoingCallTest, AUnaryCallHasMetadataBothWays) {
  OutgoingCall out(host_.call());
  add_tenant(out);
  Result<Message> reply = streams_->Tell(out, Message());
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  expect_tenant();
  expect_answer(out);
}

TEST_P(OutgoingCallTest, AnErrorHasMetadataToo) {
  OutgoingCall out(host_.call());
  EXPECT_EQ(streams_->Tell(out, numbered(5)).code(), Code::not_found);
  expect_answer(out);
}

TEST_P(OutgoingCallTest, AServerStreamHasItsMetadataWithTheFirstMessageAndTheRestAtItsEnd) {
  OutgoingCall out(host_.call());
  add_tenant(out);
  Reader<Message> messages = streams_->TellMany(out, numbered(100));
  ASSERT_TRUE(messages.next()->has_value());
  expect_tenant();
  EXPECT_EQ(out.response_metadata().get("x-before"), "1");
  while (messages.next()->has_value()) {
  }
  expect_answer(out);
}

TEST_P(OutgoingCallTest, AStreamWithoutMessagesHasMetadataToo) {
  OutgoingCall out(host_.call());
  Reader<Message> messages = streams_->TellMany(out, numbered(0));
  ASSERT_FALSE(messages.next()->has_value());
  expect_answer(out);
}

TEST_P(OutgoingCallTest, AClientStreamHasMetadataBothWays) {
  OutgoingCall out(host_.call());
  add_tenant(out);
  auto stream = streams_->Collect(out);
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  ASSERT_TRUE(stream.finish().ok());
  expect_tenant();
  expect_answer(out);
}

TEST_P(OutgoingCallTest, ABidiStreamHasMetadataBothWaysAndOfAnErrorToo) {
  OutgoingCall out(host_.call());
  add_tenant(out);
  auto stream = streams_->Chat(out);
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  ASSERT_TRUE(stream.next()->has_value());
  expect_tenant();
  EXPECT_EQ(out.response_metadata().get("x-before"), "1");
  ASSERT_TRUE(stream.end_writing().ok());
  EXPECT_EQ(stream.next().code(), Code::data_loss);
  expect_answer(out);
}

TEST_P(OutgoingCallTest, NamesMayRepeatAndKeepTheirOrder) {
  OutgoingCall out(host_.call());
  out.metadata().add("x-list", "one");
  out.metadata().add("X-List", "two");
  out.metadata().add("x-list-bin", raw);
  out.metadata().add("x-list-bin", "");
  ASSERT_TRUE(streams_->Tell(out, Message()).ok());
  EXPECT_THAT(entries(service_.noted()),
              ::testing::ElementsAre(::testing::Pair("x-list", "one"), ::testing::Pair("x-list", "two"),
                                     ::testing::Pair("x-list-bin", raw), ::testing::Pair("x-list-bin", "")));
}

TEST_P(OutgoingCallTest, WhatHasAMeaningOfItsOwnOrCantBeSentStaysBehind) {
  OutgoingCall out(host_.call());
  for (const char* name : {"grpc-timeout", "grpc-anything", "holon-caller", "holon-anything", "content-type", "te",
                           "content-length", "user-agent", "host", "connection", "keep-alive", "proxy-connection",
                           "transfer-encoding", "upgrade", "traceparent", "tracestate", "baggage", ":path", "no name", ""}) {
    out.metadata().add(name, "1");
  }
  out.metadata().add("x-beyond-ascii", "caf\xc3\xa9");
  out.metadata().add("x-blanks", " 1");
  out.metadata().add("x-kept", "a b");
  ASSERT_TRUE(streams_->Tell(out, Message()).ok());
  EXPECT_THAT(entries(service_.noted()), ::testing::ElementsAre(::testing::Pair("x-kept", "a b")));
}

TEST_P(OutgoingCallTest, AnotherUseForgetsWhatCameBack) {
  OutgoingCall out(host_.call());
  ASSERT_TRUE(streams_->Tell(out, Message()).ok());
  out.timeout(milliseconds(-1));
  EXPECT_EQ(streams_->Tell(out, Message()).code(), Code::deadline_exceeded);
  EXPECT_TRUE(out.response_metadata().empty());
  EXPECT_TRUE(out.response_trailers().empty());
}

TEST_P(OutgoingCallTest, TheSmallerTimeoutHolds) {
  Call& call = host_.call(seconds(10));
  OutgoingCall shorter(call);
  shorter.timeout(seconds(5));
  EXPECT_LT(shorter.deadline(), call.deadline());
  ASSERT_TRUE(streams_->Tell(shorter, Message()).ok());
  EXPECT_LT(service_.deadline(), call.deadline());
  OutgoingCall longer(call);
  longer.timeout(seconds(60));
  EXPECT_EQ(longer.deadline(), call.deadline());
}

TEST_P(OutgoingCallTest, CancellingTheCallItWasMadeFromCancelsIt) {
  Call& call = host_.call();
  OutgoingCall out(call);
  auto stream = streams_->Chat(out);
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  ASSERT_TRUE(stream.next()->has_value());
  host_.cancel(call);
  EXPECT_EQ(stream.next().code(), Code::cancelled);
}

INSTANTIATE_TEST_SUITE_P(Modes, OutgoingCallTest, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
