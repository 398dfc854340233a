#include "node/dashboard/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/yaml.h"

namespace holon::node {
namespace {

struct Read {
  DashboardConfig config;
  std::string problems;
};

Read read(const std::string& yaml) {
  config::Problems problems;
  const std::optional<config::YamlNode> root = config::parse_yaml(yaml, problems);
  Read read;
  if (root) read.config = read_dashboard(*root->find("dashboard"), problems);
  read.problems = config::to_text(problems, "holon.yaml");
  return read;
}

TEST(DashboardConfigTest, IsOnAFreePortUnlessItIsSaidOtherwise) {
  EXPECT_TRUE(DashboardConfig().on);
  EXPECT_EQ(DashboardConfig().listen, "127.0.0.1:0");
  EXPECT_FALSE(read("dashboard: off\n").config.on);
  const Read moved = read("dashboard: {listen: \"[::1]:9000\"}\n");
  EXPECT_TRUE(moved.config.on);
  EXPECT_EQ(moved.config.listen, "[::1]:9000");
  EXPECT_EQ(moved.problems, "");
}

TEST(DashboardConfigTest, StaysOnThisMachine) {
  for (const char* elsewhere : {"0.0.0.0:9000", "[::]:9000", "192.0.2.1:9000", "unix:/run/board.sock", "9000", "localhost"}) {
    const Read refused = read(std::string("dashboard: {listen: \"") + elsewhere + "\"}\n");
    EXPECT_THAT(refused.problems, testing::StartsWith("holon.yaml:1:21: the dashboard answers on this machine alone"))
        << elsewhere;
    EXPECT_THAT(refused.problems, testing::HasSubstr("ssh -L 9000:127.0.0.1:9000"));
  }
}

TEST(DashboardConfigTest, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(read("dashboard: on\n").problems, testing::HasSubstr("dashboard is either `off` or where it answers"));
  EXPECT_THAT(read("dashboard: {lisen: a}\n").problems, testing::HasSubstr("did you mean listen"));
}

}  // namespace
}  // namespace holon::node
