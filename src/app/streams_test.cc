// Streams of every kind: one suite, run local, strict and remote.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

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
using testing::settled;
using testing::until;

Message numbered(int number, std::string text = {}) {
  Message message;
  message.set_number(number);
  message.set_text(std::move(text));
  return message;
}

Message sized(std::size_t bytes, std::string text = {}, int number = 1) {
  Message message = numbered(number, std::move(text));
  message.set_bytes(std::string(bytes, 'x'));
  return message;
}

class Streams final : public probe::v1::Streams::Service {
 public:
  Result<Message> Collect(Call& call, Reader<Message>& in) override {
    ++begun;
    int sum = 0;
    while (std::optional<Message> message = TRY(seen(in.next()))) {
      if (message->text() == "answer") break;
      TRY(obey(call, *message));
      sum += message->number();
    }
    return numbered(sum);
  }

  Result<void> Chat(Call& call, Reader<Message>& in, Writer<Message>& out) override { return chat(call, in, out); }
  Result<void> ChatBriefly(Call& call, Reader<Message>& in, Writer<Message>& out) override { return chat(call, in, out); }

  // Handlers may run on another loop's thread than the test.
  std::atomic<int> begun = 0;
  std::atomic<int> read = 0;
  std::atomic<int> written = 0;
  std::atomic<int> waiting = 0;
  std::atomic<int> ended = -1;  ///< the code of the wait, read or write that failed last

 private:
  Result<void> chat(Call& call, Reader<Message>& in, Writer<Message>& out) {
    ++begun;
    while (std::optional<Message> message = TRY(seen(in.next()))) {
      if (message->text() == "answer") return {};
      TRY(obey(call, *message));
      int times = message->text() == "flood" ? message->number() : 1;
      for (int i = 0; i < times; ++i) {
        ++written;
        TRY(seen(out.write(*message)));
      }
    }
    return {};
  }

  Result<void> obey(Call& call, const Message& message) {
    if (message.text() == "fail") return data_loss("the tape broke");
    if (message.text() == "throw") throw std::runtime_error("out of paper");
    if (message.text() != "wait") return {};
    ++waiting;
    return seen(sleep(call, seconds(60)));
  }

  template <class R>
  R seen(R result) {
    if (result.ok()) {
      ++read;
    } else {
      ended = static_cast<int>(result.code());
    }
    return result;
  }
};

class StreamTest : public ::testing::TestWithParam<testing::Way> {
 protected:
  testing::Host host_{GetParam().mode, GetParam().loops};
  Ref<probe::v1::Streams> streams_ = host_.serve<Streams>();
  Streams& handler_ = host_.service<Streams>();
};

TEST_P(StreamTest, ManyRequestsGetOneReply) {
  auto stream = streams_->Collect(host_.call());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(stream.write(numbered(i)).ok());
  Result<Message> sum = stream.finish();
  ASSERT_TRUE(sum.ok()) << sum.error().to_string();
  EXPECT_EQ(sum->number(), 4950);
  EXPECT_EQ(host_.calls("probe.v1.Streams/Collect"), 1u);
}

TEST_P(StreamTest, NoRequestAtAllIsAStreamToo) {
  auto collect = streams_->Collect(host_.call());
  EXPECT_EQ(collect.finish()->number(), 0);
  auto chat = streams_->Chat(host_.call());
  EXPECT_TRUE(chat.end_writing().ok());
  EXPECT_FALSE(chat.next()->has_value());
}

TEST_P(StreamTest, RequestsAndRepliesGoToAndFro) {
  auto stream = streams_->Chat(host_.call());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(stream.write(numbered(i)).ok());
    Result<std::optional<Message>> reply = stream.next();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    ASSERT_TRUE(reply->has_value());
    EXPECT_EQ((*reply)->number(), i);
  }
  ASSERT_TRUE(stream.end_writing().ok());
  EXPECT_FALSE(stream.next()->has_value());
  EXPECT_FALSE(stream.next()->has_value()) << "the end stays the end";
}

