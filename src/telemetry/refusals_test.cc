#include "telemetry/refusals.h"

#include <thread>

namespace holon::telemetry {
namespace {

env::Time at(int ms) { return env::Time() + std::chrono::hours(1) + std::chrono::milliseconds(ms); }

std::size_t lines_of(const std::string& text, std::string_view rule) {
  std::size_t lines = 0;
  std::string mark = "\"rule\":\"" + std::string(rule) + "\"";
  for (std::size_t found = text.find(mark); found != std::string::npos; found = text.find(mark, found + 1)) ++lines;
  return lines;
}

TEST(Refusals, AreCountedByRuleFromAllThreads) {
  auto work = [] {
    for (int i = 0; i < 10'000; ++i) refused(i % 2 == 0 ? "test.even" : "test.odd", "somebody", at(0));
  };
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(refusals_of("test.even"), 20'000u);
  EXPECT_EQ(refusals_of("test.odd"), 20'000u);
  EXPECT_EQ(lines_of(said, "test.even"), 1u) << said;
  EXPECT_EQ(refusals_of("test.never"), 0u);
}

TEST(Refusals, AreLoggedAtMostOnceASecondWithTheNumberLeftOut) {
  testing::internal::CaptureStderr();
  for (int ms = 0; ms <= 2500; ms += 100) refused("test.flood", "127.0.0.1:9", at(ms));
  std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(lines_of(said, "test.flood"), 3u) << said;
  EXPECT_THAT(said, testing::HasSubstr("\"left_out\":9"));
  EXPECT_THAT(said, testing::HasSubstr("127.0.0.1:9"));
}

// Last: it fills the table for good.
TEST(RefusalsFull, MoreNamesThanTheTableHoldsAreCountedTogether) {
  testing::internal::CaptureStderr();
  for (std::size_t i = 0; i < 2 * refusal_rules_max; ++i) refused("test.rule_" + std::to_string(i), "somebody", at(0));
  testing::internal::GetCapturedStderr();
  std::vector<Refusal> all = refusals();
  EXPECT_LE(all.size(), refusal_rules_max + 1);
  auto other = std::find_if(all.begin(), all.end(), [](const Refusal& each) { return each.rule == "other"; });
  ASSERT_NE(other, all.end());
  EXPECT_GE(other->count, refusal_rules_max);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](auto& a, auto& b) { return a.rule < b.rule; }));
}

}  // namespace
}  // namespace holon::telemetry
