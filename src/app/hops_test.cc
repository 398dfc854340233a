// What becomes of a call's context and of its answer over several processes' worth of hops.

#include <mutex>
#include <vector>

#include "app/test_modes.h"
#include "fiber/call.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/testing.h"
#include "holon/try.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Mode;

/// Calls itself until the number is 1, and notes how long each call had left.
class Recursive final : public probe::v1::Recursive::Service {
 public:
  explicit Recursive(Wiring& wiring) : self_(wiring) {}

  Result<Message> Descend(Call& call, const Message& request) override {
    {
      std::lock_guard lock(mutex);
      left.push_back(call.deadline() - Clock::now());
      priorities.push_back(internal::CallAccess::priority(call));
    }
    if (request.number() <= 1) return end(call, request);
    TRY(sleep(call, milliseconds(2)));
    Message next = request;
    next.set_number(request.number() - 1);
    OutgoingCall out(call);
    out.compress();
    return self_->Descend(out, next);
  }

  std::mutex mutex;
  std::vector<Clock::duration> left;
  std::vector<int> priorities;
  bool came_compressed = false;

 private:
  Result<Message> end(Call& call, const Message& request) {
    came_compressed = call.request_compressed();
    call.compress();
    if (request.text().empty()) return Error(Code::aborted, "stock moved", request.bytes());
    return request;
  }

  Ref<probe::v1::Recursive> self_;
};

class HopsTest : public ::testing::TestWithParam<testing::Way> {
 protected:
  bool remote() const { return GetParam().mode == Mode::remote; }

  testing::Host host_{GetParam().mode, GetParam().loops};
  Ref<probe::v1::Recursive> first_ = host_.serve<Recursive>();
  Recursive& object_ = host_.service<Recursive>();
};

Message request(int hops, std::string text, std::string bytes = {}) {
  Message message;
  message.set_number(hops);
  message.set_text(std::move(text));
  message.set_bytes(std::move(bytes));
  return message;
}

TEST_P(HopsTest, EachHopHasLessTimeThanTheOneBefore) {
  OutgoingCall call(host_.call());
  call.timeout(seconds(5));
  ASSERT_TRUE(first_->Descend(call, request(4, "answer")).ok());
  ASSERT_EQ(object_.left.size(), 4u);
  EXPECT_LE(object_.left.front(), seconds(5));
  EXPECT_GT(object_.left.back(), seconds(4));
  for (std::size_t hop = 1; hop < 4; ++hop) EXPECT_LE(object_.left[hop], object_.left[hop - 1] - milliseconds(2)) << hop;
}

TEST_P(HopsTest, EachHopIsAsUrgentAsTheOneBefore) {
  using internal::Priority;
  for (int priority : {Priority::critical, Priority::normal, Priority::sheddable}) {
    object_.priorities.clear();
    OutgoingCall call(host_.call());
    internal::CallAccess::set_position(call, call.hops(), priority);
    ASSERT_TRUE(first_->Descend(call, request(3, "answer")).ok());
    EXPECT_EQ(object_.priorities, std::vector(3, priority));
  }
}

TEST_P(HopsTest, DetailsArriveUnchangedOverTwoHops) {
  for (std::size_t size : {0u, 1u, 1'000u, 8'000u, 40'000u}) {
    std::string details;
    for (std::size_t i = 0; i < size; ++i) details += static_cast<char>(i * 7);
    Result<Message> reply = first_->Descend(host_.call(), request(3, "", details));
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().to_string(), "ABORTED: stock moved");
    EXPECT_EQ(reply.error().details(), details) << size;
  }
}

TEST_P(HopsTest, CompressedMessagesAreTheSame) {
  const Message sent = request(2, std::string(100'000, 'x'));
  Result<Message> reply = first_->Descend(host_.call(), sent);
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->text(), sent.text());
  EXPECT_EQ(object_.came_compressed, remote());
}

INSTANTIATE_TEST_SUITE_P(Modes, HopsTest, testing::all_ways(), testing::name_of);

}  // namespace
}  // namespace holon
