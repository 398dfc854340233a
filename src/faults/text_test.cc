#include "faults/text.h"

#include "faults/rule.h"

namespace holon::faults {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(FaultText, TimesAreReadAndWritten) {
  const std::pair<const char*, env::Duration> times[] = {{"200ms", milliseconds(200)}, {"1.5s", milliseconds(1500)},
                                                         {"5min", minutes(5)},         {"5m", minutes(5)},
                                                         {"2h", minutes(120)},         {"250us", microseconds(250)}};
  for (const auto& [text, duration] : times) {
    ASSERT_TRUE(parse_duration(text).ok()) << text;
    EXPECT_EQ(*parse_duration(text), duration) << text;
    EXPECT_EQ(*parse_duration(duration_text(duration)), duration) << text;
  }
  EXPECT_EQ(duration_text(milliseconds(1500)), "1500ms");
  for (const char* text : {"", "5", "ms", "-1s", "5 s", "1e3s", "infs", "nans", "9000h9", "10000h", "5days"}) {
    EXPECT_EQ(parse_duration(text).code(), Code::invalid_argument) << text;
  }
}

TEST(FaultText, ADelayHasAJitterBehindPlusMinus) {
  for (const char* text : {"200ms±50ms", "200ms+-50ms", "200ms+/-50ms"}) {
    const Result<Delay> delay = parse_delay(text);
    ASSERT_TRUE(delay.ok()) << text;
    EXPECT_EQ(delay->mean, milliseconds(200));
    EXPECT_EQ(delay->jitter, milliseconds(50));
  }
  EXPECT_EQ(parse_delay("1s").value_or({}).jitter, env::Duration());
  for (const char* text : {"0ms", "50ms±200ms", "±50ms", "50ms±", "50ms±1ms±1ms"}) {
    EXPECT_EQ(parse_delay(text).code(), Code::invalid_argument) << text;
  }
}

TEST(FaultText, RatesAreBySecondOrMinute) {
  EXPECT_EQ(parse_rate("10/s").value_or(0), 10);
  EXPECT_EQ(parse_rate("90/min").value_or(0), 1.5);
  for (const char* text : {"10", "0/s", "-1/s", "10/", "/s", "10/day", "2000000/s"}) EXPECT_FALSE(parse_rate(text).ok()) << text;
}

TEST(FaultText, CodesAreSpelledAsPeopleDo) {
  for (const char* text : {"unavailable", "UNAVAILABLE", "14"}) EXPECT_EQ(parse_code(text).value_or(Code::ok), Code::unavailable) << text;
  EXPECT_EQ(parse_code("deadline-exceeded").value_or(Code::ok), Code::deadline_exceeded);
  for (const char* text : {"ok", "0", "17", "unavailible", ""}) EXPECT_FALSE(parse_code(text).ok()) << text;
}

TEST(FaultText, ARuleSaysWhatItDoesToWhichCalls) {
  EXPECT_EQ(to_text({.from = "shop.Cart", .to = "shop.Catalog", .share = 0.3, .delay = milliseconds(200), .jitter = milliseconds(50)}),
            "delays 30 % of the calls of shop.Cart to shop.Catalog by 200ms±50ms");
  EXPECT_EQ(to_text({.from = "gateway", .to = "shop.Catalog", .method = "GetProduct", .ending = Ending::abort, .code = Code::unavailable}),
            "aborts the calls of the gateway to shop.Catalog/GetProduct with UNAVAILABLE");
  EXPECT_EQ(to_text({.to = "shop.Ads", .metadata = {{"user", "ann"}}, .per_second = 1.5, .ending = Ending::black_hole}),
            "throttles the calls to shop.Ads with user=ann to 1.5/s, swallows them");
}

}  // namespace
}  // namespace holon::faults
