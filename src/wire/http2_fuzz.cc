// A server under arbitrary bytes: each stream ends at most once, cuts make no difference, and the end is clean.
#include <set>

#include "wire/fuzz.h"
#include "wire/http2.h"

namespace holon::wire {
namespace {

const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\4\0\0\0\0\0", 9);

class Echo final : public Http2Events {
 public:
  Http2Session* session = nullptr;
  std::set<StreamId> open;
  std::string text;
  bool said_goodbye = false;

  void headers(StreamId id, void*, Headers block, bool end) override {
    text.append("headers ").append(std::to_string(id));
    for (const HeaderView& header : block) text.append(header.name).append("=").append(header.value);
    if (open.insert(id).second) {
      const HeaderView status[] = {{":status", "200"}};
      session->respond(id, status);
    }
    if (end) finish(id);
  }
  void data(StreamId id, void*, Bytes bytes, bool end) override {
    fuzz_require(open.contains(id), "bytes belong to a stream");
    session->send(id, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), false);
    session->consumed(id, bytes.size());
    if (end) finish(id);
  }
  void reset(StreamId id, void*, Http2Code) override { ended(id); }
  void closed(StreamId id, void*) override { ended(id); }
  void drained(StreamId, void*) override {}
  void goaway(StreamId, Http2Code, std::string_view) override { said_goodbye = true; }

 private:
  void finish(StreamId id) {
    const HeaderView status[] = {{"grpc-status", "0"}};
    session->trailers(id, status);
  }
  void ended(StreamId id) { fuzz_require(open.erase(id) == 1, "a stream ends once"); }
};

struct Outcome {
  std::string told;
  std::string failure;  ///< empty if there was none
  bool said_goodbye = false;
};

Outcome converse(std::string_view input, std::size_t piece) {
  Http2Limits limits;
  limits.streams_max = 10;
  limits.header_list_bytes_max = 4 << 10;
  limits.stream_window_bytes = 16 << 10;
  limits.unsent_bytes_max = 4 << 20;
  Echo echo;
  Http2Session session(Role::server, limits, echo);
  echo.session = &session;
  std::string out;
  Outcome outcome;
  auto received = session.receive(std::as_bytes(std::span(preface)));
  for (std::size_t at = 0; at < input.size() && received.ok(); at += piece) {
    received = session.receive(std::as_bytes(std::span(input.substr(at, piece))));
  }
  session.gather(out);
  if (!received.ok()) {
    outcome.failure = received.error().message();
    fuzz_require(session.finished() && session.streams() == 0, "an error ends the connection");
    fuzz_require(!out.empty(), "an error is told to the peer");
  }
  session.lost();
  fuzz_require(echo.open.empty(), "each stream's end is told");
  outcome.told = echo.text;
  outcome.said_goodbye = echo.said_goodbye;
  return outcome;
}

std::string frame(int type, int flags, int stream, const std::string& payload) {
  std::string out;
  for (int shift : {16, 8, 0}) out += static_cast<char>(payload.size() >> shift);
  out += {static_cast<char>(type), static_cast<char>(flags), 0, 0, 0, static_cast<char>(stream)};
  return out + payload;
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  // POST, http, /, and :authority "a" as a literal with indexing (RFC 7541).
  const std::string block = "\x83\x86\x84\x41\x01" "a";
  return {
      "\1" + frame(1, 4, 1, block) + frame(0, 1, 1, "hello"),
      "\3" + frame(1, 5, 1, block) + frame(1, 5, 3, block + "\xbe") + frame(3, 0, 1, std::string("\0\0\0\x8", 4)),
      "\5" + frame(1, 4, 1, block) + frame(0, 8, 1, std::string("\2hello\0\0", 8)) + frame(1, 5, 1, "\x40\1x\1y"),
      "\2" + frame(6, 0, 0, "12345678") + frame(8, 0, 0, std::string("\0\0\1\0", 4)) + frame(4, 1, 0, ""),
      "\7" + frame(1, 1, 1, block.substr(0, 2)) + frame(9, 4, 1, block.substr(2)),
      "\4" + frame(4, 0, 0, std::string("\0\4\0\0\0\1", 6)) + frame(1, 5, 1, block) +
          frame(7, 0, 0, std::string(8, '\0')),
  };
}

}  // namespace holon::wire

/// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Outcome whole = converse(input, input.size() + 1);
  Outcome cut = converse(input, 1 + data[0] % 32);
  // What comes behind a GOAWAY, when no streams are left, is looked at no more from the next call of `receive` on.
  if (whole.said_goodbye) return 0;
  // nghttp2 counts the pieces in which CONTINUATION frames arrive: see continuations_max.
  if (cut.failure.find("CONTINUATION") != std::string::npos) return 0;
  fuzz_require(whole.failure.empty() == cut.failure.empty() && whole.told == cut.told, "cuts make no difference");
  return 0;
}
