#include "client/http_verdict.h"

#include <gtest/gtest.h>

namespace holon::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(HttpVerdict, AServerFailsBy5xxButForWhatNoneOfItsKindCanDo) {
  for (const int status : {101, 200, 304, 400, 404, 429, 501, 505}) EXPECT_EQ(outcome_of(status), Outcome::good) << status;
  for (const int status : {500, 502, 503, 504, 599}) EXPECT_EQ(outcome_of(status), Outcome::failed) << status;
}

TEST(HttpVerdict, OnlyWhatIsAboutTheMomentIsWorthAnotherAttempt) {
  for (const int status : {200, 404, 429, 500, 502, 504}) EXPECT_FALSE(failure_of(status, "")) << status;
  const std::optional<Failure> busy = failure_of(503, "");
  ASSERT_TRUE(busy);
  EXPECT_TRUE(worth_another(*busy, true));
  EXPECT_FALSE(worth_another(*busy, false));
}

TEST(HttpVerdict, TheServerSaysWhen) {
  for (const int status : {429, 503}) {
    const std::optional<Failure> failure = failure_of(status, "2");
    ASSERT_TRUE(failure) << status;
    EXPECT_EQ(failure->push_back, seconds(2)) << status;
    EXPECT_TRUE(worth_another(*failure, true)) << status;
  }
  EXPECT_EQ(failure_of(503, "0")->push_back, milliseconds(0));
}

TEST(HttpVerdict, WhatIsNoSmallNumberIsTooLongToWaitFor) {
  for (const char* text : {"Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1.5", "soon", "99999999999", "99999999999999999999"}) {
    EXPECT_EQ(failure_of(503, text)->push_back, std::chrono::hours(24)) << text;
  }
}

}  // namespace
}  // namespace holon::client
