#include "identity/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "env/environment.h"
#include "fiber/call.h"
#include "telemetry/refusals.h"

namespace holon::identity {
namespace {

using testing::HasSubstr;

constexpr std::string_view charge = "shop.Payment/Charge";

Policy policy(std::map<int, Policy::Host> processes) {
  Policy policy;
  policy.processes = std::move(processes);
  policy.callees["shop.Payment"] = {.callers = {"shop.Checkout"}};
  return policy;
}

class GuardTest : public testing::Test {
 protected:
  fiber::Loop loop_{env::os(), 0};
  Guard guard_;
};

TEST_F(GuardTest, BeforeThereIsAPolicyEverythingIsAllowed) {
  Visitor visitor(guard_, {.process = 17});
  EXPECT_TRUE(visitor.look("shop.Ads", charge)->ok());
}

TEST_F(GuardTest, WhatWasAllowedIsAskedAgainUnderANewPolicy) {
  Visitor visitor(guard_, {.process = 17});
  guard_.set(policy({{17, {"checkout.0", {"shop.Checkout"}}}}));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(visitor.look("shop.Checkout", charge)->ok());
  EXPECT_EQ(visitor.look("shop.Ads", charge)->code(), Code::permission_denied) << "a pass is for one caller";
  guard_.set(policy({{17, {"ads.0", {"shop.Ads"}}}}));
  EXPECT_EQ(visitor.look("shop.Checkout", charge)->code(), Code::permission_denied);
}

TEST_F(GuardTest, WhatIsRefusedIsCountedAndSaysWhoCalledWhat) {
  const std::uint64_t before = telemetry::refusals_of("permission_denied");
  guard_.set(policy({{17, {"ads.0", {"shop.Ads"}}}}));
  Visitor visitor(guard_, {.process = 17});
  EXPECT_THAT(visitor.look("shop.Ads", charge)->error().message(), HasSubstr("shop.Payment/Charge was refused: shop.Ads does not"));
  EXPECT_EQ(telemetry::refusals_of("permission_denied"), before + 1);
}

TEST_F(GuardTest, AProcessThatWasJustStartedIsWaitedFor) {
  guard_.set(policy({}));
  Visitor visitor(guard_, {.process = 17});
  EXPECT_FALSE(visitor.look("shop.Checkout", charge).has_value());
  std::thread node([&] { guard_.set(policy({{17, {"checkout.0", {"shop.Checkout"}}}})); });
  internal::RootCall call(loop_.now() + std::chrono::seconds(30));
  call.set_caller("shop.Checkout");
  EXPECT_TRUE(visitor.settle(call, charge).ok());
  node.join();
  EXPECT_TRUE(visitor.look("shop.Checkout", charge)->ok());
}

TEST_F(GuardTest, OneThatStaysUnknownIsRefused) {
  guard_.set(policy({}));
  Visitor visitor(guard_, {.process = 17});
  internal::RootCall call(loop_.now() + std::chrono::seconds(30));
  call.set_caller("shop.Checkout");
  const Result<void> settled = visitor.settle(call, charge);
  EXPECT_EQ(settled.code(), Code::permission_denied);
  EXPECT_THAT(settled.error().message(), HasSubstr("is no host of this application"));
}

TEST_F(GuardTest, ACallThatEndsBeforeItsCallerIsKnownEndsForThat) {
  guard_.set(policy({}));
  Visitor visitor(guard_, {.process = 17});
  internal::RootCall call(loop_.now() + std::chrono::milliseconds(20));
  call.set_caller("shop.Checkout");
  EXPECT_EQ(visitor.settle(call, charge).code(), Code::deadline_exceeded);
}

}  // namespace
}  // namespace holon::identity
