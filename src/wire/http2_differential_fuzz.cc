// Our framing layer beside nghttp2's session, on the same conversation: frame by frame they must tell the same events,
// reset the same streams, and end the connection for the same cause. Where they differ on purpose, `permitted` says why.
#include <algorithm>
#include <optional>
#include <set>

#include "tests/fuzz/fuzz.h"
#include "env/environment.h"
#include "wire/http2_fuzz_grammar.h"
#include "wire/oracle/nghttp2_session.h"

namespace holon::wire {
namespace {

using namespace raw;  // NOLINT: the vocabulary of frames

/// What came of one frame.
struct Verdict {
  std::optional<Http2Code> broken;
  std::set<std::string> resets;    ///< that were said: "RST_STREAM 1 CANCEL"
  std::vector<std::string> told;   ///< events, sorted: what streams tell in one turn has no order among them
  std::size_t answers = 0;         ///< acknowledgements of SETTINGS and PING
  std::size_t data_bytes = 0;      ///< said

  bool operator==(const Verdict&) const = default;
};

/// One of the two sessions, with an application that echoes: the same events make it do the same.
template <class Session>
class Side final : public Http2Events {
 public:
  Side(Role role, const Http2Limits& limits) : role_(role), session_(role, limits, *this) {
    if (role == Role::server) return;
    const HeaderView request[] = {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}};
    session_.open(request, true, nullptr);
    for (int i = 0; i < 2; ++i) session_.send(session_.open(request, false, nullptr), "hello", false);
  }

  Verdict hear(std::string_view bytes, std::size_t piece) {
    verdict_ = {};
    bool alive = true;
    for (std::size_t at = 0; at < bytes.size() && alive; at += piece) {
      alive = receive(std::as_bytes(std::span(bytes.substr(at, piece))));
    }
    std::string out;
    session_.gather(out, 16 << 20);
    for (const Frame& frame : frames_of(out)) note(frame, alive);
    fuzz_require(alive || verdict_.broken, "an error is told to the peer");
    flush();
    std::sort(verdict_.told.begin(), verdict_.told.end());
    return std::move(verdict_);
  }
  bool said_goodbye() const { return said_goodbye_; }

  void headers(StreamId id, void*, Headers block, bool end) override {
    std::string line = "headers";
    for (const HeaderView& header : block) line.append(" ").append(header.name).append("=").append(header.value);
    tell(id, line + (end ? " end" : ""));
    if (role_ == Role::server && answered_.insert(id).second) {
      const HeaderView status[] = {{":status", "200"}};
      session_.respond(id, status);
    }
    if (end) finish(id);
  }
  void data(StreamId id, void*, Bytes bytes, bool end) override {
    if (data_stream_ != id) flush();
    data_stream_ = id;
    data_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (role_ == Role::server) session_.send(id, std::string(bytes.size(), 'e'), false);
    session_.consumed(id, bytes.size());
    if (!end) return;
    data_ += " end";
    finish(id);
  }
  void reset(StreamId id, void*, Http2Code code) override { tell(id, "reset " + name_of(code)); }
  void closed(StreamId id, void*) override { tell(id, "closed"); }
  void drained(StreamId, void*) override {}
  void goaway(StreamId last, Http2Code code, std::string_view debug) override {
    said_goodbye_ = true;
    tell(last, "goaway " + name_of(code).append(debug));
  }

 private:
  bool receive(Bytes bytes) {
    if constexpr (requires { session_.receive(bytes, env::Time()); }) {
      return session_.receive(bytes, env::Time()).ok();
    } else {
      return session_.receive(bytes).ok();
    }
  }
  void finish(StreamId id) {
    const HeaderView trailers[] = {{"grpc-status", "0"}};
    if (role_ == Role::server) session_.trailers(id, trailers);
    if (role_ == Role::client) session_.send(id, "", true);
  }
  void tell(StreamId id, const std::string& what) {
    flush();
    verdict_.told.push_back(std::to_string(id) + " " + what);
  }
  /// However a DATA frame was cut, it is one event here.
  void flush() {
    if (data_stream_ == 0) return;
    verdict_.told.push_back(std::to_string(data_stream_) + " data " + data_);
    data_stream_ = 0;
    data_.clear();
  }
  void note(const Frame& frame, bool alive) {
    if (frame.type == RST_STREAM) verdict_.resets.insert(describe(frame));
    if (frame.type == GOAWAY && !alive) verdict_.broken = static_cast<Http2Code>(frame.word(4));
    if (frame.type == DATA) verdict_.data_bytes += frame.payload.size();
    verdict_.answers += (frame.type == SETTINGS || frame.type == PING) && (frame.flags & ACK) != 0 ? 1 : 0;
  }

