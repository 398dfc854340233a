// How the rules of RFC 9113 are written down as tests: what a session hears, and what comes of it.
//
//   {"6.1", "DATA on stream 0 is refused", "", data(0, "x"), connection_error(Http2Code::protocol_error)},
//
// A rule of the RFC that leaves a choice names the alternatives with AnyOf. After each rule that leaves the connection
// alive, the session must still answer a PING.
#pragma once

#include <gmock/gmock.h>

#include <cctype>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http2_pair.h"
#include "wire/http2_raw.h"

namespace holon::wire::rules {

using namespace raw;  // NOLINT: the vocabulary of these tests

/// What came of bytes that a session heard.
struct Outcome {
  std::optional<Http2Code> broken;  ///< the connection is over, and the GOAWAY said this
  std::string why;                  ///< … and `receive` this
  std::vector<std::string> told;    ///< events
  std::vector<std::string> said;    ///< frames
};

inline void PrintTo(const Outcome& outcome, std::ostream* out) {
  if (outcome.broken) *out << "connection error " << name_of(*outcome.broken) << " (" << outcome.why << ")";
  *out << "\n  told:";
  for (const std::string& line : outcome.told) *out << " [" << line << "]";
  *out << "\n  said:";
  for (const std::string& line : outcome.said) *out << " [" << line << "]";
}

/// A session past its preface and settings. A server answers at once, with headers alone, a request for "/answer". A
/// client has sent two requests: one complete on stream 1, one whose body is to come on stream 3.
class Subject {
 public:
  explicit Subject(Role role, const Http2Limits& limits = {}) : session(role, limits, events) {
    events.react = [this](const std::string& line, StreamId stream, void*) {
      if (line.find(":path=/answer ") != std::string::npos) session.respond_and_end(stream, response_headers);
    };
    if (role == Role::client) {
      session.open(request_headers, true, nullptr);
      session.open(request_headers, false, nullptr);
    }
    hear((role == Role::server ? client_preface : std::string()) + settings() + settings_ack());
  }

  Outcome hear(std::string_view bytes) {
    Result<void> received = session.receive(bytes_of(bytes));
    std::vector<Frame> frames = say();
    Outcome outcome;
    outcome.told = events.take();
    for (const Frame& frame : frames) {
      if (frame.type == GOAWAY && !received.ok()) outcome.broken = static_cast<Http2Code>(frame.word(4));
      outcome.said.push_back(describe(frame));
    }
    if (!received.ok()) outcome.why = received.error().message();
    EXPECT_EQ(!received.ok(), outcome.broken.has_value()) << "an error is told to the peer: " << outcome.why;
    return outcome;
  }
  /// All that the session has to say now.
  std::vector<Frame> say() {
    std::string out;
    session.gather(out, 64 << 20);
    return frames_of(out);
  }

  EventLog events;
  Http2Session session;
};

// ---- effects --------------------------------------------------------------------------------------------------------

using Effect = testing::Matcher<const Outcome&>;

inline bool contains(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}
inline bool contains_beginning(const std::vector<std::string>& lines, std::string_view with) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with(with); });
}

MATCHER_P(ConnectionError, code, "a connection error " + name_of(code)) { return arg.broken == code; }
MATCHER_P2(StreamError, stream, code, "a stream error " + name_of(code) + " of stream " + std::to_string(stream)) {
  bool handled = contains_beginning(arg.told, "headers") || contains_beginning(arg.told, "data");
  return !arg.broken && !handled && contains(arg.said, "RST_STREAM " + std::to_string(stream) + " " + name_of(code));
}
MATCHER(Ignored, "nothing comes of it") { return !arg.broken && arg.told.empty() && arg.said.empty(); }
MATCHER(Accepted, "it is accepted") { return !arg.broken && !contains_beginning(arg.said, "RST_STREAM"); }
MATCHER_P(Tells, line, std::string("the event \"") + line + '"') {
  return !arg.broken && contains(arg.told, line) && !contains_beginning(arg.said, "RST_STREAM");
}
MATCHER_P(Says, line, std::string("the frame \"") + line + '"') { return !arg.broken && contains(arg.said, line); }

inline Effect connection_error(Http2Code code) { return ConnectionError(code); }
/// The stream is reset, and what broke the rule reached no handler.
inline Effect stream_error(StreamId stream, Http2Code code) { return StreamError(stream, code); }
/// RFC 9113, 8.1.1.
inline Effect malformed(StreamId stream) { return stream_error(stream, Http2Code::protocol_error); }
inline Effect ignored() { return Ignored(); }
inline Effect accepted() { return Accepted(); }
inline Effect tells(const std::string& line) { return Tells(line); }
inline Effect says(const std::string& line) { return Says(line); }

// ---- rules ----------------------------------------------------------------------------------------------------------

struct Rule {
  const char* section;  ///< of RFC 9113, or of another where it says so
  std::string says;
  std::string given;    ///< heard before, all in order
  std::string hears;
  Effect effect;
};

inline std::ostream& operator<<(std::ostream& out, const Rule& rule) { return out << rule.section << ": " << rule.says; }

/// "s6_1_DATA_on_stream_0_is_refused"
inline std::string test_name_of(const Rule& rule) {
  std::string name = "s";
  for (char c : std::string(rule.section) + " " + rule.says) {
    bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain || name.back() != '_') name += plain ? c : '_';
  }
  return name;
}

inline void check(Role role, const Rule& rule) {
  Subject subject(role);
  if (!rule.given.empty()) {
    Outcome before = subject.hear(rule.given);
    ASSERT_FALSE(before.broken) << before.why;
  }
  Outcome outcome = subject.hear(rule.hears);
  EXPECT_THAT(outcome, rule.effect) << "RFC 9113, " << rule;
  if (outcome.broken || subject.session.finished()) return;
  EXPECT_THAT(subject.hear(ping("alive?!?")), says("PING ack")) << "the connection lives on";
}

/// Makes each rule of a table a test of its own: "Rfc9113/SUITE.Holds/s6_1_DATA_on_stream_0_is_refused".
#define HOLON_HTTP2_RULES(suite, role, table)                        \
  class suite : public testing::TestWithParam<Rule> {};              \
  TEST_P(suite, Holds) { check(role, GetParam()); }                  \
  INSTANTIATE_TEST_SUITE_P(Rfc9113, suite, testing::ValuesIn(table), \
                           [](const auto& rule) { return test_name_of(rule.param); })

}  // namespace holon::wire::rules
