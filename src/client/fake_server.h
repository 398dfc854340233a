// FakeServer: a gRPC server of the tests' own, on a Unix socket and the calling loop, that behaves as badly as it is told.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/link.h"

namespace holon::client {

/// A stream whose process may be stopped: it neither reads nor writes then, and nobody is told.
class StoppableStream final : public env::Stream, private env::Watcher {
 public:
  StoppableStream(std::unique_ptr<env::Stream> stream, const bool& stopped) : stopped_(stopped), stream_(std::move(stream)) {}

  void go_on() {
    if (watcher_ != nullptr) watcher_->ready(true, true);
  }

 private:
  env::Io read(std::span<std::byte> into) override { return stopped_ ? blocked() : stream_->read(into); }
  env::Io write(std::span<const env::Bytes> pieces) override { return stopped_ ? blocked() : stream_->write(pieces); }
  void end_writing() override { stream_->end_writing(); }
  void watch(env::Watcher& watcher) override {
    watcher_ = &watcher;
    stream_->watch(*this);
  }
  std::string peer() const override { return stream_->peer(); }
  int connect_error() override { return stream_->connect_error(); }
  void ready(bool readable, bool writable) override {
    if (!stopped_) watcher_->ready(readable, writable);
  }
  static env::Io blocked() {
    env::Io io;
    io.state = env::IoState::blocked;
    return io;
  }

  const bool& stopped_;
  std::unique_ptr<env::Stream> stream_;
  env::Watcher* watcher_ = nullptr;
};

class FakeServer final : private env::Watcher {
 public:
  /// One connection it has accepted.
  class Peer final : private wire::Http2Events {
   public:
    Peer(FakeServer& server, std::unique_ptr<env::Stream> stream)
        : server_(server),
          stream_(new StoppableStream(std::move(stream), server.stopped_)),
          link_(server.loop_, std::unique_ptr<env::Stream>(stream_), wire::Role::server, server.http2, *this,
                [](const Error&) {}) {}

    bool ended() const { return link_.ended(); }
    std::size_t open() const { return open_.size(); }
    /// Ends the oldest open request well.
    void answer_one() {
      if (open_.empty() || ended()) return;
      wire::StreamId stream = open_.begin()->first;
      open_.erase(open_.begin());
      ++server_.answered;
      std::vector<wire::HeaderView> headers = {{":status", "200"}, {"content-type", "application/grpc"}};
      std::vector<wire::HeaderView> trailers = {{"grpc-status", server_.status}};
      if (!server_.push_back.empty()) trailers.push_back({"grpc-retry-pushback-ms", server_.push_back});
      if (server_.unbegun) trailers.push_back({"holon-unbegun", "1"});
      if (server_.status == "0") {
        link_.session().respond(stream, headers);
        link_.session().send(stream, std::string(5, '\0'), false);  // a message of nothing
        link_.session().trailers(stream, trailers);
      } else {
        headers.insert(headers.end(), trailers.begin(), trailers.end());
        link_.session().respond_and_end(stream, headers);
      }
      link_.touch();
    }
    void refuse_one() {
      if (open_.empty() || ended()) return;
      link_.session().reset(open_.begin()->first, wire::Http2Code::refused_stream);
      open_.erase(open_.begin());
      link_.touch();
    }
    /// Graceful: two GOAWAYs, as a server that drains (without waiting for the client to see the first).
    void drain() {
      if (ended()) return;
      link_.session().goaway(wire::Http2Code::no_error);
      link_.session().goaway(wire::Http2Code::no_error);
      link_.touch();
    }
    void goaway(wire::Http2Code code, std::string_view debug) {
      link_.session().goaway(code, debug);
      link_.touch();
    }
    void close() { link_.close(unavailable("the test closes it")); }
    void go_on() { stream_->go_on(); }

   private:
    void headers(wire::StreamId stream, void*, wire::Headers block, bool end) override {
      server_.earlier_attempts.emplace_back("");
      for (const wire::HeaderView& header : block) {
        if (header.name == "grpc-previous-rpc-attempts") server_.earlier_attempts.back() = header.value;
      }
      if (end) arrived(stream);
    }
    void data(wire::StreamId stream, void*, wire::Bytes bytes, bool end) override {
      link_.session().consumed(stream, bytes.size());
      if (end) arrived(stream);
    }
    void arrived(wire::StreamId stream) {
      ++server_.arrived;
      open_[stream] = true;
      if (!server_.answers) return;
      if (server_.delay.count() == 0) return answer_one();
      late_.start(server_.loop_.now() + server_.delay);
    }
    void reset(wire::StreamId stream, void*, wire::Http2Code) override { open_.erase(stream); }
    void closed(wire::StreamId stream, void*) override { open_.erase(stream); }
    void drained(wire::StreamId, void*) override {}
    void goaway(wire::StreamId, wire::Http2Code, std::string_view) override {}
    void settings() override { link_.greeted(); }

    FakeServer& server_;
    StoppableStream* stream_;  ///< the link's
    std::map<wire::StreamId, bool> open_;
    fiber::Timer late_{[this] { answer_one(); }};  ///< for one call at a time
    wire::Link link_;
  };

  explicit FakeServer(fiber::Loop& loop, const std::string& name)
      : address(*env::Address::parse("unix:" + ::testing::TempDir() + "holon_fake_" + std::to_string(::getpid()) + name)),
        loop_(loop) {}
  ~FakeServer() override {
    stop();
    std::error_code ignored;
    std::filesystem::remove(address.host, ignored);
  }

  void start() {
    auto listener = loop_.reactor().listen(address);
    ASSERT_TRUE(listener.ok()) << listener.error().to_string();
    listener_ = std::move(*listener);
    listener_->watch(*this);
  }
  /// Closes all, and does not listen any more.
  void stop() {
    listener_.reset();
    peers.clear();
    silent_.clear();
  }
  /// As by SIGSTOP, and by SIGCONT.
  void freeze() { stopped_ = true; }
  void thaw() {
    stopped_ = false;
    for (auto& peer : peers) {
      if (!peer->ended()) peer->go_on();
    }
  }
  bool listens() const { return listener_ != nullptr; }
  /// Connections that are not at their end.
  std::size_t connections() const {
    return static_cast<std::size_t>(std::count_if(peers.begin(), peers.end(), [](auto& peer) { return !peer->ended(); }));
  }

  env::Address address;
  bool answers = true;   ///< each request, at once
  std::string status = "0";  ///< what it answers: a gRPC code
  std::string push_back;     ///< and with it, if not empty
  bool unbegun = false;      ///< and that no handler began
  std::vector<std::string> earlier_attempts;  ///< as each request said them
  bool silent = false;   ///< accepts, and says nothing
  env::Duration delay{};  ///< before each answer
  int turns_away = 0;    ///< the next so many connections: closed at once
  wire::Http2Limits http2;
  std::vector<std::unique_ptr<Peer>> peers;
  int accepted = 0;
  int arrived = 0;
  int answered = 0;

 private:
  void ready(bool, bool) override {
    for (;;) {
      auto stream = listener_->accept();
      if (!stream.ok() || *stream == nullptr) return;
      ++accepted;
      if (turns_away > 0) {
        --turns_away;
      } else if (silent) {
        silent_.push_back(std::move(*stream));
      } else {
        peers.push_back(std::make_unique<Peer>(*this, std::move(*stream)));
      }
    }
  }

  fiber::Loop& loop_;
  bool stopped_ = false;
  std::unique_ptr<env::Listener> listener_;
  std::vector<std::unique_ptr<env::Stream>> silent_;
};

}  // namespace holon::client