  Role role_;
  Session session_;
  Verdict verdict_;
  std::set<StreamId> answered_;
  StreamId data_stream_ = 0;
  std::string data_;
  bool said_goodbye_ = false;
};

using Own = Side<Http2Session>;
using Oracle = Side<oracle::Nghttp2Session>;

// ---- differences ----------------------------------------------------------------------------------------------------

/// A difference that is meant: when it is one, and why.
struct Permitted {
  const char* why;
  bool (*is)(const Frame& frame, const Verdict& own, const Verdict& oracle);
};

bool resets(const Verdict& verdict, const Frame& frame, Http2Code code) {
  return verdict.resets.contains("RST_STREAM " + std::to_string(frame.stream) + " " + name_of(code));
}

/// What the frame's stream told of this kind; null if nothing.
const std::string* told_of(const Verdict& verdict, const Frame& frame, std::string_view kind) {
  const std::string line = std::to_string(frame.stream) + " " + std::string(kind);
  for (const std::string& told : verdict.told) {
    if (told.starts_with(line)) return &told;
  }
  return nullptr;
}

bool has_setting(const Frame& frame, int from, int to) {
  for (std::size_t at = 0; at + 6 <= frame.payload.size(); at += 6) {
    if (frame.payload[at] == 0 && frame.payload[at + 1] >= from && frame.payload[at + 1] <= to) return true;
  }
  return false;
}

const Permitted differences[] = {
    {"RFC 9113 has a stream error; nghttp2 makes a connection error of it, with the same code (5.4 allows that)",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return !own.broken && oracle.broken && resets(own, frame, *oracle.broken);
     }},
    {"What comes for a stream that is closed may be ignored, or be an error of stream or connection (5.1); nghttp2 ignores",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       bool told = own.broken == Http2Code::stream_closed || resets(own, frame, Http2Code::stream_closed);
       return told && !oracle.broken && oracle.told.empty();
     }},
    {"What breaks two rules at once may be named by either: its size, its place, its content",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       auto one_of_them = [&](const Verdict& verdict) {
         return verdict.broken == Http2Code::protocol_error || verdict.broken == Http2Code::frame_size_error ||
                verdict.broken == Http2Code::compression_error || verdict.broken == Http2Code::stream_closed ||
                (verdict.broken == Http2Code::flow_control_error && frame.type == SETTINGS && frame.payload.size() > 6);
       };
       return one_of_them(own) && one_of_them(oracle);
     }},
    {"Each entry of SETTINGS counts (6.5.3); nghttp2 looks at the last of those with the same name",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == SETTINGS && own.broken && !oracle.broken && frame.payload.size() > 6;
     }},
    {"Settings of RFC 8441 and 9218, which we do not speak, are unknown ones to us (6.5.2); nghttp2 looks at their values",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == SETTINGS && !own.broken && oracle.broken == Http2Code::protocol_error && has_setting(frame, 8, 9);
     }},
    {"A stream that depends on itself was an error in RFC 7540 (5.3.1), and is one to us; nghttp2 ignores priorities",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       bool itself = frame.word(frame.type == HEADERS && (frame.flags & PADDED) != 0 ? 1 : 0) % 0x80000000 == frame.stream;
       return (frame.type == PRIORITY || (frame.flags & PRIORITISED) != 0) && itself && !oracle.broken &&
              (own.broken == Http2Code::protocol_error || resets(own, frame, Http2Code::protocol_error));
     }},
    {"Which stream GOAWAY names is looked at by nghttp2 only: we open none that a client could name, and need no more than that",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == GOAWAY && !own.broken && oracle.broken == Http2Code::protocol_error;
     }},
    {"The end of a stream needs no credit (6.9.1); nghttp2 holds it back while its windows are empty",
     [](const Frame&, const Verdict& own, const Verdict& oracle) {
       std::vector<std::string> told = own.told;
       std::erase_if(told, [](const std::string& line) { return line.ends_with(" closed"); });
       return !own.broken && !oracle.broken && own.resets == oracle.resets && told == oracle.told;
     }},
    {"Padding must fit its frame on closed streams, too (6.1); there nghttp2 does not look",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       bool padding = own.broken == Http2Code::protocol_error || own.broken == Http2Code::frame_size_error;
       return frame.type == DATA && (frame.flags & PADDED) != 0 && padding && !oracle.broken && oracle.told.empty();
     }},
    {"A host that differs from :authority makes a request malformed (8.3.1); nghttp2 hands both on",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       const std::string* request = told_of(oracle, frame, "headers");
       return request != nullptr && request->find(":authority=") != std::string::npos &&
              request->find(" host=") != std::string::npos && resets(own, frame, Http2Code::protocol_error);
     }},
    {"Who is before an at sign is no part of an authority (8.3.1); nghttp2 hands it on",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       const std::string* request = told_of(oracle, frame, "headers");
       return request != nullptr && request->find('@') != std::string::npos && resets(own, frame, Http2Code::protocol_error);
     }},
    {"A body that has not the length it said is malformed (8.1.1); nghttp2 hands the last of it on before it says so",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       std::vector<std::string> told = oracle.told;
       std::erase_if(told, [](const std::string& line) { return line.find(" data ") != std::string::npos; });
       return frame.type == DATA && own.told == told && own.resets == oracle.resets &&
              resets(own, frame, Http2Code::protocol_error);
     }},
    {"DATA comes after a head, however empty it is (8.1); nghttp2 looks only once there are bytes",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == DATA && resets(own, frame, Http2Code::protocol_error) && !oracle.broken && oracle.told.empty() &&
              oracle.resets.empty();
     }},
    {"A length that is said twice alike may be taken for one (RFC 9110, 8.6); nghttp2 refuses it",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       constexpr std::string_view length = " content-length=";
       const std::string* block = told_of(own, frame, "headers");
       return block != nullptr && block->find(length) != block->rfind(length) &&
              resets(oracle, frame, Http2Code::protocol_error);
     }},
    {"PRIORITY on stream 0 is an error (6.3); nghttp2 ignores it",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == PRIORITY && frame.stream == 0 && own.broken && !oracle.broken;
     }},
    {"A new stream's id must be above all before (5.1.1); nghttp2 ignores one that is not",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == HEADERS && own.broken == Http2Code::protocol_error && !oracle.broken && oracle.told.empty();
     }},
    {"A stream over the limit is refused (5.1.2); nghttp2 makes a connection error of it",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == HEADERS && resets(own, frame, Http2Code::refused_stream) &&
              oracle.broken == Http2Code::protocol_error;
     }},
    {"Settings that take a window above 2^31-1 are a connection error (6.9.2); nghttp2 resets the stream",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       return frame.type == SETTINGS && own.broken == Http2Code::flow_control_error && !oracle.resets.empty();
     }},
    {"Of trailers no field has the meaning that it has in a head, since they are not merged (RFC 9110, 6.5.1); nghttp2 looks "
     "at host there",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       const std::string* block = told_of(own, frame, "headers");
       return block != nullptr && block->find(" :") == std::string::npos && block->find(" host=") != std::string::npos &&
              resets(oracle, frame, Http2Code::protocol_error);
     }},
    {"A request needs no authority (8.3.1); nghttp2 demands :authority or host",
     [](const Frame& frame, const Verdict& own, const Verdict& oracle) {
       const std::string* request = told_of(own, frame, "headers");
       return request != nullptr && request->find(":authority=") == std::string::npos &&
              request->find(" host=") == std::string::npos && resets(oracle, frame, Http2Code::protocol_error);
     }},
};

