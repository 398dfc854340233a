// A session of either role under any bytes: each stream ends once, cuts make no difference, an error is told and ends all,
// and what it says are whole frames.
#include <map>
#include <set>

#include "tests/fuzz/fuzz.h"
#include "wire/http2_fuzz_grammar.h"

namespace holon::wire {
namespace {

class Echo final : public Http2Events {
 public:
  Http2Session* session = nullptr;
  Role role = Role::server;
  std::set<StreamId> open;
  std::map<StreamId, std::string> told;  ///< by stream: events, with bodies whole however they were cut
  std::map<StreamId, std::string> bodies;

  void headers(StreamId id, void*, Headers block, bool end) override {
    std::string& text = told[id];
    text += "headers";
    for (const HeaderView& header : block) text.append(" ").append(header.name).append("=").append(header.value);
    if (role == Role::server && open.insert(id).second) {
      const HeaderView status[] = {{":status", "200"}, {"x-stream", id % 4 == 1 ? "a" : "b", id % 8 == 1}};
      session->respond(id, status);
    }
    fuzz_require(open.contains(id), "headers belong to a stream");
    if (end) finish(id);
  }
  void data(StreamId id, void*, Bytes bytes, bool end) override {
    fuzz_require(open.contains(id), "bytes belong to a stream");
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    told[id] += text;
    bodies[id] += text;
    // Who takes half leaves credit to be given back when the stream ends.
    session->consumed(id, id % 4 == 1 ? bytes.size() : bytes.size() / 2);
    if (end) finish(id);
  }
  void reset(StreamId id, void*, Http2Code code) override { ended(id, "reset " + raw::name_of(code)); }
  void closed(StreamId id, void*) override { ended(id, "closed"); }
  void drained(StreamId id, void*) override {
    fuzz_require(session->unsent(id) <= Http2Session::low_mark, "drained streams hold little");
  }
  void goaway(StreamId last, Http2Code code, std::string_view) override { told[0] += std::to_string(last) + raw::name_of(code); }
  void refused(std::string_view rule) override {
    fuzz_require(rule.starts_with("http2."), "a refusal has a name");
    told[0].append(rule);
  }

 private:
  void finish(StreamId id) {
    told[id] += " end ";
    // A body goes back as a whole: how it came must not matter to how many frames wait.
    if (role == Role::server) session->send(id, std::move(bodies[id]), false);
    const HeaderView status[] = {{"grpc-status", "0"}};
    role == Role::server ? session->trailers(id, status) : session->send(id, "", true);
  }
  void ended(StreamId id, const std::string& how) {
    fuzz_require(open.erase(id) == 1, "a stream ends once");
    told[id] += how;
  }
};

void open_streams(Http2Session& session, Echo& echo) {
  const HeaderView request[] = {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}};
  for (bool whole : {true, false, false}) {
    StreamId id = session.open(request, whole, nullptr);
    echo.open.insert(id);
    if (!whole) session.send(id, "hello", false);
  }
}

struct Outcome {
  std::map<StreamId, std::string> told;
  std::string failure;  ///< empty if there was none
};

Outcome converse(Role role, std::string_view input, std::size_t piece) {
  Http2Limits limits;
  limits.streams_max = 10;
  limits.header_list_bytes_max = 4 << 10;
  limits.stream_window_bytes = 16 << 10;
  limits.header_excess_bytes = {64 << 10, 1 << 10};
  limits.settings = limits.empty_data = limits.window_updates = {20, 1};
  Echo echo;
  Http2Session session(role, limits, echo);
  echo.session = &session;
  echo.role = role;
  if (role == Role::client) open_streams(session, echo);
  Result<void> received;
  for (std::size_t at = 0; at < input.size() && received.ok(); at += piece) {
    received = session.receive(std::as_bytes(std::span(input.substr(at, piece))));
  }
  session.ping();
  session.goaway(Http2Code::no_error, "bye");
  std::string out;
  session.gather(out, 16 << 20);
  std::size_t whole = out.starts_with(raw::client_preface) ? raw::client_preface.size() : 0;
  for (const raw::Frame& frame : raw::frames_of(out)) whole += 9 + frame.payload.size();
  fuzz_require(whole == out.size(), "only whole frames are said");
  Outcome outcome;
  if (!received.ok()) {
    outcome.failure = received.error().message();
    fuzz_require(session.finished() && session.streams() == 0, "an error ends the connection");
    fuzz_require(raw::frames_of(out).back().type == raw::GOAWAY, "an error is told to the peer");
  }
  session.lost();
  fuzz_require(echo.open.empty(), "each stream's end is told");
  outcome.told = std::move(echo.told);
  return outcome;
}

std::string conversation(Role role, std::string_view input, bool raw) {
  std::string heard = (role == Role::server ? raw::client_preface : std::string()) + raw::settings();
  if (raw) return heard.append(input);
  for (raw::Grammar grammar(input, role); !grammar.done();) heard += grammar.next();
  return heard;
}

}  // namespace
}  // namespace holon::wire

std::vector<std::string> holon::fuzz_seeds() {
  using namespace wire;
  using namespace raw;  // NOLINT: the vocabulary of frames
  std::string block = request_block();
  return {
      std::string("\0\0\x20\3\1\x20\5hello\0\0\x10\2\0\1\1", 15),
      std::string("\x42\0\x20\4\1\5\6\1\7\2", 10),
      "\x84" + open_request(1) + frame(DATA, END_STREAM, 1, "hello"),
      "\x8c" + request(1, kept_field("x", "y")) + request(3, indexed(62)) + rst_stream(3, 8),
      "\x94" + open_request(1) + data(1, padded("hello", 2), PADDED) + headers(1, field("x", "y"), END_HEADERS | END_STREAM),
      "\x88" + ping("12345678") + window_update(0, 256) + settings_ack(),
      "\x9c" + headers(1, block.substr(0, 2), NONE) + continuation(1, block.substr(2)),
      "\x90" + settings({{INITIAL_WINDOW_SIZE, 1}}) + request(1) + goaway(0, 0),
      "\x82" + headers(1, response_block()) + data(1, "abc") + headers(1, field("grpc-status", "0"), 5) + goaway(3, 0),
  };
}

/// The first byte: whether the rest is raw frames (0x80), who hears them (0x02), and how they are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  using holon::fuzz_require;
  if (size == 0) return 0;
  const Role role = (data[0] & 2) != 0 ? Role::client : Role::server;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string heard = conversation(role, input, (data[0] & 0x80) != 0);
  const Outcome whole = converse(role, heard, heard.size());
  const Outcome cut = converse(role, heard, 1 + (data[0] >> 2 & 31));
  if (whole.failure != cut.failure) std::fprintf(stderr, "whole: %s\ncut: %s\n", whole.failure.c_str(), cut.failure.c_str());
  fuzz_require(whole.failure == cut.failure, "cuts make no difference to the connection's end");
  for (const auto& [stream, told] : whole.told) {
    const auto other = cut.told.find(stream);
    const char* instead = other == cut.told.end() ? "nothing" : other->second.c_str();
    if (told != instead) std::fprintf(stderr, "stream %d whole: %.300s\ncut: %.300s\n", stream, told.c_str(), instead);
  }
  fuzz_require(whole.told == cut.told, "cuts make no difference to what streams tell");
  return 0;
}
