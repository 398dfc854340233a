// Any bytes, cut anywhere, are the same requests and the same answers; and what is passed on keeps the rules.
#include "wire/fuzz.h"
#include "wire/http1.h"

namespace holon::wire {
namespace {

class Transcript final : public Http1Events {
 public:
  Http1Connection* connection = nullptr;
  std::string text;

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
    // Half of the requests are answered at once.
    if (request.target.size() % 2 == 0) answer();
  }
  void request_body(Bytes bytes) override { text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  void request_end() override {
    text.append("\nend\n");
    answer();
  }
  void refused(int status, std::string_view why) override {
    text.append("refused ").append(std::to_string(status)).append(why);
  }

 private:
  void answer() { fuzz_require(connection->respond(200, {}, "ok").ok(), "a request can be answered"); }
};

std::string converse(std::string_view input, std::size_t piece) {
  Http1Limits limits;
  limits.head_bytes_max = 4 << 10;
  limits.body_bytes_max = 4 << 10;
  Transcript transcript;
  Http1Connection connection(limits, transcript);
  transcript.connection = &connection;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    connection.receive(std::as_bytes(std::span(input.substr(at, piece))));
  }
  connection.gather(transcript.text);
  return transcript.text;
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  const std::string head = " HTTP/1.1\r\nHost: shop\r\n";
  return {
      "\1GET /a" + head + "Accept: */*\r\n\r\nGET /bc" + head + "\r\n",
      "\7POST /a" + head + "Content-Length: 5\r\n\r\nhelloGET /a" + head + "\r\n",
      "\3POST /a" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\nA: b\r\n\r\n"
      "GET /a" + head,
      "\2POST /a" + head + "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
      "\5GET http://shop/a HTTP/1.0\r\nHost: shop\r\nConnection: keep-alive\r\n\r\nOPTIONS *" + head + "\r\n",
      "\4GET /a" + head + "A : b\r\n c\r\nUpgrade: h2c\r\n\r\n",
  };
}

}  // namespace holon::wire

/// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Bodies are told in pieces, and a piece may come before what is wrong with the rest: so only texts are compared.
  std::string whole = converse(input, input.size() + 1);
  std::string cut = converse(input, 1 + data[0] % 16);
  fuzz_require(whole == cut || whole.find("refused") != std::string::npos, "cuts make no difference");
  return 0;
}
