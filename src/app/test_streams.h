// For tests: a handler of streams that does what it is told, and a fixture that serves it in every mode.
#pragma once

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>

#include "app/test_modes.h"
#include "holon/task.h"
#include "holon/try.h"
#include "testdata/probe.holon.h"

namespace holon::testing {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline Message numbered(int number, std::string text = {}) {
  Message message;
  message.set_number(number);
  message.set_text(std::move(text));
  return message;
}

inline Message sized(std::size_t bytes, std::string text = {}, int number = 1) {
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

class StreamTest : public ::testing::TestWithParam<Way> {
 protected:
  Host host_{GetParam().mode, GetParam().loops};
  Ref<probe::v1::Streams> streams_ = host_.serve<Streams>();
  Streams& handler_ = host_.service<Streams>();
};

}  // namespace holon::testing
