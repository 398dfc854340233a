#include "wire/link.h"

#include <cerrno>
#include <cstring>

#include "fiber/waiter.h"

namespace holon::wire {
namespace {

/// A byte stream in memory that counts what is asked of it, and takes `room` bytes before it blocks.
class CountingStream final : public env::Stream {
 public:
  env::Io read(std::span<std::byte> into) override {
    if (incoming.empty()) return {0, ended ? env::IoState::ended : env::IoState::blocked, 0};
    std::size_t size = std::min(into.size(), incoming.size());
    std::memcpy(into.data(), incoming.data(), size);
    incoming.erase(0, size);
    return {size, env::IoState::done, 0};
  }
  env::Io write(std::span<const env::Bytes> pieces) override {
    ++writes;
    std::size_t size = std::min(pieces[0].size(), room);
    if (size == 0) return {0, env::IoState::blocked, 0};
    room -= size;
    written.append(reinterpret_cast<const char*>(pieces[0].data()), size);
    return {size, env::IoState::done, 0};
  }
  void end_writing() override {}
  void watch(env::Watcher& to) override { watcher = &to; }
  std::string peer() const override { return "memory"; }
  int connect_error() override { return error; }

  env::Watcher* watcher = nullptr;
  std::string incoming;
  std::string written;
  std::size_t room = SIZE_MAX;
  int writes = 0;
  int error = 0;
  bool ended = false;
};

struct Ignore : Http2Events {
  void headers(StreamId, void*, Headers, bool) override {}
  void data(StreamId, void*, Bytes, bool) override {}
  void reset(StreamId, void*, Http2Code) override { ++resets; }
  void closed(StreamId, void*) override {}
  void drained(StreamId, void*) override {}
  void goaway(StreamId, Http2Code, std::string_view) override {}
  void refused(std::string_view rule) override { refusals.emplace_back(rule); }
  int resets = 0;
  std::vector<std::string> refusals;
};

class LinkTest : public testing::Test {
 protected:
  LinkTest() { connect({}); }
  void connect(const LinkTimes& times) {
    auto stream = std::make_unique<CountingStream>();
    stream_ = stream.get();
    link_ = std::make_unique<Link>(loop_, std::move(stream), Role::client, Http2Limits(), events_,
                                   [this](const Error& why) { ended_ = why.message(); }, times);
  }
  void open_streams(int count) {
    const HeaderView headers[] = {
        {":method", "POST"}, {":scheme", "http"}, {":path", "/a.B/C"}, {":authority", "localhost"}};
    for (int i = 0; i < count; ++i) {
      StreamId stream = link_->session().open(headers, false, this);
      ASSERT_NE(stream, 0);
      link_->session().send(stream, "hello", true);
      link_->touch();
    }
  }
  void turn() {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + std::chrono::milliseconds(1));
  }

