#include "wire/http1_link.h"

#include <cstring>

#include "fiber/waiter.h"

namespace holon::wire {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::StartsWith;

/// What a stream and its test see of each other.
struct Wire {
  env::Watcher* watcher = nullptr;
  std::string incoming;
  std::string written;
  std::size_t room = SIZE_MAX;
  int writes = 0;
  bool peer_ended = false;
  bool ended = false;
};

/// A byte stream in memory that takes `room` bytes before it blocks.
class MemoryStream final : public env::Stream {
 public:
  explicit MemoryStream(Wire& wire) : wire_(wire) {}
  env::Io read(std::span<std::byte> into) override {
    if (wire_.incoming.empty()) return {0, wire_.peer_ended ? env::IoState::ended : env::IoState::blocked, 0};
    std::size_t size = std::min(into.size(), wire_.incoming.size());
    std::memcpy(into.data(), wire_.incoming.data(), size);
    wire_.incoming.erase(0, size);
    return {size, env::IoState::done, 0};
  }
  env::Io write(std::span<const env::Bytes> pieces) override {
    ++wire_.writes;
    std::size_t size = std::min(pieces[0].size(), wire_.room);
    if (size == 0) return {0, env::IoState::blocked, 0};
    wire_.room -= size;
    wire_.written.append(reinterpret_cast<const char*>(pieces[0].data()), size);
    return {size, env::IoState::done, 0};
  }
  void end_writing() override { wire_.ended = true; }
  void watch(env::Watcher& to) override { wire_.watcher = &to; }
  std::string peer() const override { return "memory"; }
  int connect_error() override { return 0; }

 private:
  Wire& wire_;
};

/// Answers each request when it is complete, or keeps it, as a call would.
class Owner final : public Http1LinkEvents {
 public:
  Http1Link* link = nullptr;
  bool keeps = false;
  int requests = 0;
  int wrotes = 0;
  int ends = 0;
  int stalls = 0;
  bool peer_ended_told = false;
  std::string refusal;
  std::string body;

  void request_head(const Http1Request&) override {}
  void request_body(Bytes bytes) override { body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  void request_end() override {
    ++requests;
    keeps ? link->busy(true) : answer("done");
  }
  bool refused(const HttpRule& rule) override {
    refusal = rule.name;
    return false;
  }
  void stalled() override { ++stalls; }
  void peer_ended() override { peer_ended_told = true; }
  void wrote() override { ++wrotes; }
  void ended() override { ++ends; }

  void answer(std::string_view body) {
    EXPECT_TRUE(link->http().respond(200, {}, body).ok());
    link->busy(false);
  }
};

class Http1LinkTest : public testing::Test {
 protected:
  void begin(std::string first = {}, const Http1Times& times = {}) {
    link_ = std::make_unique<Http1Link>(loop_, std::make_unique<MemoryStream>(wire_), Http1Limits(), times, owner_,
                                        std::move(first));
    owner_.link = link_.get();
    turn();
  }
  void arrive(std::string_view text) {
    wire_.incoming += text;
    wire_.watcher->ready(true, false);
    turn();
  }
  void turn(env::Duration duration = milliseconds(1)) {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + duration);
  }
  void until_ended() {
    const env::Time deadline = env::os().now() + std::chrono::seconds(10);
    while (owner_.ends == 0) {
      ASSERT_LT(env::os().now(), deadline);
      turn();
    }
  }

