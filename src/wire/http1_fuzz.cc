// Any bytes, cut anywhere, are the same requests and the same answers; and what is passed on keeps the rules.
#include <algorithm>
#include <charconv>

#include "tests/fuzz/fuzz.h"
#include "wire/http1.h"

namespace holon::wire {
namespace {

class Transcript final : public Http1Events {
 public:
  Http1Connection* connection = nullptr;
  std::string text;
  bool waiting = false;  ///< a request is whole and not answered yet

  void request_head(const Http1Request& request) override {
    text.append("head ").append(request.method).append(" ").append(request.target).append("\n");
    fuzz_require(request.target == "*" || request.target.starts_with('/'), "a target is a path");
    fuzz_require(!(request.chunked && request.content_length), "a body has one length");
    for (const HeaderView& header : request.headers) {
      text.append(header.name).append("=").append(header.value).append("\n");
      fuzz_require(header.name.find_first_of(" \t\r\n:") == std::string_view::npos, "a name is a token");
      fuzz_require(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
                   "a value is one line");
    }
    target_ = request.target;
    // Half of the requests are answered at once.
    if (request.target.size() % 2 == 0) answer();
  }
  void request_body(Bytes bytes) override { text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  void request_end() override {
    text.append("\nend\n");
    if (target_.starts_with("/later")) {
      waiting = true;
    } else {
      answer();
    }
  }
  bool refused(const HttpRule& rule) override {
    text.append("refused ").append(std::to_string(rule.status)).append(rule.why);
    return false;
  }

  /// In the way that the target asks for: "/w404" in way w with status 404.
  void answer() {
    waiting = false;
    int status = 200;
    if (target_.size() > 2) std::from_chars(target_.data() + 2, target_.data() + target_.size(), status);
    if (status < 200 || status > 599) {
      fuzz_require(!connection->respond(status, {}, "").ok(), "an answer has a status of one");
      status = 200;
    }
    const HeaderView headers[] = {{"x-answer", target_.size() > 1 ? "v" : ""}};
    switch (target_.size() > 1 ? target_[1] : ' ') {
      case 'c': return answer_in_pieces(status, std::nullopt);
      case 'l': return answer_in_pieces(status, pieces_bytes);
      case 's': return answer_in_pieces(status, pieces_bytes + 1);
      case 'm': return answer_in_pieces(status, pieces_bytes - 1);
      case 'x': return connection->abort();
      case 'd': connection->drain(); break;
      case 'b': refuse_headers(status); break;
    }
    fuzz_require(connection->respond(status, headers, "ok").ok(), "a request can be answered");
  }

 private:
  static constexpr std::uint64_t pieces_bytes = 11;

  void answer_in_pieces(int status, std::optional<std::uint64_t> length) {
    fuzz_require(connection->respond_head(status, {}, length).ok(), "an answer can begin");
    for (std::string_view piece : {"hello ", "", "world"}) connection->write(piece);
    connection->end();
  }
  /// None of these may reach the peer.
  void refuse_headers(int status) {
    const HeaderView bad[] = {{"a b", "v"}, {"Content-Length", "1"}, {"x", "v\r\nset-cookie: a"}};
    for (const HeaderView& header : bad) {
      fuzz_require(!connection->respond(status, Headers(&header, 1), "").ok(), "a header can't break the framing");
    }
  }

  std::string target_;  ///< of the request under way
};

std::string converse(std::string_view input, std::size_t piece) {
  Http1Limits limits;
  limits.target_bytes_max = 1 << 10;
  limits.head_bytes_max = 3 << 10;
  limits.headers_max = 20;
  limits.body_bytes_max = 4 << 10;
  Transcript transcript;
  Http1Connection connection(limits, transcript);
  transcript.connection = &connection;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    connection.receive(std::as_bytes(std::span(input.substr(at, piece))));
  }
  while (transcript.waiting) {
    transcript.answer();
    connection.proceed();
  }
  fuzz_require(connection.wants_write() == (connection.unsent() > 0), "what is unsent wants to be written");
  connection.gather(transcript.text);
  const bool idle = connection.idle();
  connection.drain();
  fuzz_require(connection.finished() || !idle, "an idle connection is done at once");
  fuzz_require(!(connection.wants_read() && connection.finished()), "nothing is read at the end");
  return transcript.text;
}

}  // namespace
}  // namespace holon::wire

std::vector<std::string> holon::fuzz_seeds() {
  using namespace wire;
  const std::string head = " HTTP/1.1\r\nHost: shop\r\n";
  return {
      "\1GET /a" + head + "Accept: */*\r\n\r\nGET /bc" + head + "\r\n",
      "\7POST /a" + head + "Content-Length: 5\r\n\r\nhelloGET /a" + head + "\r\n",
      "\3POST /a" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\nA: b\r\n\r\n"
      "GET /a" + head,
      "\2POST /a" + head + "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
      "\5GET http://shop/a HTTP/1.0\r\nHost: shop\r\nConnection: keep-alive\r\n\r\nOPTIONS *" + head + "\r\n",
      "\4GET /a" + head + "A : b\r\n c\r\nUpgrade: h2c\r\n\r\n",
      "\6GET /c204" + head + "\r\nHEAD /l4044" + head + "\r\nGET /later" + head + "\r\nGET /b503" + head + "\r\nGET /s" + head + "\r\n",
  };
}

/// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  using holon::fuzz_require;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Bodies are told in pieces, and a piece may come before what is wrong with the rest: so only texts are compared.
  std::string whole = converse(input, input.size() + 1);
  std::string cut = converse(input, 1 + data[0] % 16);
  fuzz_require(whole == cut || whole.find("refused") != std::string::npos, "cuts make no difference");
  return 0;
}
