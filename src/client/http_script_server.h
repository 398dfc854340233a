// ScriptServer: an HTTP server of the tests' own, on the calling loop, that says byte by byte what it is told, however wrong.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/tls.h"
#include "env/reactor.h"
#include "fiber/loop.h"
#include "fiber/waiter.h"

namespace holon::client {

class ScriptServer final : private env::Watcher {
 public:
  /// One connection it has accepted, for the script's fiber.
  class Peer final : private env::Watcher {
   public:
    explicit Peer(std::unique_ptr<env::Stream> stream) : stream_(std::move(stream)) { stream_->watch(*this); }

    /// The next head with its blank line, or what came before the client closed.
    std::string head() { return until("\r\n\r\n"); }
    std::string until(std::string_view end) {
      std::size_t at = 0;
      while ((at = input_.find(end)) == std::string::npos && !ended_) fill();
      return take(at == std::string::npos ? input_.size() : at + end.size());
    }
    std::string exactly(std::size_t bytes) {
      while (input_.size() < bytes && !ended_) fill();
      return take(std::min(bytes, input_.size()));
    }
    void say(std::string_view text) {
      while (!text.empty() && !broken_) {
        const env::Bytes bytes = std::as_bytes(std::span(text));
        const env::Io io = stream_->write({&bytes, 1});
        if (io.state == env::IoState::failed) broken_ = true;
        text.remove_prefix(io.bytes);
        if (io.state == env::IoState::blocked) wait();
      }
    }
    void say_whole(std::string_view body) {
      say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    }
    /// Until the client closes.
    void wait_for_end() {
      while (!ended_) {
        input_.clear();
        fill();
      }
    }
    void end_writing() { stream_->end_writing(); }
    /// Nothing comes any more, and nothing is taken: the script comes to its end.
    void cut() {
      ended_ = broken_ = true;
      waiter_.wake();
    }
    bool ended() const { return ended_; }
    /// Whether the client takes no more.
    bool broken() const { return broken_; }

   private:
    void ready(bool, bool) override { waiter_.wake(); }
    void wait() {
      if (waiter_.wait(env::os().now() + std::chrono::seconds(20)) != fiber::Wake::woken) ended_ = broken_ = true;
    }
    void fill() {
      std::byte buffer[16 << 10];
      const env::Io io = stream_->read(buffer);
      if (io.state == env::IoState::done) input_.append(reinterpret_cast<const char*>(buffer), io.bytes);
      if (io.state == env::IoState::blocked) wait();
      if (io.state == env::IoState::ended || io.state == env::IoState::failed) ended_ = true;
    }
    std::string take(std::size_t bytes) {
      std::string out = input_.substr(0, bytes);
      input_.erase(0, bytes);
      return out;
    }

    std::unique_ptr<env::Stream> stream_;
    fiber::Waiter waiter_;
    std::string input_;
    bool ended_ = false;
    bool broken_ = false;
  };

  /// @param script  what it does with each connection, which closes when this returns
  /// @param tls     if given, it speaks TLS, at a port of 127.0.0.1 instead of a Unix socket
  ScriptServer(fiber::Loop& loop, std::function<void(Peer&)> script, std::shared_ptr<crypto::ServerTls> tls = {})
      : loop_(loop),
        path_(::testing::TempDir() + "holon_script_" + std::to_string(::getpid()) + "_" + std::to_string(next_++)),
        tls_(std::move(tls)) {
    script_ = std::make_shared<std::function<void(Peer&)>>(std::move(script));
    const env::Address socket{env::Address::Kind::unix_path, path_, 0};
    const env::Address port{env::Address::Kind::ip, "127.0.0.1", 0};
    auto listener = loop.reactor().listen(tls_ != nullptr ? port : socket);
    if (!listener.ok()) ADD_FAILURE() << listener.error().to_string();
    listener_ = std::move(*listener);
    listener_->watch(*this);
  }
  ~ScriptServer() override {
    stop();
    for (const auto& each : peers_) {
      if (const auto peer = each.lock()) peer->cut();
    }
    while (open > 0 && returned_.wait(env::os().now() + std::chrono::seconds(20)) == fiber::Wake::woken) {
    }
    EXPECT_EQ(open, 0) << "a script did not return";
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  /// Takes no connections any more; those there go on.
  void stop() { listener_.reset(); }
  std::string url() const {
    return tls_ != nullptr ? "https://localhost:" + std::to_string(listener_->address().port) : "http+unix:" + path_;
  }

  int accepted = 0;
  int open = 0;  ///< scripts that have not returned

 private:
  void ready(bool, bool) override {
    for (;;) {
      auto stream = listener_->accept();
      if (!stream.ok() || *stream == nullptr) return;
      ++accepted;
      ++open;
      if (tls_ != nullptr) *stream = tls_->secure(std::move(*stream));
      auto peer = std::make_shared<Peer>(std::move(*stream));
      peers_.push_back(peer);
      loop_.spawn([this, peer, script = script_] {
        (*script)(*peer);
        --open;
        returned_.wake();
      });
    }
  }

  static inline int next_ = 0;
  fiber::Loop& loop_;
  std::string path_;
  std::shared_ptr<crypto::ServerTls> tls_;
  std::shared_ptr<std::function<void(Peer&)>> script_;
  std::unique_ptr<env::Listener> listener_;
  std::vector<std::weak_ptr<Peer>> peers_;
  fiber::Waiter returned_;  ///< a script has
};

}  // namespace holon::client
