// RawClient: one end of a connection that says just the bytes it is told to. For tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "wire/http2_raw.h"

namespace holon::server {

/// A client that reads all that comes, and sends nothing by itself.
class RawClient {
 public:
  RawClient(fiber::Loop& loop, const env::Address& server) : stream_(std::move(*loop.reactor().connect(server))) {}

  void say(const std::string& bytes) {
    env::Bytes rest = std::as_bytes(std::span(bytes));
    ASSERT_EQ(stream_->write({&rest, 1}).bytes, bytes.size());
  }
  /// As much of it as the stream takes; says how much.
  std::size_t say_some(std::string_view bytes) {
    env::Bytes rest = std::as_bytes(std::span(bytes));
    return bytes.empty() ? 0 : stream_->write({&rest, 1}).bytes;
  }
  void end_writing() { stream_->end_writing(); }
  void greet(const std::string& settings = wire::raw::settings()) { say(wire::raw::client_preface + settings); }
  /// What has come so far, in words.
  std::vector<std::string> heard() {
    read();
    std::vector<std::string> words;
    for (const wire::raw::Frame& frame : wire::raw::frames_of(received_)) words.push_back(wire::raw::describe(frame));
    return words;
  }
  bool heard(std::string_view what) {
    std::vector<std::string> all = heard();
    return std::any_of(all.begin(), all.end(), [&](auto& each) { return each.starts_with(what); });
  }
  bool heard_text(std::string_view text) {
    read();
    return received_.find(text) != std::string::npos;
  }
  bool closed() {
    read();
    return closed_;
  }
  const std::string& received() const { return received_; }

 private:
  void read() {
    std::array<std::byte, 4096> buffer;
    for (;;) {
      env::Io io = stream_->read(buffer);
      closed_ |= io.state == env::IoState::ended || io.state == env::IoState::failed;
      if (io.state != env::IoState::done) return;
      received_.append(reinterpret_cast<const char*>(buffer.data()), io.bytes);
    }
  }

  std::unique_ptr<env::Stream> stream_;
  std::string received_;
  bool closed_ = false;
};

}  // namespace holon::server
