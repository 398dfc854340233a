// HttpPeer: a raw client that asks by HTTP/1.1 or HTTP/2 and reads the answer back, so that one test shows both. For tests.
#pragma once

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/raw_client.h"
#include "wire/hpack.h"

namespace holon::server {

struct PeerAnswer {
  std::vector<int> informed;  ///< statuses of informational heads
  int status = 0;             ///< 0: none has come
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
  bool complete = false;
  std::string reset;          ///< the code by which HTTP/2 ended the stream

  std::string header(std::string_view name) const {
    for (const auto& [each, value] : headers) {
      if (each == name) return value;
    }
    return {};
  }
};

/// One request at a time.
class HttpPeer {
 public:
  HttpPeer(fiber::Loop& loop, const env::Address& server, bool http2) : http2_(http2), client_(loop, server) {
    if (http2_) client_.greet();
  }

  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// Its body follows if `more`.
  void ask(const std::string& method, const std::string& target, const Fields& fields = {}, bool more = false) {
    head_ = method == "HEAD";
    start_ = http2_ ? 0 : client_.received().size();
    if (http2_) {
      stream_ += 2;
      std::string block = wire::raw::field(":method", method) + wire::raw::field(":scheme", "http") +
                          wire::raw::field(":path", target) + wire::raw::field(":authority", "shop.example");
      for (const auto& [name, value] : fields) block += wire::raw::field(name, value);
      using namespace wire::raw;  // NOLINT: the vocabulary of frames
      client_.say(wire::raw::headers(stream_, block, more ? END_HEADERS : END_HEADERS | END_STREAM));
      return;
    }
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: shop.example\r\n";
    chunked_ = more;
    for (const auto& [name, value] : fields) {
      text += name + ": " + value + "\r\n";
      chunked_ &= name != "content-length";
    }
    if (chunked_) text += "Transfer-Encoding: chunked\r\n";
    client_.say(text + "\r\n");
  }
  void body(const std::string& bytes, bool end = false) {
    if (http2_) return client_.say(wire::raw::data(stream_, bytes, end ? wire::raw::END_STREAM : wire::raw::NONE));
    if (!chunked_) return client_.say(bytes);
    std::array<char, 16> digits;
    const auto last = std::to_chars(digits.begin(), digits.end(), bytes.size(), 16).ptr;
    std::string text = bytes.empty() ? "" : std::string(digits.begin(), last) + "\r\n" + bytes + "\r\n";
    client_.say(text + (end ? "0\r\n\r\n" : ""));
  }
  void say(const std::string& bytes) { client_.say(bytes); }
  /// The test itself says what this stream asks.
  void expect_stream(std::uint32_t stream) { stream_ = stream; }
  std::uint32_t stream() const { return stream_; }
  RawClient& raw() { return client_; }
  bool closed() { return client_.closed(); }
  /// What has come so far of the answer to the last request.
  PeerAnswer answer() {
    static_cast<void>(client_.closed());  // reads
    return http2_ ? answer_of_frames() : answer_of_text();
  }

 private:
  PeerAnswer answer_of_frames() {
    PeerAnswer answer;
    wire::HeaderDecoder decoder(64 << 10);
    for (const wire::raw::Frame& frame : wire::raw::frames_of(client_.received())) {
      const bool ours = frame.stream == stream_;
      if (frame.type == wire::raw::HEADERS) add_block(frame.payload, decoder, ours ? &answer : nullptr);
      if (!ours) continue;
      if (frame.type == wire::raw::DATA) answer.body += frame.payload;
      if (frame.type == wire::raw::RST_STREAM) answer.reset = wire::raw::name_of(static_cast<wire::Http2Code>(frame.word()));
      const bool ends = frame.type == wire::raw::DATA || frame.type == wire::raw::HEADERS;
      answer.complete |= ends && (frame.flags & wire::raw::END_STREAM) != 0;
    }
    return answer;
  }
  static void add_block(std::string_view bytes, wire::HeaderDecoder& decoder, PeerAnswer* answer) {
    wire::HeaderCheck check(wire::HeaderCheck::Block::response);
    decoder.decode(bytes, check);
    if (answer == nullptr) return;
    const int status = check.status();
    if (status / 100 == 1) return answer->informed.push_back(status);
    auto& into = status == 0 ? answer->trailers : answer->headers;
    if (status != 0) answer->status = status;
    for (const wire::HeaderView& field : decoder.fields()) {
      if (!field.name.starts_with(':')) into.emplace_back(field.name, field.value);
    }
  }

  PeerAnswer answer_of_text() {
    PeerAnswer answer;
    std::string_view left = std::string_view(client_.received()).substr(start_);
    for (;;) {
      const std::size_t end = left.find("\r\n\r\n");
      if (end == std::string_view::npos) return answer;
      const std::string_view head = left.substr(0, end + 2);
      left.remove_prefix(end + 4);
      const int status = std::atoi(std::string(head.substr(9, 3)).c_str());
      if (status / 100 == 1 && status != 101) {
        answer.informed.push_back(status);
        continue;
      }
      answer.status = status;
      add_lines(head.substr(head.find("\r\n") + 2), answer.headers);
      break;
    }
    if (answer.header("transfer-encoding") == "chunked" && !head_) {
      add_chunks(left, answer);
    } else {
      const std::string length = answer.header("content-length");
      answer.body = left.substr(0, length.empty() ? left.size() : std::stoul(length));
      const bool whole = length.empty() ? closed() : answer.body.size() == std::stoul(length);
      answer.complete = whole || head_ || answer.status == 204 || answer.status == 304;
    }
    return answer;
  }
  static void add_lines(std::string_view lines, Fields& into) {
    while (!lines.empty()) {
      const std::size_t end = lines.find("\r\n");
      const std::size_t colon = lines.find(": ");
      into.emplace_back(lines.substr(0, colon), lines.substr(colon + 2, end - colon - 2));
      lines.remove_prefix(end + 2);
    }
  }
  static void add_chunks(std::string_view left, PeerAnswer& answer) {
    for (;;) {
      const std::size_t line = left.find("\r\n");
      if (line == std::string_view::npos) return;
      const std::size_t size = std::stoul(std::string(left.substr(0, line)), nullptr, 16);
      left.remove_prefix(line + 2);
      if (size == 0) {
        if (left.find("\r\n\r\n") == std::string_view::npos && left != "\r\n") return;
        add_lines(left.substr(0, left.size() - 2), answer.trailers);
        answer.complete = true;
        return;
      }
      if (left.size() < size + 2) return;
      answer.body += left.substr(0, size);
      left.remove_prefix(size + 2);
    }
  }

  const bool http2_;
  RawClient client_;
  std::uint32_t stream_ = 0xffffffff;
  std::size_t start_ = 0;
  bool chunked_ = false;
  bool head_ = false;
};

}  // namespace holon::server
