// Peers that send more than they should, or other things: each is cut off under a name, and nobody else notices.
#include <gtest/gtest.h>

#include <random>

#include "tests/hostile/attacker.h"
#include "tests/hostile/victim.h"
#include "wire/gzip.h"

namespace holon::hostile {
namespace {

using namespace wire::raw;  // NOLINT: the vocabulary of frames
using std::chrono::seconds;

constexpr milliseconds attack_time{1'000};
constexpr milliseconds cut_off_time{2'000};

std::string repeat(std::string_view bytes, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += bytes;
  return out;
}

/// The block of a call of this method, for as many streams as one likes.
std::string call_block(std::string_view method, std::string_view more = "") {
  std::string block = field(":method", "POST") + field(":scheme", "http") + field(":authority", "a");
  block += field(":path", "/hostile.Target/" + std::string(method)) + field("content-type", "application/grpc");
  return block + field("te", "trailers") + std::string(more);
}

std::string prefixed(std::string_view message, char flag = 0) {
  return std::string(1, flag) + big_endian(message.size(), 4) + std::string(message);
}

class FloodTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { victim_ = std::make_unique<Victim>(); }
  static void TearDownTestSuite() { victim_.reset(); }
  static Victim& victim() { return *victim_; }

  /// For a second: connects, and lets `attack` do its worst until it says that the connection is over, again and again.
  /// Each time the host must have ended it, by this rule (or by the other, where two fit).
  void expect_cut_off(const char* rule, const std::function<bool(Attacker&)>& attack, const char* or_rule = "none") {
    const std::uint64_t before = victim().refusals(rule) + victim().refusals(or_rule);
    const std::size_t lines_before = victim().lines_about(rule);
    Siege siege(victim());
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t attacks = 0;
    for (; std::chrono::steady_clock::now() < begin + attack_time; ++attacks) {
      Attacker attacker(victim().port());
      ASSERT_TRUE(attack(attacker)) << "the host lets it happen; it has refused: " << victim().all_refusals();
    }
    siege.lift();
    EXPECT_GE(victim().refusals(rule) + victim().refusals(or_rule) - before, attacks) << "refused: " << victim().all_refusals();
    auto took = std::chrono::ceil<seconds>(std::chrono::steady_clock::now() - begin).count();
    EXPECT_LE(victim().lines_about(rule) - lines_before, static_cast<std::size_t>(took) + 1) << "the log is flooded, too";
  }
  /// After `first`, the same bytes over and over until the host has had enough.
  void flood(const char* rule, const std::string& first, const std::string& wave) {
    expect_cut_off(rule, [&](Attacker& attacker) {
      bool alive = attacker.greet() && attacker.send(first);
      for (int i = 0; i < 10'000 && alive; ++i) alive = attacker.send(wave);
      return !alive || attacker.cut_off(cut_off_time);
    });
  }

 private:
  static inline std::unique_ptr<Victim> victim_;
};

// ---- frames ---------------------------------------------------------------------------------------------------------

TEST_F(FloodTest, Settings) { flood("http2.settings_flood", "", repeat(settings({{INITIAL_WINDOW_SIZE, 7}}), 100)); }

TEST_F(FloodTest, Pings) { flood("http2.ping_flood", "", repeat(ping("12345678"), 1'000)); }

TEST_F(FloodTest, EmptyData) {
  flood("http2.empty_flood", headers(1, call_block("Swallow")), repeat(data(1, ""), 1'000));
}

TEST_F(FloodTest, PaddingWithoutData) {
  flood("http2.empty_flood", headers(1, call_block("Swallow")), repeat(data(1, padded("", 1), PADDED), 1'000));
}

TEST_F(FloodTest, WindowUpdates) { flood("http2.window_flood", "", repeat(window_update(0, 1), 1'000)); }

TEST_F(FloodTest, WindowUpdatesOfNothing) { flood("http2.zero_increment", "", window_update(0, 0)); }

TEST_F(FloodTest, WindowUpdatesBeyondTheLargest) { flood("http2.window_overflow", "", window_update(0, 0x7fffffff)); }

TEST_F(FloodTest, Priorities) {
  flood("http2.priority_flood", "", repeat(frame(PRIORITY, NONE, 1, priority_fields(3)), 1'000));
}

TEST_F(FloodTest, UnknownFrames) { flood("http2.unknown_flood", "", repeat(frame(0x77, NONE, 0, ""), 1'000)); }

TEST_F(FloodTest, Continuations) {
  flood("http2.continuation_flood", headers(1, call_block("Echo"), NONE), repeat(continuation(1, "", NONE), 100));
}

/// CVE-2024-27316: a block that never ends.
TEST_F(FloodTest, ContinuationsWithHeaders) {
  std::string piece;
  for (int i = 0; i < 100; ++i) piece += field("x-header-" + std::to_string(i), std::string(100, 'x'));
  expect_cut_off("http2.header_bomb", [&](Attacker& attacker) {
    bool alive = attacker.greet() && attacker.send(headers(1, call_block("Echo"), NONE));
    for (int i = 0; i < 10'000 && alive; ++i) alive = attacker.send(continuation(1, piece, NONE));
    return !alive || attacker.cut_off(cut_off_time);
  });
}

// ---- streams --------------------------------------------------------------------------------------------------------

/// CVE-2023-44487.
TEST_F(FloodTest, RapidResets) {
  expect_cut_off("http2.reset_flood", [&](Attacker& attacker) {
    bool alive = attacker.greet();
    for (std::uint32_t id = 1; id < 1'000'000 && alive;) {
      std::string wave;
      for (int i = 0; i < 100; ++i, id += 2) wave += headers(id, call_block("Swallow")) + rst_stream(id, 8);
      alive = attacker.send(wave);
    }
    return !alive || attacker.cut_off(cut_off_time);
  }, "http2.unread");
}

/// CVE-2025-8671: the client makes the server reset.
TEST_F(FloodTest, ResetsProvoked) {
  expect_cut_off("http2.reset_flood", [&](Attacker& attacker) {
    bool alive = attacker.greet();
    for (std::uint32_t id = 1; id < 1'000'000 && alive;) {
      std::string wave;
      for (int i = 0; i < 100; ++i, id += 2) wave += headers(id, call_block("Swallow")) + window_update(id, 0);
      alive = attacker.send(wave);
    }
    return !alive || attacker.cut_off(cut_off_time);
  }, "http2.window_flood");
}

/// As many streams as one likes, each waiting for its request to go on.
TEST_F(FloodTest, StreamsThatWait) {
  const std::uint64_t before = victim().refusals("http2.too_many_streams");
  Siege siege(victim());
  Attacker attacker(victim().port());
  ASSERT_TRUE(attacker.greet());
  for (std::uint32_t id = 1; id < 30'000; id += 2) {
    if (!attacker.send(headers(id, call_block("Swallow")))) break;
  }
  attacker.cut_off(attack_time);
  { Attacker leaves = std::move(attacker); }
  siege.lift();
  EXPECT_GT(victim().refusals("http2.too_many_streams"), before) << victim().all_refusals();
}

/// Calls for 256 KiB each, by a client that opens no window: what it has not taken is bounded, and the rest does not even begin.
TEST_F(FloodTest, AnswersThatNobodyTakes) {
  Siege siege(victim());
  const milliseconds before = victim().cpu();
  std::vector<Attacker> attackers;
  const std::string size_256_kib = std::string("\x08") + "\x80\x80\x10";
  for (int connection = 0; connection < 10; ++connection) {
    Attacker& attacker = attackers.emplace_back(victim().port());
    ASSERT_TRUE(attacker.greet(settings({{INITIAL_WINDOW_SIZE, 0}})));
    std::string calls;
    for (std::uint32_t id = 1; id < 2 * 900; id += 2) {
      calls += headers(id, call_block("Draw")) + data(id, prefixed(size_256_kib), END_STREAM);
    }
    ASSERT_TRUE(attacker.send(calls));
    EXPECT_FALSE(attacker.cut_off(attack_time / 10)) << "a window may open later";
  }
  attackers.clear();
  siege.lift();
  EXPECT_LE(victim().cpu() - before, milliseconds(1'000));
}

// ---- headers --------------------------------------------------------------------------------------------------------

/// A large value in the table, and one byte for each time it stands: a few bytes that mean megabytes.
std::string bomb(std::uint32_t stream, int times) {
  return headers(stream, call_block("Echo") + kept_field("x", std::string(3'900, 'y')) + repeat(indexed(62), times));
}

TEST_F(FloodTest, HpackBombs) {
  std::vector<milliseconds> costs;
  expect_cut_off("http2.header_bomb", [&](Attacker& attacker) {
    milliseconds before = victim().cpu();
    bool alive = attacker.greet();
    for (std::uint32_t id = 1; id < 10'000 && alive; id += 2) alive = attacker.send(bomb(id, 10'000));
    bool over = !alive || attacker.cut_off(cut_off_time);
    costs.push_back(victim().cpu() - before);
    return over;
  });
  EXPECT_LE(*std::max_element(costs.begin(), costs.end()), milliseconds(300)) << "of the processor, for one connection";
}

/// Each block within its bound, but made of almost nothing. What open streams hold is bounded for all of them together; and who
/// opens a thousand that are refused is cut off. Until then some are answered, and none costs more than its bytes may.
TEST_F(FloodTest, HpackBombsWithinTheBound) {
  const milliseconds before = victim().cpu();
  std::uint32_t calls = 0;
  expect_cut_off("http2.open_headers", [&](Attacker& attacker) {
    bool alive = attacker.greet();
    for (std::uint32_t id = 1; id < 1'000'000 && alive;) {
      std::string wave;
      for (int i = 0; i < 50; ++i, ++calls, id += 2) {
        wave += id == 1 ? bomb(1, 10) : headers(id, call_block("Echo", repeat(indexed(62), 14)), END_HEADERS | END_STREAM);
      }
      alive = attacker.send(wave);
    }
    return !alive || attacker.cut_off(cut_off_time);
  }, "http2.header_cost");
  const std::chrono::nanoseconds cost = victim().cpu() - before;
  EXPECT_LE(cost / calls, std::chrono::microseconds(50)) << "of the processor for each of " << calls;
}

/// Over the bound, but no bomb: the stream is refused, and the connection lives until it becomes a habit.
TEST_F(FloodTest, HugeHeaderLists) {
  const std::string large = field("x-large", std::string(15'000, 'z'));
  expect_cut_off("http2.headers_too_large", [&](Attacker& attacker) {
    bool alive = attacker.greet();
    std::string block = headers(1, call_block("Echo"), NONE);
    for (int i = 0; i < 5; ++i) block += continuation(1, large, NONE);
    return alive && attacker.send(block + continuation(1, "")) && attacker.hears(rst_stream(1, 11), cut_off_time);
  });
}

// ---- messages -------------------------------------------------------------------------------------------------------

/// What follows the length of a HEADERS frame that ends stream 1.
const std::string answer = frame_header(0, HEADERS, END_HEADERS | END_STREAM, 1).substr(3);

/// Calls with a message that is refused; the connection lives.
void expect_exhausted(Attacker& attacker, std::string_view more_headers, std::string_view body) {
  ASSERT_TRUE(attacker.greet());
  ASSERT_TRUE(attacker.send(headers(1, call_block("Echo", more_headers))));
  for (std::size_t at = 0; at < body.size(); at += 16'384) {
    bool last = at + 16'384 >= body.size();
    ASSERT_TRUE(attacker.send(data(1, body.substr(at, 16'384), last ? END_STREAM : NONE)));
  }
  EXPECT_TRUE(attacker.hears(answer, cut_off_time)) << testing::PrintToString(attacker.heard());
}

TEST_F(FloodTest, MessagesWithAnAbsurdLength) {
  Siege siege(victim());
  for (int i = 0; i < 200; ++i) {
    Attacker attacker(victim().port());
    expect_exhausted(attacker, "", std::string("\0\xff\xff\xff\xff", 5));
  }
  siege.lift();
}

/// 128 MiB of zeros, in less than one.
TEST_F(FloodTest, GzipBombs) {
  std::string packed;
  ASSERT_TRUE(wire::gzip_compress(std::string(128 << 20, '\0'), packed));
  ASSERT_LT(packed.size(), 1u << 20);
  Siege siege(victim());
  for (auto until = std::chrono::steady_clock::now() + attack_time; std::chrono::steady_clock::now() < until;) {
    Attacker attacker(victim().port());
    ASSERT_TRUE(attacker.greet(settings({{INITIAL_WINDOW_SIZE, 1 << 20}})));
    ASSERT_TRUE(attacker.send(headers(1, call_block("Echo", field("grpc-encoding", "gzip")))));
    std::string body = prefixed(packed, 1);
    bool alive = true;
    for (std::size_t at = 0; at < body.size() && alive; at += 16'384) {
      bool last = at + 16'384 >= body.size();
      alive = attacker.send(data(1, std::string_view(body).substr(at, 16'384), last ? END_STREAM : NONE));
    }
    EXPECT_TRUE(!alive || attacker.hears(answer, cut_off_time) || attacker.cut_off(cut_off_time));
  }
  siege.lift();
}

// ---- connections ----------------------------------------------------------------------------------------------------

TEST_F(FloodTest, Garbage) {
  Siege siege(victim());
  std::mt19937 random(9113);
  int attacks = 0;
  int patient = 0;  // garbage that may be the beginning of a frame, which has 20 s to come
  for (auto until = std::chrono::steady_clock::now() + attack_time; std::chrono::steady_clock::now() < until;) {
    Attacker attacker(victim().port());
    std::string bytes(1 + random() % 5'000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (random() % 2 == 0) attacker.greet();
    static_cast<void>(attacker.send(bytes));
    if (random() % 2 == 0) attacker.end_writing();
    ++attacks;
    patient += attacker.cut_off(milliseconds(100)) ? 0 : 1;
  }
  siege.lift();
  EXPECT_GT(attacks, 10 * patient) << patient << " of " << attacks << " were not cut off";
}

TEST_F(FloodTest, HalfClosedSockets) {
  Siege siege(victim());
  std::vector<Attacker> attackers;
  for (int i = 0; i < 300; ++i) {
    Attacker& attacker = attackers.emplace_back(victim().port());
    ASSERT_TRUE(attacker.greet());
    ASSERT_TRUE(attacker.send(headers(1, call_block("Swallow"))));
    attacker.end_writing();
  }
  for (Attacker& attacker : attackers) EXPECT_TRUE(attacker.cut_off(cut_off_time));
  siege.lift();
}

TEST_F(FloodTest, Connections) {
  const char* rule = "too_many_connections_of_a_peer";
  const std::uint64_t before = victim().refusals(rule);
  Siege siege(victim());
  {
    std::vector<Attacker> attackers;
    for (int i = 0; i < 1'500; ++i) attackers.emplace_back(victim().port());
    EXPECT_TRUE(attackers.back().cut_off(cut_off_time));
    EXPECT_TRUE(eventually([&] { return victim().descriptors() < 1'100; }));
  }
  siege.lift();
  EXPECT_GT(victim().refusals(rule), before) << victim().all_refusals();
}

}  // namespace
}  // namespace holon::hostile