/// Whether the two may differ on this. What follows is not compared: their states are not the same any more.
bool permitted(const Frame& frame, const Verdict& own, const Verdict& oracle) {
  return std::any_of(std::begin(differences), std::end(differences),
                     [&](const Permitted& difference) { return difference.is(frame, own, oracle); });
}

void explain(const char* who, const Verdict& verdict) {
  std::fprintf(stderr, "  %s: %s", who, verdict.broken ? ("connection error " + name_of(*verdict.broken)).c_str() : "alive");
  for (const std::string& line : verdict.resets) std::fprintf(stderr, " [%s]", line.c_str());
  for (const std::string& line : verdict.told) std::fprintf(stderr, " (%.200s)", line.c_str());
  std::fprintf(stderr, " %zu answers, %zu bytes of DATA\n", verdict.answers, verdict.data_bytes);
}

/// The frames of a conversation, one after the other: by the grammar, or cut out of raw bytes.
class Conversation {
 public:
  Conversation(std::string_view bytes, Role role, bool raw) : raw_(raw), rest_(bytes), grammar_(bytes, role) {}

  std::string next() {
    if (!raw_) return grammar_.done() ? std::string() : grammar_.next();
    std::size_t size = rest_.size() < 9 ? rest_.size() : 9 + length();
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return std::string(taken);
  }

