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

class FakeServer final : private env::Watcher {
 public:
  /// One connection it has accepted.
  class Peer final : private wire::Http2Events {
   public:
    Peer(FakeServer& server, std::unique_ptr<env::Stream> stream)
        : server_(server),
          link_(server.loop_, std::move(stream), wire::Role::server, server.http2, *this, [](const Error&) {}) {}

    bool ended() const { return link_.ended(); }
    std::size_t open() const { return open_.size(); }
    /// Ends the oldest open request well.
    void answer_one() {
      if (open_.empty() || ended()) return;
      wire::StreamId stream = open_.begin()->first;
      open_.erase(open_.begin());
      ++server_.answered;
      const wire::HeaderView headers[] = {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", "0"}};
      link_.session().respond_and_end(stream, headers);
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

   private:
    void headers(wire::StreamId stream, void*, wire::Headers, bool end) override {
      if (end) arrived(stream);
    }
    void data(wire::StreamId stream, void*, wire::Bytes bytes, bool end) override {
      link_.session().consumed(stream, bytes.size());
      if (end) arrived(stream);
    }
    void arrived(wire::StreamId stream) {
      ++server_.arrived;
      open_[stream] = true;
      if (server_.answers) answer_one();
    }
    void reset(wire::StreamId stream, void*, wire::Http2Code) override { open_.erase(stream); }
    void closed(wire::StreamId stream, void*) override { open_.erase(stream); }
    void drained(wire::StreamId, void*) override {}
    void goaway(wire::StreamId, wire::Http2Code, std::string_view) override {}
    void settings() override { link_.greeted(); }

    FakeServer& server_;
    std::map<wire::StreamId, bool> open_;
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
  bool listens() const { return listener_ != nullptr; }
  /// Connections that are not at their end.
  std::size_t connections() const {
    return static_cast<std::size_t>(std::count_if(peers.begin(), peers.end(), [](auto& peer) { return !peer->ended(); }));
  }

  env::Address address;
  bool answers = true;   ///< each request, at once
  bool silent = false;   ///< accepts, and says nothing
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
  std::unique_ptr<env::Listener> listener_;
  std::vector<std::unique_ptr<env::Stream>> silent_;
};

}  // namespace holon::client