TEST_P(StreamTest, OneFiberWritesWhileAnotherReads) {
  constexpr int count = 200;  // 1.6 MB each way: far more than all that a stream may hold
  auto stream = streams_->Chat(host_.call());
  TaskGroup group(host_.call());
  auto writing = group.spawn([&](Call&) -> Result<void> {
    for (int i = 0; i < count; ++i) TRY(stream.write(sized(8 << 10, {}, i)));
    return stream.end_writing();
  });
  auto reading = group.spawn([&](Call&) -> Result<int> {
    int next = 0;
    while (std::optional<Message> reply = TRY(stream.next())) {
      if (reply->number() != next++) return internal_error("out of order");
    }
    return next;
  });
  Result<int> read = reading.get();
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(*read, count);
  EXPECT_TRUE(writing.get().ok());
}

TEST_P(StreamTest, ManyStreamsAtOnce) {
  TaskGroup group(host_.call());
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 100; ++i) {
    tasks.push_back(group.spawn([this, i](Call& call) -> Result<int> {
      auto stream = streams_->Chat(call);
      int sum = 0;
      for (int k = 0; k < 10; ++k) {
        TRY(stream.write(numbered(i)));
        std::optional<Message> reply = TRY(stream.next());
        if (reply) sum += reply->number();
      }
      TRY(stream.end_writing());
      std::optional<Message> end = TRY(stream.next());
      return end ? -1 : sum;
    }));
  }
  for (int i = 0; i < 100; ++i) {
    Result<int> sum = tasks[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(sum.ok()) << sum.error().to_string();
    EXPECT_EQ(*sum, 10 * i);
  }
}

TEST_P(StreamTest, AMessageLargerThanTheWindowGoesThrough) {
  auto stream = streams_->Chat(host_.call());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(stream.write(sized(3 << 20)).ok());
    Result<std::optional<Message>> reply = stream.next();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ((*reply)->bytes().size(), std::size_t{3 << 20});
  }
}

TEST_P(StreamTest, AMessageOverFourMebibytesIsRefusedWhereItIsSerialisedAndTheStreamGoesOn) {
  auto stream = streams_->Collect(host_.call());
  bool local = GetParam().mode == testing::Mode::local;
  EXPECT_EQ(stream.write(sized(5 << 20)).code(), local ? Code::ok : Code::resource_exhausted);
  ASSERT_TRUE(stream.write(numbered(7)).ok());
  EXPECT_EQ(stream.finish()->number(), local ? 8 : 7);
}

// ---- ends -----------------------------------------------------------------------------------------------------------

TEST_P(StreamTest, AHandlerMayAnswerBeforeItsRequestsEnd) {
  auto stream = streams_->Collect(host_.call());
  ASSERT_TRUE(stream.write(numbered(7)).ok());
  ASSERT_TRUE(stream.write(numbered(0, "answer")).ok());
  Code last = Code::ok;
  ASSERT_TRUE(until([&] { return (last = stream.write(sized(8 << 10)).code()) != Code::ok; }));
  EXPECT_EQ(last, Code::cancelled);
  Result<Message> sum = stream.finish();
  ASSERT_TRUE(sum.ok()) << sum.error().to_string();
  EXPECT_EQ(sum->number(), 7);
}

TEST_P(StreamTest, WhatWasSentBeforeAnEarlyEndIsRead) {
  auto stream = streams_->Chat(host_.call());
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  ASSERT_TRUE(stream.write(numbered(0, "answer")).ok());
  ASSERT_TRUE(until([&] { return !stream.write(sized(8 << 10)).ok(); }));
  EXPECT_TRUE(stream.end_writing().ok());
  EXPECT_EQ((*stream.next())->number(), 1);
  EXPECT_FALSE(stream.next()->has_value());
}

