// What a session does with peers that break the rules or exploit them.
#include <functional>
#include <map>
#include <random>

#include "wire/http2_pair.h"
#include "wire/http2_stream.h"

namespace holon::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string big_endian(std::size_t number, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
  return out;
}

std::string frame(int type, int flags, StreamId stream, const std::string& payload) {
  return big_endian(payload.size(), 3) + static_cast<char>(type) + static_cast<char>(flags) +
         big_endian(static_cast<std::size_t>(stream), 4) + payload;
}

const std::string settings = frame(4, 0, 0, "");

/// A literal without indexing (RFC 7541, 6.2.2); short texts only.
std::string literal(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
}

std::string request_block(const std::string& more = "") {
  return literal(":method", "POST") + literal(":scheme", "http") + literal(":path", "/") + literal(":authority", "a") +
         more;
}

std::string request(StreamId stream, const std::string& more = "") { return frame(1, 5, stream, request_block(more)); }

/// A server and what it says.
struct Target {
  explicit Target(const Http2Limits& limits = {}) : session(Role::server, limits, events) {}

  Result<void> receive(const std::string& bytes) { return session.receive(bytes_of(bytes)); }
  std::string output() {
    std::string out;
    session.gather(out, 16 << 20);
    return out;
  }

  EventLog events;
  Http2Session session;
};

struct BrokenRule {
  std::string sent;  ///< after preface and settings
  const char* says;
};

TEST(Http2Abuse, AnErrorNamesTheRuleAndTheGoawayIsThereToBeSent) {
  const BrokenRule cases[] = {
      {frame(0, 0, 0, "x"), "names none"},
      {frame(0, 0, 1, "x"), "not open yet"},
      {frame(1, 5, 0, request_block()), "names none"},
      {frame(1, 5, 2, request_block()), "identifier"},
      {frame(1, 5, 1, "\xff\xff\xff\xff\xff\xff\xff\xff\xff"), ""},
      {frame(4, 0, 1, ""), "names a stream"},
      {frame(4, 0, 0, "xxx"), ""},
      {frame(6, 0, 0, "short"), ""},
      {frame(7, 0, 1, std::string(8, '\0')), "names a stream"},
      {frame(8, 0, 0, big_endian(0, 4)), "WINDOW_UPDATE of the connection by 0"},
      {frame(3, 0, 1, big_endian(8, 4)), "not open yet"},
      {frame(5, 4, 1, big_endian(2, 4)), "PUSH_PROMISE"},
      {frame(9, 4, 1, ""), "CONTINUATION"},
      {frame(1, 1, 1, request_block()) + frame(6, 0, 0, std::string(8, 'p')), "between the parts of a header block"},
      {big_endian(1 << 20, 3) + std::string(6, '\0'), "larger than SETTINGS_MAX_FRAME_SIZE"},
  };
  for (const auto& [sent, says] : cases) {
    Target target;
    ASSERT_TRUE(target.receive(preface + settings).ok());
    auto received = target.receive(sent);
    ASSERT_FALSE(received.ok()) << testing::PrintToString(sent);
    EXPECT_THAT(received.error().message(), HasSubstr(says));
    EXPECT_THAT(target.output(), HasSubstr(std::string("\x07\0\0\0\0\0", 6))) << "no GOAWAY for " << says;
    EXPECT_TRUE(target.session.finished());
    EXPECT_FALSE(target.receive("more").ok());
    EXPECT_THAT(target.output(), IsEmpty());
  }
}

