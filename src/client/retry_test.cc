#include "client/retry.h"

namespace holon::client {
namespace {

using std::chrono::milliseconds;

TEST(Retry, WhatReachedNoHandlerIsWorthAnotherAttempt) {
  for (bool idempotent : {false, true}) EXPECT_TRUE(worth_another({Code::unavailable, true, {}}, idempotent));
}

TEST(Retry, OnlyWhatIsIdempotentIsDoneTwice) {
  EXPECT_TRUE(worth_another({Code::unavailable, false, {}}, true));
  EXPECT_FALSE(worth_another({Code::unavailable, false, {}}, false));
  EXPECT_FALSE(worth_another({Code::unavailable, false, milliseconds(10)}, false));
}

TEST(Retry, WhatWasTurnedAwayBeforeItsHandlerBeganIsWorthAnotherAttempt) {
  const Failure turned_away{Code::resource_exhausted, false, milliseconds(70), true};
  EXPECT_TRUE(worth_another(turned_away, false));
  EXPECT_EQ(wait_before_next(turned_away, 1, {}, 7), milliseconds(70));
  EXPECT_FALSE(worth_another({Code::resource_exhausted, false, milliseconds(70), false}, false));
  EXPECT_FALSE(worth_another({Code::resource_exhausted, false, milliseconds(-1), true}, false));
}

TEST(Retry, WhatAnotherAttemptWouldNotMakeGoodIsLeft) {
  for (int code = 1; code <= 16; ++code) {
    const bool worth = worth_another({static_cast<Code>(code), false, {}}, true);
    EXPECT_EQ(worth, static_cast<Code>(code) == Code::unavailable) << code;
  }
}

TEST(Retry, TheServerMayForbidItOrSayWhen) {
  EXPECT_FALSE(worth_another({Code::unavailable, false, milliseconds(-1)}, true));
  const Failure overloaded{Code::resource_exhausted, false, milliseconds(70)};
  EXPECT_TRUE(worth_another(overloaded, true));
  EXPECT_EQ(wait_before_next(overloaded, 1, {}, 7), milliseconds(70));
}

TEST(Retry, TheWaitIsARandomShareOfADoublingBound) {
  const Terms terms{.retry_wait_first = milliseconds(16), .retry_wait_most = milliseconds(64)};
  const Failure failure{Code::unavailable, false, {}};
  const std::pair<int, int> bounds[] = {{1, 16}, {2, 32}, {3, 64}, {4, 64}, {40, 64}};
  for (auto [attempt, most] : bounds) {
    EXPECT_EQ(wait_before_next(failure, attempt, terms, 0), milliseconds(0));
    EXPECT_EQ(wait_before_next(failure, attempt, terms, 512), milliseconds(most / 2));
    EXPECT_LT(wait_before_next(failure, attempt, terms, 1023), milliseconds(most));
  }
}

}  // namespace
}  // namespace holon::client