TEST_P(StreamTest, AnEarlyEndWakesASuspendedWriter) {
  auto stream = streams_->Collect(host_.call());
  TaskGroup group(host_.call());
  auto writing = group.spawn([&](Call&) -> Result<void> {
    TRY(stream.write(numbered(1)));
    TRY(stream.write(numbered(0, "answer")));
    for (;;) TRY(stream.write(sized(8 << 10)));
  });
  EXPECT_EQ(writing.get().code(), Code::cancelled);
  EXPECT_EQ(stream.finish()->number(), 1);
}

TEST_P(StreamTest, AnErrorBeforeAnyMessageIsWhatEverythingGives) {
  auto collect = streams_->Collect(host_.call());
  ASSERT_TRUE(collect.write(numbered(0, "fail")).ok());
  Result<Message> sum = collect.finish();
  EXPECT_EQ(sum.code(), Code::data_loss);
  EXPECT_EQ(sum.error().message(), "the tape broke");

  auto chat = streams_->Chat(host_.call());
  ASSERT_TRUE(chat.write(numbered(0, "fail")).ok());
  Code last = Code::ok;
  ASSERT_TRUE(until([&] { return (last = chat.write(sized(8 << 10)).code()) != Code::ok; }));
  EXPECT_EQ(last, Code::data_loss);
  EXPECT_EQ(chat.end_writing().code(), Code::data_loss);
  EXPECT_EQ(chat.next().code(), Code::data_loss);
  EXPECT_EQ(chat.next().code(), Code::data_loss) << "and it stays so";
}

