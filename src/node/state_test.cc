#include "node/state.h"

namespace holon::node {
namespace {

State example() {
  return {
      .boot = "b1",
      .directory = 17,
      .hosts = {{"cart.0", {{812, 99}, "0123abcd", "unix:/c", true}}, {"ads.1", {{9, 1}, "f", "127.0.0.1:80", false}},
                {"gateway.0", {{10, 1}, "e", "unix:/g", true, {"127.0.0.1:80", "unix:/door"}}}},
      .stopped = {"mail.0"},
      .lease = 7587872643};
}

TEST(State, ReadsWhatItWrote) {
  Result<State> read = parse_state(to_text(example()));
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(*read, example());
}

TEST(State, RefusesWhatNoNodeWrote) {
  std::string text = to_text(example());
  EXPECT_FALSE(parse_state("").ok());
  EXPECT_FALSE(parse_state("holon node state 2\n").ok());
  for (const char* line : {"host cart.0 12\n", "host cart.0 x 1 v ready a\n", "host cart.0 1 1 v dead a\n", "unknown\n",
                           "host cart.0 1 1 v ready\n", "host cart.0 1 1 v ready a more\n", "directory -\n"}) {
    Result<State> read = parse_state(text + line);
    ASSERT_FALSE(read.ok()) << line;
    EXPECT_EQ(read.error().message(), "line 9 is not what a node writes");
  }
}

}  // namespace
}  // namespace holon::node
