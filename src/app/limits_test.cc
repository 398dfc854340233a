#include "app/limits.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/options.h"

namespace holon::app {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& name, const std::string& value) {
  HostLimits limits;
  Result<void> set = set_limit(limits, name, value);
  return set.ok() ? "it was taken" : set.error().message();
}

TEST(Limits, AreSetByNameInTheirUnits) {
  auto options = parse_options({"--holon-limit=calls_max=500", "--holon-limit", "unread_bytes_max=64KiB",
                                "--limit=idle_time=5min", "--limit=age_max=never", "--limit=resets=100+10/s",
                                "--limit=client.back_off_first=50ms", "--limit=client.balance=prequal"});
  ASSERT_TRUE(options.ok()) << options.error().message();
  EXPECT_EQ(options->limits.server.calls_max, 500u);
  EXPECT_EQ(options->limits.server.unread_bytes_max, 65'536u);
  EXPECT_EQ(options->limits.server.idle_time, std::chrono::minutes(5));
  EXPECT_EQ(options->limits.server.age_max, wire::never);
  EXPECT_EQ(options->limits.server.http2.resets.burst, 100);
  EXPECT_EQ(options->limits.server.http2.resets.per_second, 10);
  EXPECT_EQ(options->limits.client.back_off_first, std::chrono::milliseconds(50));
  EXPECT_EQ(options->limits.client.balance, client::Balance::prequal);
}

TEST(Limits, AreRefusedWithTheRemedy) {
  EXPECT_THAT(refusal("call_max", "5"), HasSubstr("there is no limit call_max; there is connections_max, "));
  for (const char* wrong : {"", "0", "-1", "1e3", "5s", "1KiB", "3000000000", "99999999999999999999"}) {
    EXPECT_THAT(refusal("calls_max", wrong), HasSubstr("write a number from 1 to 2147483647")) << wrong;
  }
  EXPECT_THAT(refusal("header_list_bytes_max", "1000"), HasSubstr("from 1024 to 2147483647, or a size as 64KiB"));
  EXPECT_THAT(refusal("unread_bytes_max", "9007199254740993MiB"), HasSubstr("write a number"));
  for (const char* wrong : {"", "5", "0s", "-1s", "s", "1.5s", "9999999h", "never"}) {
    EXPECT_THAT(refusal("request_time", wrong), HasSubstr("write a time above zero")) << wrong;
  }
  EXPECT_THAT(refusal("idle_time", "often"), HasSubstr(", or never"));
  for (const char* wrong : {"", "+/s", "1+/s", "100", "100+10", "0+1/s", "-1+1/s", "+", "/s"}) {
    EXPECT_THAT(refusal("resets", wrong), HasSubstr("as 1000+100/s")) << wrong;
  }
  EXPECT_THAT(refusal("client.balance", "ring_hash"), HasSubstr("write two_choices, round_robin or prequal"));
  auto options = parse_options({"--holon-limit=calls_max"});
  EXPECT_THAT(options.error().message(), HasSubstr("write NAME=VALUE"));
}

TEST(Limits, EachReadsWhatItTells) {
  HostLimits defaults;
  for (const Limit& limit : limits()) {
    HostLimits set;
    std::string value = value_of(limit, defaults);
    Result<void> read = set_limit(set, limit.name, value);
    EXPECT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(value_of(limit, set), value) << limit.name;
  }
}

TEST(Limits, AreInTheDocumentationWithTheirDefaults) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../docs/connections.md");
  std::stringstream text;
  text << file.rdbuf();
  HostLimits defaults;
  std::string table = "| name | default | meaning |\n|---|---|---|\n";
  for (const Limit& limit : limits()) {
    table += "| `" + std::string(limit.name) + "` | `" + value_of(limit, defaults) + "` | ";
    table += std::string(limit.meaning) + " |\n";
  }
  EXPECT_THAT(text.str(), HasSubstr(table)) << "this is what belongs there";
}

}  // namespace
}  // namespace holon::app
