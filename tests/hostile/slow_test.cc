// Peers that let a host wait: each for something else, all at once, and each for as long as it may.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/hostile/attacker.h"
#include "tests/hostile/victim.h"

namespace holon::hostile {
namespace {

using namespace wire::raw;  // NOLINT: the vocabulary of frames
using std::chrono::seconds;

constexpr int attackers_of_a_kind = 20;
const std::string nul(1, '\0');

std::string call_block(std::string_view method) {
  std::string block = field(":method", "POST") + field(":scheme", "http") + field(":authority", "a");
  block += field(":path", "/hostile.Target/" + std::string(method)) + field("content-type", "application/grpc");
  return block + field("te", "trailers");
}

/// A request for messages of 16 KiB without end.
std::string pour(std::uint32_t stream) {
  std::string message = std::string("\x08") + "\x80\x80\x01";
  return headers(stream, call_block("Pour")) +
         data(stream, std::string(1, '\0') + big_endian(message.size(), 4) + message, END_STREAM);
}

/// A call that is answered with 16 KiB.
std::string draw(std::uint32_t stream) {
  std::string message = std::string("\x08") + "\x80\x80\x01";
  return headers(stream, call_block("Draw")) + data(stream, nul + big_endian(message.size(), 4) + message, END_STREAM);
}

struct Kind {
  const char* name;
  const char* rule;
  seconds patience;                          ///< of the host
  std::function<void(Attacker&)> begin;      ///< what is said at once
  std::string drop;                          ///< … and then one byte of this each second
  bool whole = false;                        ///< … or rather all of it each second, again and again
  bool silent = false;                       ///< the peer does not see its end: its connection lives on, or it does not read
};

const std::array<Kind, 7>& kinds() {
  static const std::array<Kind, 7> all = {{
      {"OfThePreface", "preface_timeout", seconds(5), [](Attacker&) {}, client_preface},
      {"OfSettings", "preface_timeout", seconds(5), [](Attacker& attacker) { attacker.send(client_preface); }, settings()},
      {"OfAFrame", "slow_writer", seconds(20), [](Attacker& attacker) { attacker.greet(); },
       frame_header(16'000, 0x77, NONE, 0) + std::string(100, 'x')},
      {"OfHeaders", "slow_writer", seconds(20),
       [](Attacker& attacker) { attacker.greet() && attacker.send(headers(1, call_block("Echo"), NONE)); },
       continuation(1, field("x-slow", "value"), NONE) + continuation(1, field("x-slow", "value"), NONE)},
      {"OfABody", "slow_request", seconds(20),
       [](Attacker& attacker) {
         attacker.greet() && attacker.send(headers(1, call_block("Echo")) + data(1, nul + big_endian(1'000, 4)));
       },
       data(1, "x"), true, true},
      {"OfReading", "slow_reader", seconds(20),
       [](Attacker& attacker) {
         attacker.greet(settings({{INITIAL_WINDOW_SIZE, 0x7fffffff}}));
         attacker.send(window_update(0, 0x7fffffff - 65'535) + pour(1) + pour(3));
       },
       "", false, true},
      {"OfTakingAnswers", "slow_reader", seconds(20),
       [](Attacker& attacker) { attacker.greet(settings({{INITIAL_WINDOW_SIZE, 0}})) && attacker.send(draw(1)); },
       ping("12345678"), true, true},
  }};
  return all;
}

/// Who is to be cut off by this rule, of all kinds.
std::size_t attackers_by(std::string_view rule) {
  return attackers_of_a_kind * static_cast<std::size_t>(std::count_if(
                                   kinds().begin(), kinds().end(), [&](const Kind& kind) { return kind.rule == rule; }));
}

/// All of one kind, and when the host had enough of the last of them.
struct Gang {
  std::vector<Attacker> attackers;
  std::size_t dropped = 0;
  std::size_t left = 0;
  std::optional<seconds> over;
};

class SlowTest : public testing::TestWithParam<std::size_t> {
 protected:
  static constexpr seconds longest{28};

  /// All kinds at once: what each came to is what the tests look at.
  static void SetUpTestSuite() {
    victim_ = std::make_unique<Victim>();
    Siege siege(*victim_);
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kinds().size(); ++i) {
      for (int n = 0; n < attackers_of_a_kind; ++n) kinds()[i].begin(gangs_[i].attackers.emplace_back(victim_->port()));
    }
    for (seconds passed{0}; passed < longest && !all_over();) {
      for (std::size_t i = 0; i < kinds().size(); ++i) drip(kinds()[i], gangs_[i], begin);
      std::this_thread::sleep_until(begin + passed + seconds(1));
      passed = std::chrono::floor<seconds>(std::chrono::steady_clock::now() - begin);
    }
    for (Gang& gang : gangs_) gang.attackers.clear();
    siege.lift();
  }
  static void TearDownTestSuite() { victim_.reset(); }

  /// What is said in this second.
  static std::string_view next_drop(const Kind& kind, std::size_t dropped) {
    if (kind.whole) return kind.drop;
    return std::string_view(kind.drop).substr(std::min(dropped, kind.drop.size()), 1);
  }
  /// A little more, if any is left to be said.
  static void drip(const Kind& kind, Gang& gang, std::chrono::steady_clock::time_point begin) {
    if (gang.over) return;
    gang.left = 0;
    if (kind.silent) gang.left = victim_->refusals(kind.rule) < attackers_by(kind.rule) ? 1 : 0;
    for (Attacker& attacker : gang.attackers) {
      if (kind.drop.empty()) break;  // not to read what comes
      bool alive = attacker.send(next_drop(kind, gang.dropped));
      if (!kind.silent) gang.left += alive && !attacker.cut_off(milliseconds(1)) ? 1 : 0;
    }
    ++gang.dropped;
    if (gang.left == 0) gang.over = std::chrono::floor<seconds>(std::chrono::steady_clock::now() - begin);
  }
  static bool all_over() {
    return std::all_of(gangs_.begin(), gangs_.end(), [](const Gang& gang) { return gang.over.has_value(); });
  }

  static inline std::unique_ptr<Victim> victim_;
  static inline std::array<Gang, 7> gangs_;
};

TEST_P(SlowTest, IsCutOffInTime) {
  const Kind& kind = kinds()[GetParam()];
  const Gang& gang = gangs_[GetParam()];
  ASSERT_TRUE(gang.over) << gang.left << " are still connected; refused: " << victim_->all_refusals();
  EXPECT_GE(*gang.over, kind.patience - seconds(1)) << "an honest peer may be slow";
  EXPECT_LE(*gang.over, kind.patience + seconds(6));
  EXPECT_GE(victim_->refusals(kind.rule), attackers_by(kind.rule)) << victim_->all_refusals();
  EXPECT_LE(victim_->lines_about(kind.rule), static_cast<std::size_t>(longest.count()));
}

INSTANTIATE_TEST_SUITE_P(Hostile, SlowTest, testing::Range<std::size_t>(0, 7),
                         [](const auto& kind) { return kinds()[kind.param].name; });

}  // namespace
}  // namespace holon::hostile