TEST(Http2Abuse, WhatIsNoHttp2IsNamedAtOnce) {
  for (const char* text : {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n\r\nXX"}) {
    Target target;
    auto received = target.receive(text);
    ASSERT_FALSE(received.ok()) << text;
    EXPECT_THAT(received.error().message(), HasSubstr("preface"));
    EXPECT_TRUE(target.session.wants_write());
  }
  Target no_settings;
  EXPECT_FALSE(no_settings.receive(preface + request(1)).ok());
}

TEST(Http2Abuse, AConnectionErrorResetsEachStreamOnce) {
  Target target;
  ASSERT_TRUE(target.receive(preface + settings + request(1) + request(3)).ok());
  target.session.reset(3, Http2Code::cancel);
  ASSERT_TRUE(target.receive(request(5)).ok());
  target.events.take();
  EXPECT_FALSE(target.receive(frame(0, 0, 0, "x")).ok());
  EXPECT_THAT(target.events.take(), ElementsAre("reset 1 1", "reset 5 1"));
  target.session.respond(1, response_headers);
  EXPECT_EQ(target.session.streams(), 0u);
}

TEST(Http2Abuse, MalformedRequestsAreResetAndOthersAnswered) {
  const std::string bad[] = {literal("Upper", "x"), literal("a b", "x"), literal("connection", "close"),
                             literal(":path", "/"), literal("te", "gzip"), literal("x", "a\nb"),
                             literal("content-length", "x")};
  for (const std::string& more : bad) {
    Target target;
    ASSERT_TRUE(target.receive(preface + settings + request(1, more)).ok()) << more;
    EXPECT_THAT(target.events.take(), IsEmpty()) << more;
    EXPECT_THAT(target.output(), HasSubstr(frame(3, 0, 1, big_endian(1, 4)))) << more;
    ASSERT_TRUE(target.receive(request(3)).ok());
    EXPECT_THAT(target.events.take(), ElementsAre("headers 3 :method=POST :scheme=http :path=/ :authority=a end"));
  }
}

TEST(Http2Abuse, ABodyThatBreaksItsLengthIsReset) {
  Target target;
  std::string head = frame(1, 4, 1, request_block(literal("content-length", "3")));
  ASSERT_TRUE(target.receive(preface + settings + head + frame(0, 1, 1, "four")).ok());
  EXPECT_THAT(target.output(), HasSubstr(frame(3, 0, 1, big_endian(1, 4))));
  EXPECT_EQ(target.events.take().back(), "reset 1 1");
}

TEST(Http2Abuse, AHeaderBlockOverItsBudgetResetsTheStream) {
  Http2Limits limits;
  limits.header_list_bytes_max = 1'000;
  Target target(limits);
  std::string large;
  for (int i = 0; i < 10; ++i) large += literal("x", std::string(100, 'y'));
  ASSERT_TRUE(target.receive(preface + settings + request(1, large)).ok());
  EXPECT_THAT(target.events.take(), IsEmpty());
  EXPECT_THAT(target.output(), HasSubstr(frame(3, 0, 1, big_endian(11, 4))));
  ASSERT_TRUE(target.receive(request(3)).ok());
  EXPECT_EQ(target.events.take().size(), 1u);
}

/// A kilobyte on the wire that means megabytes: one large value in the table, then one byte for each time it stands.
TEST(Http2Abuse, AnHpackBombEndsTheConnection) {
  std::string large = std::string(1, '\x40') + '\1' + "x" + '\x7f' + "\xa1\x1e" + std::string(4'000, 'y');
  std::string block = request_block() + large + std::string(10'000, '\xbe');
  Target target;
  auto received = target.receive(preface + settings + frame(1, 5, 1, block));
  ASSERT_FALSE(received.ok());
  EXPECT_THAT(received.error().message(), HasSubstr("header block"));
  EXPECT_THAT(target.events.take(), IsEmpty());
}

TEST(Http2Abuse, EndlessContinuationsEndTheConnection) {
  for (const std::string& piece : {std::string(), literal("x", "y")}) {
    Target target;
    std::string sent = preface + settings + frame(1, 1, 1, request_block());
    for (int i = 0; i < 10'000; ++i) sent += frame(9, 0, 1, piece);
    EXPECT_FALSE(target.receive(sent).ok());
  }
}

TEST(Http2Abuse, ContinuationsMayArriveByteByByte) {
  Target target;
  std::string block = request_block();
  std::string sent = preface + settings + frame(1, 1, 1, "");
  for (char c : block) sent += frame(9, 0, 1, std::string(1, c));
  sent += frame(9, 4, 1, "");
  for (char c : sent) ASSERT_TRUE(target.receive(std::string(1, c)).ok());
  EXPECT_EQ(target.events.take().size(), 1u);
}

TEST(Http2Abuse, APeerThatFloodsWithoutReadingIsCutOff) {
  const std::pair<const char*, std::function<std::string(StreamId)>> floods[] = {
      {"ping", [](StreamId) { return frame(6, 0, 0, std::string(8, 'p')); }},
      {"settings", [](StreamId) { return settings; }},
      {"malformed requests", [](StreamId id) { return request(id, literal("Upper", "x")); }},
      {"refused requests", [](StreamId id) { return request(id); }}};
  for (const auto& [name, one] : floods) {
    Http2Limits limits;
    limits.unsent_bytes_max = 64 << 10;
    Target target(limits);
    ASSERT_TRUE(target.receive(preface + settings).ok());
    bool cut_off = false;
    for (StreamId id = 1; id < 100'000 && !cut_off; id += 2) cut_off = !target.receive(one(id)).ok();
    EXPECT_TRUE(cut_off) << name;
    EXPECT_LT(target.output().size(), 300'000u) << name;
  }
}

TEST(Http2Abuse, StreamsOpenedAndResetAtOnceEndTheConnection) {
  Target target;
  ASSERT_TRUE(target.receive(preface + settings).ok());
  bool cut_off = false;
  StreamId id = 1;
  for (; id < 100'000 && !cut_off; id += 2) {
    cut_off = !target.receive(frame(1, 4, id, request_block()) + frame(3, 0, id, big_endian(8, 4))).ok();
    target.output();
  }
  EXPECT_TRUE(cut_off);
  EXPECT_GT(id, 1'000) << "honest clients cancel, too";
}

/// A call each 200 µs with 10 ms to live; the host gets the processor now and then, and reads what came until then.
Result<void> hear_calls_that_expire(Target& target, std::chrono::milliseconds read_every) {
  constexpr int in_all = 20'000;
  constexpr int until_reset = 50;  // calls, each 200 µs
  const int at_once = static_cast<int>(read_every / std::chrono::microseconds(200));
  const env::Time start = env::Time(std::chrono::seconds(1'000));
  target.events.deadlines = true;
  Result<void> heard = target.session.receive(bytes_of(preface + settings), start);
  for (int call = 0; call < in_all + until_reset && heard.ok();) {
    std::string sent;
    for (int end = call + at_once; call < end; ++call) {
      if (call < in_all) sent += request(2 * call + 1);
      if (call >= until_reset && call < in_all + until_reset) sent += frame(3, 0, 2 * (call - until_reset) + 1, big_endian(8, 4));
    }
    heard = target.session.receive(bytes_of(sent), start + call * std::chrono::microseconds(200));
    target.output();
  }
  return heard;
}

TEST(Http2Abuse, WhoseDeadlinesPassOnAStarvedHostIsNotCutOff) {
  for (int read_every_ms : {1, 20, 100, 1'000, 3'000}) {
    Target target;
    Result<void> heard = hear_calls_that_expire(target, std::chrono::milliseconds(read_every_ms));
    EXPECT_TRUE(heard.ok()) << "read each " << read_every_ms << " ms: " << heard.error().message();
    EXPECT_EQ(target.session.streams(), 0u);
  }
}

TEST(Http2Abuse, PausesDoNotPayForAFlood) {
  Target target;
  target.events.deadlines = true;
  env::Time now = env::Time(std::chrono::seconds(1'000));
  ASSERT_TRUE(target.session.receive(bytes_of(preface + settings), now).ok());
  bool cut_off = false;
  StreamId id = 1;
  for (int second = 0; second < 10 && !cut_off; ++second) {
    now += std::chrono::seconds(1);
    for (int stream = 0; stream < 20'000 && !cut_off; ++stream, id += 2) {
      std::string sent = frame(1, 4, id, request_block()) + frame(3, 0, id, big_endian(8, 4));
      cut_off = !target.session.receive(bytes_of(sent), now).ok();
      target.output();
    }
  }
  EXPECT_TRUE(cut_off) << "20,000 a second, all at once";
}

TEST(Http2Abuse, MoreStreamsThanAllowedAreRefused) {
  Http2Limits limits;
  limits.streams_max = 2;
  Target target(limits);
  ASSERT_TRUE(target.receive(preface + settings + request(1) + request(3) + request(5)).ok());
  EXPECT_EQ(target.events.take().size(), 2u);
  EXPECT_THAT(target.output(), HasSubstr(frame(3, 0, 5, big_endian(7, 4))));
}

TEST(Http2Abuse, BytesBeyondTheStreamsWindowResetIt) {
  Http2Limits limits;
  limits.stream_window_bytes = 1'000;
  Target target(limits);
  ASSERT_TRUE(target.receive(preface + settings).ok());
  target.output();
  ASSERT_TRUE(target.receive(frame(4, 1, 0, "") + frame(1, 4, 1, request_block())).ok());
  ASSERT_TRUE(target.receive(frame(0, 0, 1, std::string(1'000, 'x'))).ok());
  EXPECT_THAT(target.output(), IsEmpty());
  ASSERT_TRUE(target.receive(frame(0, 0, 1, "x")).ok());
  EXPECT_THAT(target.output(), HasSubstr(frame(3, 0, 1, big_endian(3, 4))));
  EXPECT_EQ(target.events.take().back(), "reset 1 3");
}

TEST(Http2Abuse, BytesBeyondTheConnectionsWindowEndIt) {
  Http2Limits limits;
  limits.connection_window_bytes = 70'000;
  Target target(limits);
  ASSERT_TRUE(target.receive(preface + settings + frame(1, 4, 1, request_block())).ok());
  target.output();
  bool cut_off = false;
  for (int i = 0; i < 8 && !cut_off; ++i) cut_off = !target.receive(frame(0, 0, 1, std::string(10'000, 'x'))).ok();
  EXPECT_TRUE(cut_off);
  EXPECT_EQ(target.events.take().back(), "reset 1 3");
}

TEST(Http2Streams, TheTableIsAMap) {
  std::mt19937 random(5);
  Http2StreamTable table;
  std::map<StreamId, int> model;
  std::vector<int> users(40'000);
  for (StreamId next = 1; next < 40'000; next += 2) {
    table.add(next, &users[static_cast<std::size_t>(next)]);
    model[next] = next;
    // Most are short-lived; some stay, so that new ids run into old ones.
    while (!model.empty() && random() % 16 != 0) {
      auto victim = random() % 4 == 0 ? model.begin() : std::prev(model.end());
      table.remove(victim->first);
      ASSERT_EQ(table.find(victim->first), nullptr);
      model.erase(victim);
      if (model.size() < 20) break;
    }
    ASSERT_EQ(table.size(), model.size());
    for (auto [id, user] : model) {
      Http2Stream* stream = table.find(id);
      ASSERT_NE(stream, nullptr) << id;
      ASSERT_EQ(stream->user, &users[static_cast<std::size_t>(user)]);
    }
  }
}

}  // namespace
}  // namespace holon::wire
