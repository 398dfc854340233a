#include "env/reactor.h"

#include <thread>

#include "env/cycles.h"

namespace holon::env {
namespace {

using std::chrono::seconds;

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

struct Seen : Watcher {
  void ready(bool r, bool w) override {
    readable |= r;
    writable |= w;
  }
  bool readable = false;
  bool writable = false;
};

class ReactorTest : public testing::TestWithParam<const char*> {
 protected:
  template <class Condition>
  bool wait_for(Condition condition) {
    Time until = os().now() + seconds(5);
    while (!condition() && os().now() < until) reactor_->wait(until);
    return condition();
  }

  Address place() {
    if (std::string_view(GetParam()) == "tcp") return *Address::parse("127.0.0.1:0");
    return *Address::parse("unix:" + testing::TempDir() + "reactor_test.sock");
  }

  std::unique_ptr<Reactor> reactor_ = os().make_reactor();
};

TEST_P(ReactorTest, CarriesBytesBothWaysAndTellsTheEnd) {
  auto listener = reactor_->listen(place());
  ASSERT_TRUE(listener.ok()) << listener.error().to_string();
  Seen incoming, ours, theirs;
  (*listener)->watch(incoming);
  auto near = reactor_->connect((*listener)->address());
  ASSERT_TRUE(near.ok()) << near.error().to_string();
  (*near)->watch(ours);
  ASSERT_TRUE(wait_for([&] { return incoming.readable && ours.writable; }));
  std::unique_ptr<Stream> far = std::move(*(*listener)->accept());
  ASSERT_NE(far, nullptr);
  far->watch(theirs);
  EXPECT_EQ((*(*listener)->accept()), nullptr);

  Bytes pieces[] = {bytes_of("hello "), bytes_of("world")};
  EXPECT_EQ((*near)->write(pieces).bytes, 11u);
  ASSERT_TRUE(wait_for([&] { return theirs.readable; }));
  std::byte buffer[64];
  Io io = far->read(buffer);
  EXPECT_EQ(std::string_view(reinterpret_cast<char*>(buffer), io.bytes), "hello world");
  EXPECT_EQ(far->read(buffer).state, IoState::blocked);

  theirs.readable = false;
  near->reset();
  ASSERT_TRUE(wait_for([&] { return theirs.readable; }));
  EXPECT_EQ(far->read(buffer).state, IoState::ended);
}

TEST_P(ReactorTest, NamesATakenPlace) {
  auto first = reactor_->listen(place());
  ASSERT_TRUE(first.ok());
  auto second = reactor_->listen((*first)->address());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.code(), Code::already_exists);
}

TEST_P(ReactorTest, TheEndThatComesWithTheLastBytesIsRead) {
  auto listener = reactor_->listen(place());
  ASSERT_TRUE(listener.ok());
  Seen incoming, theirs;
  (*listener)->watch(incoming);
  auto near = reactor_->connect((*listener)->address());
  ASSERT_TRUE(near.ok() && wait_for([&] { return incoming.readable; }));
  std::unique_ptr<Stream> far = std::move(*(*listener)->accept());
  far->watch(theirs);
  Bytes word = bytes_of("bye");
  (*near)->write({&word, 1});
  near->reset();  // both before the reactor looks again: one edge
  ASSERT_TRUE(wait_for([&] { return theirs.readable; }));
  std::byte buffer[64];
  Io io = far->read(buffer);
  EXPECT_EQ(io.bytes, 3u);
  ASSERT_TRUE(io.more);
  EXPECT_EQ(far->read(buffer).state, IoState::ended);
}

INSTANTIATE_TEST_SUITE_P(Sockets, ReactorTest, testing::Values("tcp", "unix"),
                         [](auto& info) { return std::string(info.param); });

TEST(Reactor, ReplacesAStaleSocketFile) {
  auto reactor = os().make_reactor();
  Address place = *Address::parse("unix:" + testing::TempDir() + "stale_test.sock");
  ASSERT_TRUE(reactor->listen(place).ok());  // gone at once; its file stays
  EXPECT_TRUE(reactor->listen(place).ok());
}

TEST(Reactor, AnAdoptedListenerTakesPart) {
  auto one = os().make_reactor();
  auto two = os().make_reactor();
  auto first = one->listen(*Address::parse("127.0.0.1:0"));
  auto second = two->adopt((*first)->descriptor());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ((*second)->address().port, (*first)->address().port);
  first->reset();
  Seen incoming;
  (*second)->watch(incoming);
  auto stream = two->connect((*second)->address());
  Time until = os().now() + seconds(5);
  while (!incoming.readable && os().now() < until) two->wait(until);
  EXPECT_NE(*(*second)->accept(), nullptr);
  EXPECT_FALSE(two->adopt(0).ok());
}

TEST(Reactor, WakesFromAnotherThread) {
  auto reactor = os().make_reactor();
  std::thread other([&] { reactor->wake(); });
  Time before = os().now();
  reactor->wait(before + seconds(60));
  EXPECT_LT(os().now() - before, seconds(30));
  other.join();
}

TEST(Reactor, WaitsUntilItsTime) {
  auto reactor = os().make_reactor();
  Time until = os().now() + std::chrono::milliseconds(20);
  while (os().now() < until) EXPECT_EQ(reactor->wait(until), 0);
  EXPECT_GE(os().now(), until);
}

TEST(Cycles, FollowTheMonotonicClock) {
  recalibrate_cycles();
  Time before = os().now();
  Time between = time_of_cycles(cycles());
  Time after = os().now();
  EXPECT_GE(between, before - std::chrono::milliseconds(1));
  EXPECT_LE(between, after + std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace holon::env
