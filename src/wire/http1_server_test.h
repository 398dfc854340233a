// A server's side of HTTP/1.1 that writes down what it is told, for tests.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "wire/http1.h"

namespace holon::wire {

/// Writes down what a connection tells, and answers as it is told to.
class Http1Log final : public Http1Events {
 public:
  std::function<void()> on_head;
  std::function<void()> on_end;
  std::function<void()> on_refused;

  void request_head(const Http1Request& request) override {
    std::string line = std::string(request.method) + " " + std::string(request.target) + " at " +
                       std::string(request.authority);
    for (const HeaderView& header : request.headers) {
      if (header.name != "host") line.append(" ").append(header.name).append("=").append(header.value);
    }
    lines.push_back(line);
    body.clear();
    if (on_head) on_head();
  }
  void request_body(Bytes bytes) override { body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  void request_end() override {
    lines.push_back("end " + body);
    if (on_end) on_end();
  }
  bool refused(const HttpRule& rule) override {
    lines.push_back("refused " + std::to_string(rule.status));
    reasons.push_back(std::string(rule.why));
    if (on_refused) on_refused();
    return false;
  }

  std::vector<std::string> lines;
  std::vector<std::string> reasons;
  std::string body;
};

struct Http1Server {
  explicit Http1Server(const Http1Limits& limits = {}) : connection(limits, log) {}

  void receive(std::string_view text) { connection.receive(std::as_bytes(std::span(text))); }
  void receive_cut(std::string_view text, std::size_t cut) {
    receive(text.substr(0, cut));
    receive(text.substr(cut));
  }
  std::string output() {
    std::string out;
    connection.gather(out);
    return out;
  }
  void answer(std::string_view body = "ok") { ASSERT_TRUE(connection.respond(200, {}, body).ok()); }

  Http1Log log;
  Http1Connection connection;
};

inline const std::string host = "Host: shop\r\n";
inline std::string get_with(const std::string& lines) { return "GET / HTTP/1.1\r\n" + host + lines + "\r\n"; }
inline std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" + body;
}

}  // namespace holon::wire
