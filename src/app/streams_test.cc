// Streams of every kind, what they carry and how they end: one suite, run local, strict and remote.

#include <vector>

#include "app/test_streams.h"

namespace holon {
namespace {

using probe::v1::Message;
using testing::numbered;
using testing::sized;
using testing::until;

class Streams : public testing::StreamTest {};

TEST_P(Streams, ManyRequestsGetOneReply) {
  auto stream = streams_->Collect(host_.call());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(stream.write(numbered(i)).ok());
  Result<Message> sum = stream.finish();
  ASSERT_TRUE(sum.ok()) << sum.error().to_string();
  EXPECT_EQ(sum->number(), 4950);
  EXPECT_EQ(host_.calls("probe.v1.Streams/Collect"), 1u);
}

TEST_P(Streams, NoRequestAtAllIsAStreamToo) {
  auto collect = streams_->Collect(host_.call());
  EXPECT_EQ(collect.finish()->number(), 0);
  auto chat = streams_->Chat(host_.call());
  EXPECT_TRUE(chat.end_writing().ok());
  EXPECT_FALSE(chat.next()->has_value());
}

TEST_P(Streams, RequestsAndRepliesGoToAndFro) {
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

TEST_P(Streams, OneFiberWritesWhileAnotherReads) {
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

TEST_P(Streams, ManyStreamsAtOnce) {
  TaskGroup group(host_.call());
  std::vector<Task<int>> tasks;
  for (int i = 0; i < testing::streams_at_once; ++i) {
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
  for (int i = 0; i < testing::streams_at_once; ++i) {
    Result<int> sum = tasks[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(sum.ok()) << sum.error().to_string();
    EXPECT_EQ(*sum, 10 * i);
  }
}

TEST_P(Streams, AMessageLargerThanTheWindowGoesThrough) {
  auto stream = streams_->Chat(host_.call());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(stream.write(sized(3 << 20)).ok());
    Result<std::optional<Message>> reply = stream.next();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ((*reply)->bytes().size(), std::size_t{3 << 20});
  }
}

TEST_P(Streams, AMessageOverFourMebibytesIsRefusedWhereItIsSerialisedAndTheStreamGoesOn) {
  auto stream = streams_->Collect(host_.call());
  bool local = GetParam().mode == testing::Mode::local;
  EXPECT_EQ(stream.write(sized(5 << 20)).code(), local ? Code::ok : Code::resource_exhausted);
  ASSERT_TRUE(stream.write(numbered(7)).ok());
  EXPECT_EQ(stream.finish()->number(), local ? 8 : 7);
}

// ---- ends -----------------------------------------------------------------------------------------------------------

TEST_P(Streams, AHandlerMayAnswerBeforeItsRequestsEnd) {
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

TEST_P(Streams, WhatWasSentBeforeAnEarlyEndIsRead) {
  auto stream = streams_->Chat(host_.call());
  ASSERT_TRUE(stream.write(numbered(1)).ok());
  ASSERT_TRUE(stream.write(numbered(0, "answer")).ok());
  ASSERT_TRUE(until([&] { return !stream.write(sized(8 << 10)).ok(); }));
  EXPECT_TRUE(stream.end_writing().ok());
  EXPECT_EQ((*stream.next())->number(), 1);
  EXPECT_FALSE(stream.next()->has_value());
}

TEST_P(Streams, AnEarlyEndWakesASuspendedWriter) {
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

TEST_P(Streams, AnErrorBeforeAnyMessageIsWhatEverythingGives) {
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

TEST_P(Streams, AnErrorComesAfterTheMessagesBeforeIt) {
  auto stream = streams_->Chat(host_.call());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(stream.write(numbered(i)).ok());
  ASSERT_TRUE(stream.write(numbered(0, "fail")).ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ((*stream.next())->number(), i);
  Result<std::optional<Message>> end = stream.next();
  EXPECT_EQ(end.code(), Code::data_loss);
  EXPECT_EQ(end.error().message(), "the tape broke");
}

TEST_P(Streams, AnExceptionIsInternal) {
  auto collect = streams_->Collect(host_.call());
  ASSERT_TRUE(collect.write(numbered(0, "throw")).ok());
  EXPECT_EQ(collect.finish().code(), Code::internal);
  auto chat = streams_->Chat(host_.call());
  ASSERT_TRUE(chat.write(numbered(0, "throw")).ok());
  EXPECT_EQ(chat.next().code(), Code::internal);
}

TEST_P(Streams, NothingIsWrittenAfterTheEndOfWriting) {
  auto stream = streams_->Chat(host_.call());
  EXPECT_TRUE(stream.end_writing().ok());
  EXPECT_TRUE(stream.end_writing().ok()) << "again is the same as once";
  EXPECT_EQ(stream.write(numbered(1)).code(), Code::failed_precondition);
  EXPECT_FALSE(stream.next()->has_value());
}

INSTANTIATE_TEST_SUITE_P(Modes, Streams, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
