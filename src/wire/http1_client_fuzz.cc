// Any bytes a server may say, cut anywhere, are the same responses; and what is passed on keeps the rules.
#include <algorithm>

#include "tests/fuzz/fuzz.h"
#include "wire/http1_client.h"

namespace holon::wire {
namespace {

class Transcript final : public Http1ClientEvents {
 public:
  void informational(int status, Headers headers) override {
    note("info", status, headers);
    fuzz_require(status >= 100 && status < 200 && status != 101, "an informational response is one");
  }
  void response_head(const Http1Response& response) override {
    fuzz_require(!answering_, "a request has one answer");
    answering_ = true;
    fuzz_require(response.status == 101 || (response.status >= 200 && response.status < 600), "a status is one");
    fuzz_require(!(response.chunked && response.content_length), "a body has one length");
    note("head", response.status, response.headers);
  }
  void response_body(Bytes bytes) override {
    fuzz_require(answering_, "a body follows a head");
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void response_end(const Http1Trailers& trailers) override {
    fuzz_require(answering_, "an end follows a head");
    answering_ = false;
    text.append("\nend\n");
    for (const auto& [name, value] : trailers) take(name, value);
  }
  void failed(std::string_view why) override {
    over = true;
    text.append("\nfailed ").append(why);
  }

  std::string text;
  bool over = false;

 private:
  void note(std::string_view what, int status, Headers headers) {
    text.append(what).append(std::to_string(status)).append("\n");
    for (const HeaderView& header : headers) take(header.name, header.value);
  }
  void take(std::string_view name, std::string_view value) {
    text.append(name).append("=").append(value).append("\n");
    fuzz_require(name.find_first_of(" \t\r\n:") == std::string_view::npos, "a name is a token");
    fuzz_require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos, "a value is one line");
  }

  bool answering_ = false;
};

/// What is asked, in turn: so that answers of all forms are awaited.
constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "OPTIONS"};

void ask(Http1ClientConnection& connection, unsigned number) {
  const HeaderView headers[] = {{"accept", "*/*"}};
  Http1RequestHead head{.method = methods[number % 4], .target = "/a", .authority = "shop", .headers = headers};
  if (number % 8 == 2) head.has_body = true;
  if (number % 8 == 6) head.length.emplace(head.has_body = true);
  if (number % 8 == 7) head.upgrade = "echo";
  fuzz_require(connection.request(head).ok(), "a connection that is reusable takes a request");
  fuzz_require(!connection.reusable(), "one at a time");
  if (!head.has_body) return;
  connection.write("x");
  if (number < 128) fuzz_require(connection.end().ok(), "a body of the length that was said can be ended");
}

/// None of these may reach a server.
void refuse_requests(Http1ClientConnection& connection) {
  const HeaderView bad[] = {{"a b", "v"}, {"Host", "other"}, {"x", "v\r\nset-cookie: a"}};
  for (const HeaderView& header : bad) {
    const Http1RequestHead head{.method = "GET", .target = "/", .authority = "s", .headers = {&header, 1}};
    fuzz_require(!connection.request(head).ok(), "a header can't break the framing");
  }
  for (const Http1RequestHead& head : {Http1RequestHead{.method = "CONNECT", .target = "/", .authority = "s"},
                                       Http1RequestHead{.method = "GET", .target = "*", .authority = "s"},
                                       Http1RequestHead{.method = "GET", .target = "/", .authority = "a b"},
                                       Http1RequestHead{.method = "GET", .target = "/", .authority = "s", .upgrade = "a b"}}) {
    fuzz_require(!connection.request(head).ok(), "a request can't break the framing");
  }
  fuzz_require(connection.unsent() == 0, "what is refused is not sent");
}

/// A body of another length than was said.
void miscount(bool too_long) {
  Transcript transcript;
  Http1ClientConnection connection({}, transcript);
  fuzz_require(connection.request({.method = "PUT", .target = "/", .authority = "s", .has_body = true, .length = 2}).ok(),
               "a request may have a body");
  connection.write(too_long ? "abc" : "a");
  if (!too_long) fuzz_require(!connection.end().ok(), "a body has the length that was said");
  fuzz_require(transcript.over && connection.over(), "a body has the length that was said");
}

std::string converse(std::string_view input, unsigned first, std::size_t piece) {
  Http1ClientLimits limits;
  limits.head_bytes_max = 2 << 10;
  limits.headers_max = 20;
  limits.informational_max = 3;
  Transcript transcript;
  Http1ClientConnection connection(limits, transcript);
  refuse_requests(connection);
  unsigned number = first;
  ask(connection, number);
  for (std::size_t at = 0; at < input.size(); at += piece) {
    connection.receive(std::as_bytes(std::span(input.substr(at, piece))));
    if (connection.reusable() && at + piece < input.size()) ask(connection, ++number);
  }
  connection.receive_end();
  fuzz_require(!connection.reusable(), "no request follows the end");
  if (connection.switched()) {
    connection.write("ours");
    fuzz_require(connection.end().ok(), "a tunnel ends on both sides");
  }
  fuzz_require(connection.over(), "all is over at the end");
  std::string out;
  connection.gather(out);
  fuzz_require(connection.unsent() == 0, "what was gathered is sent");
  return connection.unasked() ? "unasked" : transcript.text;
}

}  // namespace
}  // namespace holon::wire

std::vector<std::string> holon::fuzz_seeds() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string answers[] = {
      ok + "Content-Length: 2\r\n\r\nok",
      ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\nA: b\r\n\r\n",
      ok + "\r\nuntil the end",
      ok + "Content-Length: 2\r\nConnection: close\r\n\r\nok",
      "HTTP/1.0 200\r\nConnection: keep-alive, x\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
      "HTTP/1.1 304 \r\nContent-Length: 5\r\n\r\n",
      "HTTP/1.1 101 Switching\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nbytes",
  };
  std::vector<std::string> seeds;
  for (const std::string& answer : answers) {
    for (const char asked : {'\0', '\1', '\2', '\7', '\x86'}) seeds.push_back(std::string{asked, '\5'} + answer);
  }
  return seeds;
}

/// The first byte says what is asked, the second how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  using holon::fuzz_require;
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  miscount(data[0] % 2 == 0);
  // One answer at a time: two that come in one piece are one too many, and so a cut between them makes a difference.
  const std::string bytewise = converse(input, data[0], 1);
  const std::string cut = converse(input, data[0], 1 + data[1] % 16);
  const bool failed = bytewise.find("\nfailed ") != std::string::npos;
  fuzz_require(bytewise == cut || cut == "unasked" || failed, "cuts make no difference");
  return 0;
}
