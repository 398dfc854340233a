#include "ads/ads.h"

#include <gtest/gtest.h>

#include <set>

#include "embedded/ads.h"
#include "embedded/catalog.h"
#include "table/table.h"
#include "twins/test_subject.h"

namespace shop {
namespace {

constexpr std::string_view few_ads =
    "category\tproduct\ttext\n"
    "kitchen\tmug-01\tTea tastes better.\n"
    "kitchen\tbowl-01\tSoup for one.\n"
    "kitchen\tpot-01\tSoup for six.\n"
    "lighting\tlamp-01\tRead on.\n";

class AdsTest : public ::testing::Test {
 protected:
  holon::Ref<Ads> serve(std::string_view ads) {
    return subject_.serve<AdsService>({{"ads.tsv", ads}},
                                      [=](holon::Wiring&) { return std::make_unique<AdsService>(ads); });
  }
  std::string ads_for(holon::Ref<Ads>& ads, std::initializer_list<const char*> categories) {
    GetAdsRequest request;
    for (const char* category : categories) request.add_categories(category);
    std::string text;
    const GetAdsReply reply = ads->GetAds(subject_.call(), request).value();
    for (const Ad& ad : reply.ads()) text += ad.product_id() + " ";
    return text;
  }

  testing::Subject subject_{"ads"};
};

TEST_F(AdsTest, fit_the_page_and_take_turns) {
  auto ads = serve(few_ads);
  EXPECT_EQ(ads_for(ads, {"kitchen"}), "mug-01 bowl-01 ");
  EXPECT_EQ(ads_for(ads, {"kitchen"}), "bowl-01 pot-01 ");
  EXPECT_EQ(ads_for(ads, {"lighting"}), "lamp-01 ");
}

TEST_F(AdsTest, are_of_all_categories_where_none_fits) {
  auto ads = serve(few_ads);
  std::set<std::string> seen;
  for (int i = 0; i < 4; ++i) seen.insert(ads_for(ads, {}));
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_NE(ads_for(ads, {"boats"}), "");
}

TEST_F(AdsTest, are_what_the_table_says) {
  auto ads = serve("category\tproduct\ttext\nlighting\tlamp-07\tNew!\n");
  EXPECT_EQ(ads_for(ads, {"kitchen"}), "lamp-07 ");
}

TEST(AdsTable, leads_to_products_the_shop_sells) {
  std::set<std::string_view> products;
  std::set<std::string_view> categories;
  for (const Table products_table(embedded::catalog("products.tsv")); const Table::Row& row : products_table) {
    products.insert(row["id"]);
    categories.insert(row["category"]);
  }
  std::set<std::string_view> advertised;
  for (const Table ads(embedded::ads("ads.tsv")); const Table::Row& row : ads) {
    EXPECT_TRUE(products.contains(row["product"])) << row["product"];
    advertised.insert(row["category"]);
  }
  EXPECT_EQ(advertised, categories);
}

}  // namespace
}  // namespace shop