TEST_P(StreamTest, AnErrorComesAfterTheMessagesBeforeIt) {
  auto stream = streams_->Chat(host_.call());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(stream.write(numbered(i)).ok());
  ASSERT_TRUE(stream.write(numbered(0, "fail")).ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ((*stream.next())->number(), i);
  Result<std::optional<Message>> end = stream.next();
  EXPECT_EQ(end.code(), Code::data_loss);
  EXPECT_EQ(end.error().message(), "the tape broke");
}

TEST_P(StreamTest, AnExceptionIsInternal) {
  auto collect = streams_->Collect(host_.call());
  ASSERT_TRUE(collect.write(numbered(0, "throw")).ok());
  EXPECT_EQ(collect.finish().code(), Code::internal);
  auto chat = streams_->Chat(host_.call());
  ASSERT_TRUE(chat.write(numbered(0, "throw")).ok());
  EXPECT_EQ(chat.next().code(), Code::internal);
}

TEST_P(StreamTest, NothingIsWrittenAfterTheEndOfWriting) {
  auto stream = streams_->Chat(host_.call());
  EXPECT_TRUE(stream.end_writing().ok());
  EXPECT_TRUE(stream.end_writing().ok()) << "again is the same as once";
  EXPECT_EQ(stream.write(numbered(1)).code(), Code::failed_precondition);
  EXPECT_FALSE(stream.next()->has_value());
}

// ---- back-pressure --------------------------------------------------------------------------------------------------

TEST_P(StreamTest, AWriterSuspendsWhileTheHandlerDoesNotRead) {
  Call& call = host_.call();
  std::atomic<int> written = 0;
  Code end = Code::ok;
  auto stream = streams_->Collect(call);
  TaskGroup group(host_.call());
  auto writing = group.spawn([&](Call&) -> Result<void> {
    Result<void> result = stream.write(numbered(0, "wait"));
    while (result.ok()) {
      result = stream.write(sized(8 << 10));
      if (result.ok()) ++written;
    }
    end = result.code();
    return {};
  });
  ASSERT_TRUE(until([&] { return handler_.waiting == 1; }));
  ASSERT_TRUE(until([&] { return written >= 7; }));
  EXPECT_LE(settled(written), 8) << "64 KiB";
  host_.cancel(call);
  ASSERT_TRUE(writing.get().ok());
  EXPECT_EQ(end, Code::cancelled);
}

TEST_P(StreamTest, SmallMessagesAreBoundedToo) {
  Call& call = host_.call();
  std::atomic<int> written = 0;
  auto stream = streams_->Collect(call);
  TaskGroup group(call);
  (void)group.spawn([&](Call&) -> Result<void> {
    TRY(stream.write(numbered(0, "wait")));
    for (;; ++written) TRY(stream.write(numbered(1)));
  });
  ASSERT_TRUE(until([&] { return handler_.waiting == 1; }));
  // Over the wire bytes are counted: a message of 2 bytes takes 7.
  int bound = GetParam().mode == testing::Mode::remote ? (64 << 10) / 7 : 16;
  ASSERT_TRUE(until([&] { return written >= bound - 2; }));
  EXPECT_LE(settled(written), bound);
}

TEST_P(StreamTest, AHandlerSuspendsWhileNobodyReads) {
  auto stream = streams_->Chat(host_.call());
  ASSERT_TRUE(stream.write(sized(8 << 10, "flood", 1000)).ok());
  ASSERT_TRUE(until([&] { return handler_.written > 0; }));
  EXPECT_LE(settled(handler_.written), 8 + 2) << "64 KiB unread, and the one that waits";
  ASSERT_TRUE(stream.end_writing().ok());
  int read = 0;
  while (stream.next()->has_value()) ++read;
  EXPECT_EQ(read, 1000);
}

TEST_P(StreamTest, AWriterGoesOnAsTheHandlerReads) {
  auto stream = streams_->Collect(host_.call());
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(stream.write(sized(8 << 10)).ok());
  EXPECT_EQ(stream.finish()->number(), 500);
}

// ---- cancellation and deadlines -------------------------------------------------------------------------------------

TEST_P(StreamTest, CancellingTheCallEndsTheHandlersRead) {
  Call& call = host_.call();
  auto stream = streams_->Chat(call);
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  ASSERT_TRUE(stream.next().ok());
  host_.cancel(call);
  EXPECT_EQ(stream.next().code(), Code::cancelled);
  EXPECT_EQ(stream.write(numbered(2)).code(), Code::cancelled);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
  EXPECT_EQ(handler_.ended, static_cast<int>(Code::cancelled));
}

TEST_P(StreamTest, CancellingTheCallEndsTheHandlersWrite) {
  Call& call = host_.call();
  auto stream = streams_->Chat(call);
  ASSERT_TRUE(stream.write(sized(8 << 10, "flood", 1000)).ok());
  ASSERT_TRUE(until([&] { return handler_.written > 0; }));
  settled(handler_.written);
  host_.cancel(call);
  while (stream.next().ok()) {  // what had come before
  }
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
  EXPECT_EQ(handler_.ended, static_cast<int>(Code::cancelled));
  EXPECT_LT(handler_.written, 1000);
}

TEST_P(StreamTest, CancellingTheCallEndsAWaitingReader) {
  Call& call = host_.call();
  auto stream = streams_->Chat(call);
  TaskGroup group(host_.call());
  auto reading = group.spawn([&](Call&) -> Result<std::optional<Message>> { return stream.next(); });
  ASSERT_TRUE(until([&] { return handler_.begun == 1; }));
  host_.cancel(call);
  EXPECT_EQ(reading.get().code(), Code::cancelled);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
}

TEST_P(StreamTest, LeavingAStreamCancelsItsHandler) {
  {
    auto stream = streams_->Collect(host_.call());
    ASSERT_TRUE(stream.write(numbered(1)).ok());
    ASSERT_TRUE(until([&] { return handler_.read == 1; }));
  }
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
  EXPECT_EQ(handler_.ended, static_cast<int>(Code::cancelled));
  handler_.ended = -1;
  {
    auto stream = streams_->Chat(host_.call());
    ASSERT_TRUE(stream.write(sized(8 << 10, "flood", 1000)).ok());
    ASSERT_TRUE(stream.next().ok());
  }
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
  EXPECT_EQ(handler_.ended, static_cast<int>(Code::cancelled));
  EXPECT_LT(handler_.written, 1000);
}

TEST_P(StreamTest, LeavingAStreamAtOnceLeavesNothing) {
  { auto stream = streams_->Chat(host_.call()); }
  { auto stream = streams_->Collect(host_.call()); }
  auto stream = streams_->Chat(host_.call());
  ASSERT_TRUE(stream.write(numbered(7)).ok());
  EXPECT_EQ((*stream.next())->number(), 7) << "others go on";
}

TEST_P(StreamTest, LeavingAStreamAfterItsEndCancelsNothing) {
  {
    auto stream = streams_->Chat(host_.call());
    ASSERT_TRUE(stream.end_writing().ok());
    ASSERT_FALSE(stream.next()->has_value());
  }
  EXPECT_EQ(handler_.ended, -1);
}

TEST_P(StreamTest, ABranchThatIsCancelledLeavesTheStreamToOthers) {
  Call& call = host_.call();
  auto stream = streams_->Chat(call);
  {
    TaskGroup group(call);
    auto reading = group.spawn([&](Call&) -> Result<std::optional<Message>> { return stream.next(); });
    ASSERT_TRUE(until([&] { return handler_.begun == 1; }));
    group.cancel();
    EXPECT_EQ(reading.get().code(), Code::cancelled);
  }
  ASSERT_TRUE(stream.write(numbered(7)).ok());
  EXPECT_EQ((*stream.next())->number(), 7);
}

TEST_P(StreamTest, ABranchThatIsCancelledNeedNotFinishItsWrite) {
  Call& call = host_.call();
  auto stream = streams_->Collect(call);
  ASSERT_TRUE(stream.write(numbered(0, "wait")).ok());
  TaskGroup group(call);
  int written = 0;
  auto writing = group.spawn([&](Call&) -> Result<void> {
    for (;; ++written) TRY(stream.write(sized(8 << 10)));
  });
  ASSERT_TRUE(until([&] { return written >= 6; }));
  group.cancel();
  EXPECT_EQ(writing.get().code(), Code::cancelled);
}

TEST_P(StreamTest, TheDeadlineEndsBothSides) {
  auto stream = streams_->Chat(host_.call(milliseconds(20)));
  EXPECT_EQ(stream.next().code(), Code::deadline_exceeded);
  EXPECT_EQ(stream.write(numbered(1)).code(), Code::deadline_exceeded);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
  // Over the wire the caller's reset may come before the handler's own clock says so.
  EXPECT_THAT(handler_.ended.load(), ::testing::AnyOf(static_cast<int>(Code::deadline_exceeded),
                                                      static_cast<int>(Code::cancelled)));
}

TEST_P(StreamTest, TheDeadlineEndsASuspendedWriter) {
  auto stream = streams_->Collect(host_.call(milliseconds(50)));
  Result<void> written = stream.write(numbered(0, "wait"));
  while (written.ok()) written = stream.write(sized(8 << 10));
  EXPECT_EQ(written.code(), Code::deadline_exceeded);
  EXPECT_EQ(stream.finish().code(), Code::deadline_exceeded);
}

TEST_P(StreamTest, TheContractsTimeoutIsADeadlineToo) {
  auto stream = streams_->ChatBriefly(host_.call(seconds(60)));
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  EXPECT_TRUE(stream.next().ok());
  EXPECT_EQ(stream.next().code(), Code::deadline_exceeded);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
}

TEST_P(StreamTest, WhatIsLateOrCancelledIsNotStarted) {
  auto late = streams_->Chat(host_.call(milliseconds(-1)));
  EXPECT_EQ(late.next().code(), Code::deadline_exceeded);
  Call& call = host_.call();
  host_.cancel(call);
  auto cancelled = streams_->Collect(call);
  EXPECT_EQ(cancelled.finish().code(), Code::cancelled);
  EXPECT_EQ(handler_.begun, 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, StreamTest, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
