#include "gateway/content/ranges.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace holon::gateway {
namespace {

using Ranges = std::vector<ByteRange>;
constexpr std::uint64_t size = 10'000;

TEST(Ranges, AreThoseOfTheRfc) {
  const std::vector<std::pair<const char*, Ranges>> table = {
      {"bytes=0-499", {{0, 500}}},
      {"bytes=500-999", {{500, 1000}}},
      {"bytes=-500", {{9500, 10000}}},
      {"bytes=9500-", {{9500, 10000}}},
      {"bytes=0-0,-1", {{0, 1}, {9999, 10000}}},
      {"bytes= 0-999, 4500-5499, -1000", {{0, 1000}, {4500, 5500}, {9000, 10000}}},
      {"bytes=500-600,601-999", {{500, 1000}}},
      {"bytes=500-700,601-999", {{500, 1000}}},
      {"bytes=0-99999", {{0, 10000}}},
      {"bytes=-99999", {{0, 10000}}},
      {"bytes=0-18446744073709551615", {{0, 10000}}},
      {"bytes=5-99999999999999999999999", {{5, 10000}}},
      {"BYTES=0-1", {{0, 2}}},
      {"bytes=,0-1,,", {{0, 2}}},
      {"bytes=9000-9001,0-1", {{9000, 9002}, {0, 2}}},            // as they were asked for
      {"bytes=0-1,20000-,5000-5001", {{0, 2}, {5000, 5002}}},     // what is not there is left out
      {"bytes=0-9,50-59", {{0, 60}}},                             // nearer than a part's head is long
      {"bytes=9000-9001,100-199,0-150", {{9000, 9002}, {0, 200}}},
      {"bytes=0-,0-,0-,0-", {{0, 10000}}},
  };
  for (const auto& [field, expected] : table) {
    const std::optional<Ranges> ranges = parse_ranges(field, size);
    ASSERT_TRUE(ranges) << field;
    EXPECT_EQ(*ranges, expected) << field;
  }
}

TEST(Ranges, NoneOfThemIsThere) {
  for (const char* field : {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=20000-30000,-0",
                            "bytes=99999999999999999999999-"}) {
    const std::optional<Ranges> ranges = parse_ranges(field, size);
    ASSERT_TRUE(ranges) << field;
    EXPECT_TRUE(ranges->empty()) << field;
  }
}

TEST(Ranges, WhatIsMalformedIsAnsweredWithTheWhole) {
  for (const char* field : {"", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1-a", "bytes=a-1", "bytes=1", "bytes=2-1",
                            "bytes=--1", "bytes=1--2", "bytes=+1-2", "bytes=0x0-1", "bytes=1 - 2", "bytes=0-1;5-6", "bytes 0-1",
                            "bytes=0-1,x", "items=0-1", "bytes=0.5-1", "bytes=-1-2", "bytes=0-1-2"}) {
    EXPECT_EQ(parse_ranges(field, size), std::nullopt) << field;
  }
}

TEST(Ranges, AreBounded) {
  std::string field = "bytes=0-0";
  for (std::size_t i = 1; i < ranges_max; ++i) field += "," + std::to_string(i * 200) + "-" + std::to_string(i * 200);
  ASSERT_TRUE(parse_ranges(field, size));
  EXPECT_EQ(parse_ranges(field, size)->size(), ranges_max);
  EXPECT_EQ(parse_ranges(field + ",9000-9000", size), std::nullopt);
}

TEST(Ranges, NothingHasNoParts) { EXPECT_EQ(parse_ranges("bytes=0-", 0), std::nullopt); }

// Whatever is asked for: every byte of it is in exactly one range, and little else.
RC_GTEST_PROP(Ranges, HaveEveryByteThatWasAskedForOnce, ()) {
  const auto length = *rc::gen::inRange<std::uint64_t>(1, 2'000);
  const auto specs = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::uint64_t>>>(
      rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 2'500), rc::gen::inRange<std::uint64_t>(0, 400)));
  RC_PRE(!specs.empty() && specs.size() <= ranges_max);
  std::string field = "bytes=";
  std::vector<bool> asked(length);
  for (const auto& [begin, more] : specs) {
    field += std::to_string(begin) + "-" + std::to_string(begin + more) + ",";
    for (std::uint64_t at = begin; at <= begin + more && at < length; ++at) asked[at] = true;
  }
  const std::optional<Ranges> ranges = parse_ranges(field, length);
  RC_ASSERT(ranges.has_value());
  std::vector<int> given(length);
  for (const ByteRange& range : *ranges) {
    RC_ASSERT(range.begin < range.end && range.end <= length);
    for (std::uint64_t at = range.begin; at < range.end; ++at) ++given[at];
  }
  for (std::uint64_t at = 0; at < length; ++at) {
    RC_ASSERT(given[at] <= 1);
    RC_ASSERT(given[at] == 1 || !asked[at]);
  }
}

}  // namespace
}  // namespace holon::gateway
