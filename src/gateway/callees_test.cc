#include "gateway/callees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holon::gateway {
namespace {

using ::testing::HasSubstr;

const Callees of_ads(Arguments::Caller{
    .name = "shop.Ads", .door = {}, .callees = {{"catalog", {"shop.Catalog", "shop.Prices"}}, {"gift-card", {}}}});

TEST(Callees, ARequestNamesOneByItsHost) {
  EXPECT_EQ(of_ads.by_authority("catalog").value(), 0u);
  EXPECT_EQ(of_ads.by_authority("Gift-Card:8080").value(), 1u);
}

TEST(Callees, WhoIsNotDeclaredIsDeniedAndTheRemedyNamed) {
  const Result<std::size_t> cart = of_ads.by_authority("cart");
  ASSERT_FALSE(cart.ok());
  EXPECT_EQ(cart.error().to_string(),
            "PERMISSION_DENIED: shop.Ads may not call cart: its `calls:` in holon.yaml has catalog and gift-card; add it there");
}

TEST(Callees, TheDoorsOwnAddressNamesNobody) {
  for (const char* own : {"127.0.0.1:20311", "localhost:20311", "[::1]:20311", ""}) {
    const Result<std::size_t> nobody = of_ads.by_authority(own);
    ASSERT_FALSE(nobody.ok()) << own;
    EXPECT_EQ(nobody.error().code(), Code::invalid_argument);
    EXPECT_THAT(nobody.error().message(), HasSubstr("shop.Ads may call catalog and gift-card: send `Host: catalog`"));
  }
}

TEST(Callees, ACallNamesOneByItsPath) {
  for (const char* authority : {"127.0.0.1:20311", "localhost", "catalog", "catalog:443"}) {
    EXPECT_TRUE(of_ads.check_call("/shop.Catalog/GetProduct", authority).ok()) << authority;
    EXPECT_TRUE(of_ads.check_call("/shop.Prices/GetPrice", authority).ok()) << authority;
  }
  const Result<void> cart = of_ads.check_call("/shop.Cart/GetCart", "127.0.0.1:20311");
  EXPECT_EQ(cart.error().code(), Code::permission_denied);
  EXPECT_THAT(cart.error().message(), HasSubstr("shop.Ads may not call shop.Cart"));
}

TEST(Callees, ACallsAuthorityMustNotNameAnother) {
  EXPECT_EQ(of_ads.check_call("/shop.Catalog/GetProduct", "cart").error().code(), Code::permission_denied);
  const Result<void> other = of_ads.check_call("/shop.Catalog/GetProduct", "gift-card");
  EXPECT_EQ(other.error().code(), Code::invalid_argument);
  EXPECT_EQ(other.error().message(), "shop.Catalog is answered by catalog; the call's authority names gift-card");
}

}  // namespace
}  // namespace holon::gateway
