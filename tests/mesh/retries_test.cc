// What retries cost those who are in trouble already.
#include "env/disk.h"
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::seconds;

class RetriesTest : public ChainTest {};

// Where each of five hops made three more attempts, the last one would get 256 times the load.
TEST_F(RetriesTest, FiveHopsToAServiceInTroubleAddAFifthOfTheLoad) {
  constexpr int calls = 1'000;
  constexpr double a_second = 10;  // what a budget gives beside its share
  write_chain();
  up();
  behave("five.0", 0, Code::unavailable);
  Client client(endpoint("one.0"));
  Ref<chain::One> one(client);
  const env::Time began = env::os().now();
  for (int i = 0; i < calls; ++i) {
    auto call = client.call(seconds(10));
    EXPECT_EQ(one->Ask(*call, {}).code(), Code::unavailable);
  }
  const double took = std::chrono::duration<double>(env::os().now() - began).count();
  const double asked = static_cast<double>(count("five.0").asked());
  EXPECT_GT(asked, 0);
  EXPECT_LE(asked, 1.2 * calls + a_second * (took + 1));
}

TEST_F(RetriesTest, AServiceThatIsGoneGetsEachHopsCallOnce) {
  constexpr int calls = 50;
  write_chain();
  up();
  ASSERT_EQ(holon({"stop", "five"}).code, 0);
  Client client(endpoint("one.0"));
  Ref<chain::One> one(client);
  for (int i = 0; i < calls; ++i) {
    auto call = client.call(std::chrono::milliseconds(100));
    EXPECT_FALSE(one->Ask(*call, {}).ok());
  }
  const Ran told = holon({"calls"});
  EXPECT_THAT(told.output, testing::ContainsRegex("chain\\.Three +chain\\.Four/Ask +remote +" + std::to_string(calls) + " "));
}

TEST_F(RetriesTest, WhatMustNotBeDoneTwiceIsDoneOnce) {
  constexpr int calls = 200;
  write_pair(1);
  up();
  behave("five.0", 0, Code::unavailable);
  Client client(endpoint("four.0"));
  Ref<chain::Four> four(client);
  for (int i = 0; i < calls; ++i) {
    auto call = client.call(seconds(10));
    EXPECT_EQ(four->Order(*call, {}).code(), Code::unavailable);
  }
  EXPECT_LE(count("five.0").ordered(), calls);
}

using ResilienceDoc = RetriesTest;

TEST_F(ResilienceDoc, ItsLimitsHold) {
  constexpr int calls = 300;
  write_pair(1);
  std::ofstream(manifest_, std::ios::app) << env::os().disk().read(MESH_TEST_SOURCES "/limits.yaml").value();
  up();
  behave("five.0", 0, Code::unavailable);
  Client client(endpoint("four.0"));
  Ref<chain::Four> four(client);
  const env::Time began = env::os().now();
  for (int i = 0; i < calls; ++i) {
    auto call = client.call(seconds(10));
    EXPECT_EQ(four->Ask(*call, {}).code(), Code::unavailable);
  }
  const double took = std::chrono::duration<double>(env::os().now() - began).count();
  EXPECT_LE(static_cast<double>(count("five.0").asked()), 1.1 * calls + 5 * (took + 1));
}

/// tests/mesh/called.yaml
class CalledDoc : public ChainTest {
 protected:
  CalledDoc() : four_program_(CHAIN_PROGRAM) {}
  void run() {
    std::ofstream(manifest_) << env::os().disk().read(MESH_TEST_SOURCES "/called.yaml").value();
    up({"--bin", four_program_.parent_path()});
  }

  const std::filesystem::path four_program_;
};

TEST_F(CalledDoc, WhatIsSaidOfAServiceAndOfAMethodHolds) {
  run();
  for (const char* replica : {"five.0", "five.1"}) behave(replica, 0, Code::unavailable);
  Client client(endpoint("four.0"));
  Ref<chain::Four> four(client);
  const auto call = client.call(seconds(10));
  const auto asked = [&] { return count("five.0").asked() + count("five.1").asked(); };
  EXPECT_EQ(four->Ask(*call, {}).code(), Code::unavailable);
  EXPECT_EQ(asked(), 3) << "attempts of the service";
  EXPECT_EQ(four->AskFor(*call, {}).code(), Code::unavailable);
  EXPECT_EQ(asked(), 3 + 1) << "attempts of that method";
}

// Nothing is known yet of how long calls take: that would have to be learnt from a hundred of them.
TEST_F(CalledDoc, AnAnswerIsLateWhenItIsSaidToBe) {
  run();
  behave("five.0", 10'000);
  Client client(endpoint("four.0"));
  Ref<chain::Four> four(client);
  for (int i = 0; i < 10; ++i) {
    const auto call = client.call(seconds(20));
    const env::Time began = env::os().now();
    EXPECT_TRUE(four->Ask(*call, {}).ok());
    EXPECT_LT(env::os().now() - began, seconds(10)) << i;
  }
  EXPECT_TRUE(eventually([&] { return count("five.0").gave_up() > 0; })) << "it was never asked, or goes on though it is late";
}

}  // namespace
}  // namespace holon
