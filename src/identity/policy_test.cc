#include "identity/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holon::identity {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Verdict = Policy::Verdict;

class PolicyTest : public testing::Test {
 protected:
  PolicyTest() {
    policy_.processes[17] = {"checkout.0", {"shop.Checkout"}};
    policy_.processes[18] = {"shop.0", {"shop.Ads", "shop.Cart"}};
    policy_.processes[19] = {"gateway.0", {""}};
    policy_.certificates["URI:spiffe://shop/host/checkout"] = {"checkout", {"shop.Checkout"}};
    policy_.callees["shop.Payment"] = {.callers = {"shop.Checkout", ""}};
    policy_.callees["shop.Cart"] = {.callers = {"shop.Checkout", "", "shop.Ads"},
                                    .rules = {{{.callers = {"shop.Checkout"}, .methods = {}},
                                               {.callers = {""}, .methods = {"GetCart"}}}}};
  }

  Policy::Decision of_process(int process, std::string_view caller, std::string_view method) {
    return policy_.decide({.process = process}, caller, method);
  }

  Policy policy_;
};

TEST_F(PolicyTest, AHostCallsInTheNameOfWhatItRuns) {
  EXPECT_EQ(of_process(17, "shop.Checkout", "shop.Payment/Charge").verdict, Verdict::allowed);
  const Policy::Decision lie = of_process(18, "shop.Checkout", "shop.Payment/Charge");
  EXPECT_EQ(lie.verdict, Verdict::refused);
  EXPECT_THAT(lie.why, AllOf(HasSubstr("shop.0"), HasSubstr("in the name of shop.Checkout, which it does not run")));
}

TEST_F(PolicyTest, AHostThatSaysNoNameGoesAroundWhatIsDeclared) {
  const Policy::Decision around = of_process(18, "", "shop.Payment/Charge");
  EXPECT_EQ(around.verdict, Verdict::refused);
  EXPECT_THAT(around.why, HasSubstr("by its Refs, or through HOLON_MESH"));
}

TEST_F(PolicyTest, WhatIsNotDeclaredIsRefused) {
  const Policy::Decision undeclared = of_process(18, "shop.Ads", "shop.Payment/Charge");
  EXPECT_EQ(undeclared.verdict, Verdict::refused);
  EXPECT_THAT(undeclared.why, AllOf(HasSubstr("shop.Ads does not declare"), HasSubstr("`calls:`")));
}

TEST_F(PolicyTest, RulesNarrowByCallerAndMethod) {
  EXPECT_EQ(of_process(17, "shop.Checkout", "shop.Cart/EmptyCart").verdict, Verdict::allowed);
  EXPECT_EQ(of_process(19, "", "shop.Cart/GetCart").verdict, Verdict::allowed);
  EXPECT_EQ(of_process(19, "", "shop.Cart/EmptyCart").verdict, Verdict::refused);
  const Policy::Decision other = of_process(18, "shop.Ads", "shop.Cart/GetCart");
  EXPECT_EQ(other.verdict, Verdict::refused);
  EXPECT_THAT(other.why, AllOf(HasSubstr("does not let shop.Ads call shop.Cart/GetCart"), HasSubstr("`allow:`")));
}

TEST_F(PolicyTest, RulesThatNameNobodyAllowNobody) {
  policy_.callees["shop.Payment"].rules.emplace();
  EXPECT_TRUE(policy_.narrows());
  EXPECT_EQ(of_process(17, "shop.Checkout", "shop.Payment/Charge").verdict, Verdict::refused);
}

TEST_F(PolicyTest, WhoRunsTheApplicationMayCallItWithoutAName) {
  EXPECT_EQ(of_process(4711, "", "shop.Payment/Charge").verdict, Verdict::allowed);
  EXPECT_EQ(of_process(4711, "", "shop.Cart/EmptyCart").verdict, Verdict::allowed);
}

TEST_F(PolicyTest, AProcessThatNobodyKnowsHasNoName) {
  const Policy::Decision decision = of_process(4711, "shop.Checkout", "shop.Payment/Charge");
  EXPECT_EQ(decision.verdict, Verdict::unsettled) << "it may have been started just now";
  EXPECT_THAT(decision.why, HasSubstr("no host of this application"));
}

TEST_F(PolicyTest, ACertificateSaysWhichHostItIs) {
  const Proof checkout{.certified = true, .names = {"DNS:checkout.hosts.shop", "URI:spiffe://shop/host/checkout"}};
  EXPECT_EQ(policy_.decide(checkout, "shop.Checkout", "shop.Payment/Charge").verdict, Verdict::allowed);
  EXPECT_EQ(policy_.decide(checkout, "", "shop.Payment/Charge").verdict, Verdict::refused);
  const Proof stranger{.certified = true, .names = {"URI:spiffe://bank/host/checkout"}};
  const Policy::Decision decision = policy_.decide(stranger, "shop.Checkout", "shop.Payment/Charge");
  EXPECT_EQ(decision.verdict, Verdict::refused);
  EXPECT_THAT(decision.why, HasSubstr("of no host of this application"));
  EXPECT_EQ(policy_.decide({.certified = true}, "", "shop.Payment/Charge").verdict, Verdict::refused);
}

TEST_F(PolicyTest, WhatIsAboutTheHostItselfAllMayAsk) {
  EXPECT_EQ(of_process(4711, "x", "grpc.health.v1.Health/Check").verdict, Verdict::allowed);
}

TEST_F(PolicyTest, CallsWithinAProcessFollowTheSameRules) {
  EXPECT_TRUE(policy_.narrows());
  EXPECT_TRUE(policy_.may_call("shop.Checkout", "shop.Cart/EmptyCart").ok());
  EXPECT_EQ(policy_.may_call("shop.Ads", "shop.Cart/GetCart").code(), Code::permission_denied);
  policy_.callees["shop.Cart"].rules.reset();
  EXPECT_FALSE(policy_.narrows());
  EXPECT_TRUE(policy_.may_call("shop.Ads", "shop.Cart/GetCart").ok());
}

}  // namespace
}  // namespace holon::identity
