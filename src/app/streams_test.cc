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
      if (message->text() == "fail") return data_loss("the tape broke");
      if (message->text() == "wait") TRY(seen(wait_for_end(call)));
      sum += message->number();
    }
    return numbered(sum);
  }

  Result<void> Chat(Call& call, Reader<Message>& in, Writer<Message>& out) override { return chat(call, in, out); }
  Result<void> ChatBriefly(Call& call, Reader<Message>& in, Writer<Message>& out) override { return chat(call, in, out); }

  Result<void> Send(Call& call, const Message& request, Writer<Message>& out) override {
    call.response_metadata().add("x-before", "1");
    call.response_trailers().add("x-after-bin", std::string("\0\xff", 2));
    for (int i = 0; i < request.number(); ++i) TRY(out.write(numbered(i)));
    if (request.text() == "fail") return data_loss("the tape broke");
    return {};
  }

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
      if (message->text() == "fail") return data_loss("the tape broke");
      if (message->text() == "wait") TRY(seen(wait_for_end(call)));
      int times = message->text() == "flood" ? message->number() : 1;
      for (int i = 0; i < times; ++i) {
        ++written;
        TRY(seen(out.write(*message)));
      }
    }
    return {};
  }

  Result<void> wait_for_end(Call& call) {
    ++waiting;
    return sleep(call, seconds(60));
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

INSTANTIATE_TEST_SUITE_P(Modes, StreamTest, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
