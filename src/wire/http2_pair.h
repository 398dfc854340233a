// Two sessions joined back to back by byte buffers, and what they told, in words. For tests.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "wire/http2.h"

namespace holon::wire {

/// Writes down each event as a line; `react` may answer it.
class EventLog final : public Http2Events {
 public:
  std::function<void(const std::string& line, StreamId stream, void* user)> react;

  void headers(StreamId stream, void* user, Headers block, bool end) override {
    std::string line = "headers " + std::to_string(stream);
    for (const HeaderView& header : block) line.append(" ").append(header.name).append("=").append(header.value);
    note(line + (end ? " end" : ""), stream, user);
  }
  void data(StreamId stream, void* user, Bytes bytes, bool end) override {
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    received += text;
    note("data " + std::to_string(stream) + " " + text + (end ? " end" : ""), stream, user);
  }
  void reset(StreamId stream, void* user, Http2Code code) override {
    note("reset " + std::to_string(stream) + " " + std::to_string(static_cast<unsigned>(code)), stream, user);
  }
  void closed(StreamId stream, void* user) override { note("closed " + std::to_string(stream), stream, user); }
  void drained(StreamId stream, void* user) override { note("drained " + std::to_string(stream), stream, user); }
  void goaway(StreamId last, Http2Code code, std::string_view debug) override {
    std::string what = std::to_string(last) + " " + std::to_string(static_cast<unsigned>(code)) + " ";
    note("goaway " + what + std::string(debug), 0, nullptr);
  }
  void pong() override { note("pong", 0, nullptr); }

  bool has_deadline(void*) const override { return deadlines; }

  std::vector<std::string> take() { return std::exchange(lines_, {}); }
  /// Bytes of all data events.
  std::string received;
  bool deadlines = false;  ///< what all streams have

 private:
  void note(std::string line, StreamId stream, void* user) {
    lines_.push_back(line);
    if (react) react(line, stream, user);
  }

  std::vector<std::string> lines_;
};

inline const std::vector<HeaderView> request_headers = {{":method", "POST"},
                                                        {":scheme", "http"},
                                                        {":path", "/shop.Cart/Get"},
                                                        {":authority", "shop"},
                                                        {"te", "trailers"}};
inline const std::vector<HeaderView> response_headers = {{":status", "200"}, {"content-type", "application/grpc"}};
inline const std::vector<HeaderView> ok_trailers = {{"grpc-status", "0"}};

inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

struct Pair {
  explicit Pair(const Http2Limits& client_limits = {}, const Http2Limits& server_limits = {})
      : client(Role::client, client_limits, client_events), server(Role::server, server_limits, server_events) {
    settle();
  }

  /// Carries bytes until neither side has any; `cut` bytes at a time if it is not 0.
  void settle(std::size_t cut = 0) {
    while (client.wants_write() || server.wants_write()) {
      std::size_t moved = carry(client, server, cut) + carry(server, client, cut);
      if (moved == 0) return;  // blocked by a window
    }
  }
  std::size_t carry(Http2Session& from, Http2Session& to, std::size_t cut = 0) {
    std::string bytes;
    from.gather(bytes);
    for (std::size_t at = 0; at < bytes.size();) {
      std::size_t size = cut == 0 ? bytes.size() : std::min(cut, bytes.size() - at);
      auto taken = to.receive(bytes_of(std::string_view(bytes).substr(at, size)));
      if (!taken.ok()) errors.push_back(taken.error().message());
      at += size;
    }
    return bytes.size();
  }

  EventLog client_events;
  EventLog server_events;
  Http2Session client;
  Http2Session server;
  std::vector<std::string> errors;  ///< what receive said
};

}  // namespace holon::wire
