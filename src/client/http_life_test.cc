// Servers that owe answers, and keep silent: who is asked when, and for how long one waits.
#include "client/http_life.h"

#include <gtest/gtest.h>

#include "fiber/waiter.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;

class HttpLifeTest : public ::testing::Test {
 protected:
  /// The loop turns meanwhile.
  void pass(env::Duration time) {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + time);
  }
  template <class Condition>
  bool eventually(Condition condition) {
    const env::Time until = env::os().now() + std::chrono::seconds(10);
    while (env::os().now() < until && !condition()) pass(milliseconds(1));
    return condition();
  }

  fiber::Loop loop_{env::os(), 0};
  int asked_ = 0;
  int fell_silent_ = 0;
  HttpLife life_{loop_, milliseconds(100), [this] { ++asked_; }, [this] { ++fell_silent_; }};
};

TEST_F(HttpLifeTest, WhoOwesNothingIsNotAsked) {
  life_.expects();
  life_.heard();
  life_.answered();
  pass(milliseconds(300));
  EXPECT_EQ(asked_, 0);
  EXPECT_FALSE(life_.silent());
}

TEST_F(HttpLifeTest, WhoIsAskedInVainIsSilentUntilItSpeaks) {
  const env::Time before = loop_.now();
  life_.expects();
  ASSERT_TRUE(eventually([&] { return asked_ == 1; }));
  EXPECT_GE(loop_.now() - before, milliseconds(100));
  EXPECT_EQ(fell_silent_, 0);
  ASSERT_TRUE(eventually([&] { return fell_silent_ == 1; }));
  EXPECT_GE(loop_.now() - before, milliseconds(200));
  EXPECT_TRUE(life_.silent());
  EXPECT_EQ(asked_, 1);

  life_.heard();
  EXPECT_FALSE(life_.silent());
  EXPECT_TRUE(life_.stand_still().since(before));
  EXPECT_FALSE(life_.stand_still().since(loop_.now() + milliseconds(1)));
}

TEST_F(HttpLifeTest, WhoSpeaksThoughItDoesNotAnswerLives) {
  life_.expects();
  ASSERT_TRUE(eventually([&] { return asked_ == 1; }));
  life_.heard();
  ASSERT_TRUE(eventually([&] { return asked_ == 2; })) << "it still owes the answer";
  life_.heard();
  pass(milliseconds(500));
  EXPECT_EQ(asked_, 2) << "but is not pestered";
  EXPECT_EQ(fell_silent_, 0);
}

TEST(HttpLife, NobodyIsAskedWhereSilenceDoesNotMatter) {
  fiber::Loop loop(env::os(), 0);
  HttpLife life(loop, wire::never, [] { FAIL(); }, [] { FAIL(); });
  life.expects();
  fiber::Waiter waiter;
  waiter.wait(env::os().now() + milliseconds(30));
  EXPECT_FALSE(life.silent());
}

}  // namespace
}  // namespace holon::client