  fiber::Loop loop_{env::os(), 0};
  Ignore events_;
  CountingStream* stream_;
  std::string ended_;
  std::unique_ptr<Link> link_;
};

TEST_F(LinkTest, WritesOncePerTurnWhateverGathered) {
  stream_->watcher->ready(false, true);
  turn();
  int before = stream_->writes;
  open_streams(50);
  EXPECT_EQ(stream_->writes, before);
  turn();
  EXPECT_EQ(stream_->writes, before + 1);
}

TEST_F(LinkTest, WaitsUntilItsStreamIsConnected) {
  open_streams(1);
  turn();
  EXPECT_EQ(stream_->writes, 0);
  stream_->watcher->ready(false, true);
  turn();
  EXPECT_GT(stream_->written.size(), 24u);
  EXPECT_TRUE(stream_->written.starts_with("PRI * HTTP/2.0"));
}

TEST_F(LinkTest, GoesOnWhereAFullStreamStopped) {
  stream_->room = 10;
  stream_->watcher->ready(false, true);
  open_streams(3);
  turn();
  EXPECT_EQ(stream_->written.size(), 10u);
  int writes = stream_->writes;
  turn();
  EXPECT_EQ(stream_->writes, writes) << "it asked again without being told that there is room";
  stream_->room = SIZE_MAX;
  stream_->watcher->ready(false, true);
  turn();
  EXPECT_GT(stream_->written.size(), 10u);
  EXPECT_TRUE(stream_->written.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
}

TEST_F(LinkTest, TellsWhyItEndedAndResetsItsStreams) {
  stream_->watcher->ready(false, true);
  open_streams(2);
  stream_->ended = true;
  stream_->watcher->ready(true, false);
  EXPECT_EQ(ended_, "the peer closed the connection");
  EXPECT_EQ(events_.resets, 2);
}

TEST_F(LinkTest, AFailedConnectIsTold) {
  stream_->error = ECONNREFUSED;
  stream_->watcher->ready(true, true);
  EXPECT_THAT(ended_, testing::HasSubstr("cannot connect"));
}

class LinkTimesTest : public LinkTest {
 protected:
  /// All limits are `never` but for what `set` sets.
  template <class F>
  void with(F set) {
    LinkTimes times;
    times.preface_time = times.frame_time = times.write_time = never;
    set(times);
    connect(times);
    stream_->watcher->ready(false, true);
  }
  void wait_for_the_end() {
    auto until = env::os().now() + std::chrono::seconds(10);
    while (ended_.empty() && env::os().now() < until) turn();
  }
};

TEST_F(LinkTimesTest, APeerThatDoesNotGreetIsLeft) {
  with([](LinkTimes& times) { times.preface_time = std::chrono::milliseconds(5); });
  wait_for_the_end();
  EXPECT_THAT(ended_, testing::HasSubstr("preface_timeout"));
  EXPECT_THAT(events_.refusals, testing::ElementsAre("preface_timeout"));
  EXPECT_THAT(stream_->written, testing::HasSubstr("preface_timeout")) << "the GOAWAY that says why";
}

TEST_F(LinkTimesTest, APeerThatTakesNothingIsLeft) {
  with([](LinkTimes& times) { times.write_time = std::chrono::milliseconds(5); });
  stream_->room = 10;
  open_streams(1);
  wait_for_the_end();
  EXPECT_THAT(ended_, testing::HasSubstr("slow_reader"));
  EXPECT_EQ(events_.resets, 1);
}

TEST_F(LinkTimesTest, APeerThatDoesNotFinishAFrameIsLeftHoweverBusyItIs) {
  with([](LinkTimes& times) { times.frame_time = std::chrono::milliseconds(30); });
  open_streams(1);
  stream_->incoming = std::string("\0\0\0\4\0\0\0\0\0" "\0\x40\0\0\0\0\0\0\1", 18);  // SETTINGS, then a header of DATA
  auto until = env::os().now() + std::chrono::seconds(10);
  while (ended_.empty() && env::os().now() < until) {
    stream_->incoming += 'x';  // a byte at a time
    stream_->watcher->ready(true, false);
    turn();
  }
  EXPECT_THAT(ended_, testing::HasSubstr("slow_writer"));
  EXPECT_EQ(events_.resets, 1);
}

TEST_F(LinkTimesTest, APeerThatAnswersNoPingIsLeft) {
  with([](LinkTimes& times) {
    times.keepalive_time = std::chrono::milliseconds(5);
    times.keepalive_timeout = std::chrono::milliseconds(20);
  });
  link_->greeted();
  open_streams(1);
  wait_for_the_end();
  EXPECT_THAT(ended_, testing::HasSubstr("keepalive_timeout"));
  const std::string_view ping("\0\0\x8\6\0", 5);
  EXPECT_THAT(stream_->written, testing::HasSubstr(ping));
}

TEST_F(LinkTimesTest, AnyByteIsASignOfLife) {
  with([](LinkTimes& times) {
    times.keepalive_time = std::chrono::milliseconds(5);
    times.keepalive_timeout = std::chrono::milliseconds(40);
  });
  link_->greeted();
  open_streams(1);
  const std::string_view settings("\0\0\0\4\0\0\0\0\0", 9);
  stream_->incoming = settings;
  stream_->watcher->ready(true, false);
  auto until = env::os().now() + std::chrono::milliseconds(150);
  while (env::os().now() < until) {
    stream_->incoming = std::string("\0\0\4\x8\0\0\0\0\0\0\0\0\1", 13);  // WINDOW_UPDATE
    stream_->watcher->ready(true, false);
    turn();
  }
  EXPECT_EQ(ended_, "");
}

TEST_F(LinkTest, APeerThatSpeaksTlsIsNamed) {
  stream_->watcher->ready(false, true);
  stream_->incoming = std::string("\x15\x03\x01\0\x02\x02\x46", 7);
  stream_->watcher->ready(true, false);
  EXPECT_THAT(ended_, testing::HasSubstr("tls:HOST:PORT"));
}

TEST_F(LinkTest, APeerThatSpeaksNoHttp2IsLeft) {
  stream_->watcher->ready(false, true);
  stream_->incoming = "HTTP/1.1 400 Bad Request\r\n\r\n";
  stream_->watcher->ready(true, false);
  EXPECT_FALSE(ended_.empty());
}

}  // namespace
}  // namespace holon::wire