  const std::string get_ = "GET /a HTTP/1.1\r\nHost: shop\r\n\r\n";
  const std::string post_ = "POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n";
  fiber::Loop loop_{env::os(), 0};
  Wire wire_;
  Owner owner_;
  std::unique_ptr<Http1Link> link_;
};

TEST_F(Http1LinkTest, WhatWasReadBeforeComesFirst) {
  begin(get_.substr(0, 7));
  EXPECT_EQ(owner_.requests, 0);
  arrive(get_.substr(7));
  EXPECT_EQ(owner_.requests, 1);
  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(wire_.written, EndsWith("done"));
}

TEST_F(Http1LinkTest, RequestsThatCameTogetherAreAnsweredInOrderByOneWriteEach) {
  begin();
  arrive(get_ + post_ + "hello" + get_);
  EXPECT_EQ(owner_.requests, 3);
  EXPECT_LE(wire_.writes, 3);
  EXPECT_EQ(owner_.ends, 0);
}

TEST_F(Http1LinkTest, APeerThatClosesWhileACallIsUnderWayEndsIt) {
  owner_.keeps = true;
  begin(get_);
  EXPECT_EQ(owner_.requests, 1);
  EXPECT_EQ(owner_.ends, 0);
  wire_.peer_ended = true;
  wire_.watcher->ready(true, false);
  turn();
  EXPECT_EQ(owner_.ends, 1);
}

TEST_F(Http1LinkTest, APeerThatClosesBehindItsRequestGetsItsAnswer) {
  begin();
  wire_.peer_ended = true;
  arrive(get_);
  EXPECT_THAT(wire_.written, EndsWith("done"));
  EXPECT_EQ(owner_.ends, 1);
}

TEST_F(Http1LinkTest, AReaderThatTakesNothingIsToldOfAndHoldsTheNextRequestBack) {
  begin();
  wire_.room = 10;
  owner_.keeps = true;
  arrive(get_);
  owner_.answer(std::string(300'000, 'x'));
  turn();
  const std::size_t left = link_->unsent();
  EXPECT_GT(left, 300'000u);
  arrive(get_);
  EXPECT_EQ(owner_.requests, 1);
  owner_.keeps = false;
  wire_.room = SIZE_MAX;
  wire_.watcher->ready(false, true);
  turn();
  EXPECT_GE(owner_.wrotes, 1);
  EXPECT_EQ(owner_.requests, 2);
  EXPECT_THAT(wire_.written, EndsWith("done"));
}

TEST_F(Http1LinkTest, APausedPeerIsNotRead) {
  begin(post_);
  link_->pause(true);
  turn();
  arrive("hello");
  EXPECT_EQ(owner_.requests, 0);
  link_->pause(false);
  turn();
  EXPECT_EQ(owner_.requests, 1);
}

TEST_F(Http1LinkTest, TheLastAnswerArrivesBeforeTheEnd) {
  begin();
  link_->drain();
  turn();
  EXPECT_TRUE(wire_.ended);   // our direction
  EXPECT_EQ(owner_.ends, 0);  // until the peer has closed too
  wire_.peer_ended = true;
  wire_.watcher->ready(true, false);
  turn();
  EXPECT_EQ(owner_.ends, 1);
}

TEST_F(Http1LinkTest, ASlowHeadIsLeft) {
  begin("GET /a", {.head_time = milliseconds(20), .linger_time = milliseconds(20)});
  until_ended();
  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(owner_.refusal, "http1.slow_head");
}

TEST_F(Http1LinkTest, ACallMayTakeItsTimeAndAnIdlePeerMayNot) {
  owner_.keeps = true;
  const Http1Times brief{.head_time = milliseconds(20), .idle_time = milliseconds(20)};
  begin(get_, brief);
  turn(milliseconds(60));
  EXPECT_EQ(owner_.ends, 0);
  owner_.answer("done");
  until_ended();
  EXPECT_THAT(wire_.written, EndsWith("done"));
}

TEST_F(Http1LinkTest, WhoseRequestsAreAnsweredAtOnceIsNotIdle) {
  begin(get_, {.idle_time = milliseconds(60)});
  for (int i = 0; i < 20; ++i) {
    turn(milliseconds(10));
    arrive(get_);
    ASSERT_EQ(owner_.ends, 0) << i;
  }
  until_ended();
  EXPECT_EQ(owner_.requests, 21);
}

TEST_F(Http1LinkTest, AReaderThatTakesNothingIsLeft) {
  begin("", {.write_time = milliseconds(20)});
  wire_.room = 10;
  arrive(get_);
  until_ended();
  EXPECT_EQ(wire_.written.size(), 10u);
  EXPECT_EQ(owner_.stalls, 1);
}

TEST_F(Http1LinkTest, AnotherProtocolGoesBothWaysUntilBothHaveEnded) {
  owner_.keeps = true;
  begin("GET /a HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly ");
  ASSERT_TRUE(link_->http().switch_protocols({}).ok());
  link_->touch();
  turn();
  EXPECT_EQ(owner_.body, "early ");
  arrive("GET / \r\nbytes");
  EXPECT_EQ(owner_.body, "early GET / \r\nbytes");
  link_->http().write("anything");
  link_->touch();
  turn();
  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"));
  EXPECT_THAT(wire_.written, EndsWith("anything"));
  wire_.peer_ended = true;
  wire_.watcher->ready(true, false);
  turn();
  EXPECT_TRUE(owner_.peer_ended_told);
  EXPECT_EQ(owner_.ends, 0) << "there may still be something to say";
  link_->http().end();
  link_->busy(false);
  turn();
  EXPECT_EQ(owner_.ends, 1);
}

}  // namespace
}  // namespace holon::wire
