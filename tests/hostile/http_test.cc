// Peers that attack a server's handler by plain HTTP, of both versions: with too much, with what nobody could read in one way, and
// by letting it wait. Each is cut off under a name, and nobody else notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "tests/hostile/attacker.h"
#include "tests/hostile/victim.h"

namespace holon::hostile {
namespace {

using namespace wire::raw;  // NOLINT: the vocabulary of frames
using std::chrono::seconds;

constexpr milliseconds attack_time{1'000};
constexpr milliseconds cut_off_time{2'000};

std::string block(std::string_view method, std::string_view path, std::string_view more = "") {
  std::string all = field(":method", method) + field(":scheme", "http") + field(":authority", "a") + field(":path", path);
  return all.append(more);
}
std::string repeat(std::string_view bytes, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += bytes;
  return all;
}
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class HttpAttackTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { victim_ = std::make_unique<Victim>(); }
  static void TearDownTestSuite() { victim_.reset(); }
  static Victim& victim() { return *victim_; }

 private:
  static inline std::unique_ptr<Victim> victim_;
};

// ---- with too much ------------------------------------------------------------------------------------------------------

/// Requests behind requests, whose answers nobody takes.
TEST_F(HttpAttackTest, PipelinesWithoutReading) {
  Siege siege(victim());
  std::vector<Attacker> attackers;
  for (int i = 0; i < 20; ++i) {
    Attacker& attacker = attackers.emplace_back(victim().port());
    attacker.flood("GET /draw HTTP/1.1\r\nHost: a\r\n\r\n" + repeat(get, 1'000));
  }
  attackers.clear();
  siege.lift();
}

/// CVE-2023-44487, of plain requests.
TEST_F(HttpAttackTest, RapidResets) {
  const std::uint64_t before = victim().refusals("http2.reset_flood") + victim().refusals("http2.unread");
  Siege siege(victim());
  std::uint64_t attacks = 0;
  for (auto until = std::chrono::steady_clock::now() + attack_time; std::chrono::steady_clock::now() < until; ++attacks) {
    Attacker attacker(victim().port());
    bool alive = attacker.greet();
    for (std::uint32_t id = 1; id < 1'000'000 && alive;) {
      std::string wave;
      for (int i = 0; i < 100; ++i, id += 2) wave += headers(id, block("POST", "/")) + rst_stream(id, 8);
      alive = attacker.send(wave);
    }
    ASSERT_TRUE(!alive || attacker.cut_off(cut_off_time)) << victim().all_refusals();
  }
  siege.lift();
  EXPECT_GE(victim().refusals("http2.reset_flood") + victim().refusals("http2.unread") - before, attacks);
}

/// Answers of 256 KiB for a client that opens no window: few are made, and the rest does not begin.
TEST_F(HttpAttackTest, AnswersThatNobodyTakes) {
  Siege siege(victim());
  std::vector<Attacker> attackers;
  for (int connection = 0; connection < 10; ++connection) {
    Attacker& attacker = attackers.emplace_back(victim().port());
    ASSERT_TRUE(attacker.greet(settings({{INITIAL_WINDOW_SIZE, 0}})));
    std::string requests;
    for (std::uint32_t id = 1; id < 2 * 900; id += 2) requests += headers(id, block("GET", "/draw"), END_HEADERS | END_STREAM);
    ASSERT_TRUE(attacker.send(requests));
    EXPECT_FALSE(attacker.cut_off(attack_time / 10)) << "a window may open later";
  }
  attackers.clear();
  siege.lift();
}

/// Bodies without end, of which the handler reads nothing, or all.
TEST_F(HttpAttackTest, BodiesWithoutEnd) {
  Siege siege(victim());
  for (const char* path : {"/", "/deaf"}) {
    Attacker chunks(victim().port());
    ASSERT_TRUE(chunks.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    bool alive = true;
    for (int i = 0; i < 2'000 && alive; ++i) alive = chunks.send(chunk);
    EXPECT_TRUE(!alive || chunks.cut_off(seconds(5))) << path;
    Attacker length(victim().port());
    ASSERT_TRUE(length.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n"));
    for (int i = 0; i < 2'000 && alive; ++i) alive = length.send(chunk);
    EXPECT_TRUE(!alive || length.cut_off(seconds(5))) << path;
  }
  siege.lift();
}

TEST_F(HttpAttackTest, HeadsWithoutEnd) {
  const std::uint64_t before = victim().refusals("http.headers_long");
  Siege siege(victim());
  std::uint64_t attacks = 0;
  for (auto until = std::chrono::steady_clock::now() + attack_time; std::chrono::steady_clock::now() < until; ++attacks) {
    Attacker attacker(victim().port());
    bool alive = attacker.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    for (int i = 0; i < 1'000 && alive; ++i) alive = attacker.send(std::string(10'000, 'x'));
    ASSERT_TRUE(!alive || attacker.cut_off(seconds(5)));
  }
  siege.lift();
  EXPECT_GE(victim().refusals("http.headers_long") - before, attacks);
}

// ---- with what two could read in two ways -----------------------------------------------------------------------------

/// A second request is hidden in each: for whoever would read it otherwise it is "/smuggled".
TEST_F(HttpAttackTest, NoRequestIsSmuggledInAnother) {
  const std::string hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string length = "Content-Length: " + std::to_string(hidden.size() + 5) + "\r\n";
  const std::string end = "0\r\n\r\n" + hidden;
  const std::pair<const char*, std::string> pairs[] = {
      {"CL.TE", post + length + "Transfer-Encoding: chunked\r\n\r\n" + end},
      {"TE.CL", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + end},
      {"TE.TE", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + end},
      {"xchunked", post + length + "Transfer-Encoding: xchunked\r\n\r\n" + end},
      {"space before the colon", post + length + "Transfer-Encoding : chunked\r\n\r\n" + end},
      {"tab before the coding", post + length + "Transfer-Encoding:\tchunked\r\n\r\n" + end},
      {"vertical tab", post + length + "Transfer-Encoding: \x0b" "chunked\r\n\r\n" + end},
      {"folded", post + length + "Transfer-Encoding:\r\n chunked\r\n\r\n" + end},
      {"bare LF", post + length + "X: y\nTransfer-Encoding: chunked\r\n\r\n" + end},
      {"bare CR", post + length + "X: y\rTransfer-Encoding: chunked\r\n\r\n" + end},
      {"CL.CL", post + "Content-Length: 0\r\n" + length + "\r\n" + end},
      {"CL list", post + "Content-Length: 0, " + std::to_string(end.size()) + "\r\n\r\n" + end},
      {"CL sign", post + "Content-Length: +0\r\n\r\n" + hidden},
      {"chunk extension", post + "Transfer-Encoding: chunked\r\n\r\n0;\n" + hidden},
      {"chunk size overflow", post + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" + end},
      {"chunk size sign", post + "Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n" + hidden},
      {"LF behind a chunk", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\n" + end},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + hidden},
  };
  Siege siege(victim());
  for (const auto& [name, text] : pairs) {
    Attacker attacker(victim().port());
    static_cast<void>(attacker.send(text));
    EXPECT_TRUE(attacker.cut_off(seconds(5))) << name;
    const std::string& heard = attacker.heard();
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 400 ") || heard.starts_with("HTTP/1.1 501 ")) << name << ": " << heard;
    EXPECT_EQ(heard.find("HTTP/1.1", 1), std::string::npos) << name << " was answered twice: " << heard;
  }
  siege.lift();
}

// ---- by letting it wait -------------------------------------------------------------------------------------------------

struct Kind {
  const char* rule;
  seconds patience;  ///< of the host: see door.cc
  std::function<void(Attacker&)> begin;
  std::string drop;  ///< said each second, one byte after the other
};

TEST_F(HttpAttackTest, TheSlowAreCutOffInTime) {
  constexpr int attackers_of_a_kind = 20;
  const std::array<Kind, 6> kinds = {{
      {"http1.slow_head", seconds(6), [](Attacker& one) { one.send("GET / HTTP/1.1\r\n"); }, "Host: a\r\nX-Slow: value"},
      {"slow_body", seconds(8), [](Attacker& one) { one.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"); }, ""},
      {"slow_body", seconds(8), [](Attacker& one) { one.greet() && one.send(headers(1, block("POST", "/"))); }, ""},
      {"slow_reader", seconds(8), [](Attacker& one) { one.send("GET /pour HTTP/1.1\r\nHost: a\r\n\r\n"); }, ""},
      {"slow_reader", seconds(8),
       [](Attacker& one) {
         one.greet(settings({{INITIAL_WINDOW_SIZE, 0x7fffffff}}));
         one.send(window_update(0, 0x7fffffff - 65'535) + headers(1, block("GET", "/pour"), END_HEADERS | END_STREAM));
       },
       ""},
      {"slow_reader", seconds(8),
       [](Attacker& one) {
         one.greet(settings({{INITIAL_WINDOW_SIZE, 0}}));
         one.send(headers(1, block("GET", "/draw"), END_HEADERS | END_STREAM));
       },
       ""},
  }};
  std::map<std::string, std::uint64_t> before, wanted;
  for (const Kind& kind : kinds) {
    before[kind.rule] = victim().refusals(kind.rule);
    wanted[kind.rule] += attackers_of_a_kind;
  }
  Siege siege(victim());
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::pair<const Kind*, Attacker>> attackers;
  for (const Kind& kind : kinds) {
    for (int i = 0; i < attackers_of_a_kind; ++i) kind.begin(attackers.emplace_back(&kind, Attacker(victim().port())).second);
  }
  std::map<std::string, seconds> over;
  for (seconds passed{0}; passed < seconds(25) && over.size() < wanted.size();) {
    for (auto& [kind, attacker] : attackers) {
      const auto said = std::min(static_cast<std::size_t>(passed.count()), kind->drop.size());
      const std::string_view drop = std::string_view(kind->drop).substr(said, 1);
      if (!drop.empty()) static_cast<void>(attacker.send(drop));
    }
    std::this_thread::sleep_until(begin + passed + seconds(1));
    passed = std::chrono::floor<seconds>(std::chrono::steady_clock::now() - begin);
    for (const auto& [rule, count] : wanted) {
      if (victim().refusals(rule) - before[rule] >= count) over.emplace(rule, passed);
    }
  }
  attackers.clear();
  siege.lift();
  for (const Kind& kind : kinds) {
    ASSERT_TRUE(over.contains(kind.rule)) << kind.rule << ": " << victim().all_refusals();
    EXPECT_GE(over[kind.rule], kind.patience - seconds(1)) << "an honest peer may be slow";
    EXPECT_LE(over[kind.rule], kind.patience + seconds(8)) << kind.rule;
  }
}

}  // namespace
}  // namespace holon::hostile