 private:
  std::size_t length() const {
    auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(rest_[at])}; };
    return byte(0) << 16 | byte(1) << 8 | byte(2);
  }

  bool raw_;
  std::string_view rest_;
  Grammar grammar_;
};

/// A header block is judged as one: the one session looks at its beginning, the other when it is whole.
bool in_a_block(std::string_view heard) {
  std::vector<Frame> frames = frames_of(heard);
  if (frames.empty()) return false;
  bool of_block = frames.back().type == HEADERS || frames.back().type == CONTINUATION || frames.back().type == PUSH_PROMISE;
  return of_block && (frames.back().flags & END_HEADERS) == 0;
}

/// Of a frame that is cut off one session may judge the beginning already; both must if it is too long.
bool whole(std::string_view heard) {
  for (const Frame& frame : frames_of(heard)) heard.remove_prefix(9 + frame.payload.size());
  bool too_long = heard.size() > 9 && (heard[0] != 0 || static_cast<unsigned char>(heard[1]) > 0x40);
  return heard.empty() || too_long;
}

/// Few streams and small windows; but whatever RFC 9113 leaves to each side is unlimited, since the two limit differently.
Http2Limits limits_of_both() {
  Http2Limits limits;
  constexpr Rate unlimited{1 << 30, 1 << 30};
  limits.resets = limits.settings = limits.pings = limits.window_updates = limits.empty_data = limits.priorities =
      limits.unknown_frames = limits.header_excess_bytes = unlimited;
  limits.streams_max = 5;
  limits.header_list_bytes_max = 4 << 10;
  limits.stream_window_bytes = 70'000;
  limits.unsent_bytes_max = 16 << 20;
  return limits;
}

void converse(Role role, Conversation& conversation, std::size_t piece) {
  const Http2Limits limits = limits_of_both();
  Own own(role, limits);
  Oracle oracle(role, limits);
  std::string heard = (role == Role::server ? client_preface : std::string()) + settings() + settings_ack();
  while (!heard.empty() && (whole(heard) || heard.starts_with("PRI"))) {
    Verdict ours = own.hear(heard, piece);
    Verdict theirs = oracle.hear(heard, heard.size());
    if (!(ours == theirs)) {
      std::vector<Frame> frames = frames_of(heard);
      if (permitted(frames.empty() ? Frame() : frames.front(), ours, theirs)) return;
      std::fprintf(stderr, "on");
      for (const Frame& frame : frames) {
        std::fprintf(stderr, " %s flags %x", describe(frame).c_str(), frame.flags);
        for (std::size_t at = 0; at < std::min<std::size_t>(frame.payload.size(), 40); ++at) {
          std::fprintf(stderr, " %02x", static_cast<unsigned char>(frame.payload[at]));
        }
        std::fputs(";", stderr);
      }
      std::fprintf(stderr, "\n");
      explain("ours", ours);
      explain("nghttp2", theirs);
      fuzz_require(false, "both sessions understand the same");
    }
    // With the streams done, nghttp2 hears no more after GOAWAY.
    if (ours.broken || own.said_goodbye()) return;
    heard = conversation.next();
    while (in_a_block(heard)) {
      std::string more = conversation.next();
      if (more.empty()) return;
      heard += more;
    }
  }
}

}  // namespace
}  // namespace holon::wire

std::vector<std::string> holon::fuzz_seeds() {
  using namespace wire;
  return {
      std::string("\0\0\0", 3),
      std::string("\0\0\x20\3\1\x20\5hello\0\0\x10\2\0\1\1", 15),
      std::string("\x02\3\1\x20\5\3\3\x20\5", 9),
      std::string("\x40\0\x20\4\1\5\6\1\7\2", 10),
      "\x80" + request(1) + open_request(3, kept_field("x", "y")) + data(3, "abc", END_STREAM) + request(5, indexed(62)),
      "\x80" + open_request(1) + rst_stream(1, 8) + window_update(0, 100) + ping("12345678") + settings({{4, 100}}),
      "\x82" + headers(1, response_block()) + data(1, "abc") + headers(1, field("grpc-status", "0"), 5),
      "\x80" + headers(1, request_block().substr(0, 5), NONE) + continuation(1, request_block().substr(5)),
  };
}

/// The first byte: whether the rest is raw frames (0x80), who hears them (0x02), and how ours are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holon::wire;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Role role = (data[0] & 2) != 0 ? Role::client : Role::server;
  const std::size_t cut = data[0] >> 2 & 31;
  Conversation conversation(input, role, (data[0] & 0x80) != 0);
  converse(role, conversation, cut == 0 ? 1 << 20 : cut);
  return 0;
}
