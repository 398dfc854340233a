// Streams under way, what bounds and what interrupts them: one suite, run local, strict and remote.

#include "app/test_streams.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::numbered;
using testing::settled;
using testing::sized;
using testing::until;

class StreamFlow : public testing::StreamTest {};

// ---- back-pressure --------------------------------------------------------------------------------------------------

TEST_P(StreamFlow, AWriterSuspendsWhileTheHandlerDoesNotRead) {
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

TEST_P(StreamFlow, SmallMessagesAreBoundedToo) {
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

TEST_P(StreamFlow, AHandlerSuspendsWhileNobodyReads) {
  auto stream = streams_->Chat(host_.call());
  ASSERT_TRUE(stream.write(sized(8 << 10, "flood", 1000)).ok());
  ASSERT_TRUE(until([&] { return handler_.written > 0; }));
  EXPECT_LE(settled(handler_.written), 8 + 2) << "64 KiB unread, and the one that waits";
  ASSERT_TRUE(stream.end_writing().ok());
  int read = 0;
  while (stream.next()->has_value()) ++read;
  EXPECT_EQ(read, 1000);
}

TEST_P(StreamFlow, AWriterGoesOnAsTheHandlerReads) {
  auto stream = streams_->Collect(host_.call());
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(stream.write(sized(8 << 10)).ok());
  EXPECT_EQ(stream.finish()->number(), 500);
}

// ---- cancellation and deadlines -------------------------------------------------------------------------------------

TEST_P(StreamFlow, CancellingTheCallEndsTheHandlersRead) {
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

TEST_P(StreamFlow, CancellingTheCallEndsTheHandlersWrite) {
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

TEST_P(StreamFlow, CancellingTheCallEndsAWaitingReader) {
  Call& call = host_.call();
  auto stream = streams_->Chat(call);
  TaskGroup group(host_.call());
  auto reading = group.spawn([&](Call&) -> Result<std::optional<Message>> { return stream.next(); });
  ASSERT_TRUE(until([&] { return handler_.begun == 1; }));
  host_.cancel(call);
  EXPECT_EQ(reading.get().code(), Code::cancelled);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
}

TEST_P(StreamFlow, LeavingAStreamCancelsItsHandler) {
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

TEST_P(StreamFlow, LeavingAStreamAtOnceLeavesNothing) {
  { auto stream = streams_->Chat(host_.call()); }
  { auto stream = streams_->Collect(host_.call()); }
  auto stream = streams_->Chat(host_.call());
  ASSERT_TRUE(stream.write(numbered(7)).ok());
  EXPECT_EQ((*stream.next())->number(), 7) << "others go on";
}

TEST_P(StreamFlow, LeavingAStreamAfterItsEndCancelsNothing) {
  {
    auto stream = streams_->Chat(host_.call());
    ASSERT_TRUE(stream.end_writing().ok());
    ASSERT_FALSE(stream.next()->has_value());
  }
  EXPECT_EQ(handler_.ended, -1);
}

TEST_P(StreamFlow, ABranchThatIsCancelledLeavesTheStreamToOthers) {
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

TEST_P(StreamFlow, ABranchThatIsCancelledNeedNotFinishItsWrite) {
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

TEST_P(StreamFlow, TheDeadlineEndsBothSides) {
  auto stream = streams_->Chat(host_.call(milliseconds(20)));
  EXPECT_EQ(stream.next().code(), Code::deadline_exceeded);
  EXPECT_EQ(stream.write(numbered(1)).code(), Code::deadline_exceeded);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
  // Over the wire the caller's reset may come before the handler's own clock says so.
  EXPECT_THAT(handler_.ended.load(), ::testing::AnyOf(static_cast<int>(Code::deadline_exceeded),
                                                      static_cast<int>(Code::cancelled)));
}

TEST_P(StreamFlow, TheDeadlineEndsASuspendedWriter) {
  auto stream = streams_->Collect(host_.call(milliseconds(50)));
  Result<void> written = stream.write(numbered(0, "wait"));
  while (written.ok()) written = stream.write(sized(8 << 10));
  EXPECT_EQ(written.code(), Code::deadline_exceeded);
  EXPECT_EQ(stream.finish().code(), Code::deadline_exceeded);
}

TEST_P(StreamFlow, TheContractsTimeoutIsADeadlineToo) {
  auto stream = streams_->ChatBriefly(host_.call(seconds(60)));
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  EXPECT_TRUE(stream.next().ok());
  EXPECT_EQ(stream.next().code(), Code::deadline_exceeded);
  ASSERT_TRUE(until([&] { return handler_.ended >= 0; }));
}

TEST_P(StreamFlow, WhatIsLateOrCancelledIsNotStarted) {
  auto late = streams_->Chat(host_.call(milliseconds(-1)));
  EXPECT_EQ(late.next().code(), Code::deadline_exceeded);
  Call& call = host_.call();
  host_.cancel(call);
  auto cancelled = streams_->Collect(call);
  EXPECT_EQ(cancelled.finish().code(), Code::cancelled);
  EXPECT_EQ(handler_.begun, 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, StreamFlow, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
