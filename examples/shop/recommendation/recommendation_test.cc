#include "recommendation/recommendation.h"

#include <gtest/gtest.h>

#include <set>

#include "catalog/catalog.h"
#include "embedded/catalog.h"
#include "embedded/recommendation.h"
#include "table/table.h"
#include "twins/test_subject.h"

namespace shop {
namespace {

constexpr std::string_view products =
    "id\tname\tcategory\tpicture\tprice\tdescription\n"
    "mug\tMug\tkitchen\tmug.sage.plain\t1\t.\n"
    "pot\tPot\tkitchen\tmug.sage.plain\t1\t.\n"
    "lamp\tLamp\tlighting\tmug.sage.plain\t1\t.\n"
    "book\tBook\tpaper\tmug.sage.plain\t1\t.\n";

constexpr std::string_view few_baskets =
    "products\n"
    "mug pot\n"
    "mug pot\n"
    "mug book\n"
    "lamp book\n"
    "lamp gone\n"
    "lamp\n"
    "lamp\n";

class RecommendationTest : public ::testing::Test {
 protected:
  holon::Ref<Recommendation> serve(std::string_view baskets) {
    subject_.neighbour<CatalogService>([](holon::Wiring& wiring) { return std::make_unique<CatalogService>(wiring, products); });
    return subject_.serve<RecommendationService>({{"baskets.tsv", baskets}}, [=](holon::Wiring& wiring) {
      return std::make_unique<RecommendationService>(wiring, baskets);
    });
  }
  std::string for_products(holon::Ref<Recommendation>& recommendation, std::initializer_list<const char*> ids) {
    ListRecommendationsRequest request;
    for (const char* id : ids) request.add_product_ids(id);
    std::string text;
    const ListRecommendationsReply reply = recommendation->ListRecommendations(subject_.call(), request).value();
    for (const std::string& id : reply.product_ids()) text += (text.empty() ? "" : " ") + id;
    return text;
  }

  testing::Subject subject_{"recommendation"};
};

TEST_F(RecommendationTest, what_was_bought_together_most_often_comes_first) {
  auto recommendation = serve(few_baskets);
  EXPECT_EQ(for_products(recommendation, {"mug"}), "pot book lamp");
  EXPECT_EQ(for_products(recommendation, {"book"}), "lamp mug pot");  // one basket each: the better seller first
}

TEST_F(RecommendationTest, never_what_was_asked_about_nor_what_is_not_sold_any_more) {
  auto recommendation = serve(few_baskets);
  EXPECT_EQ(for_products(recommendation, {"mug", "pot", "book"}), "lamp");
  EXPECT_EQ(for_products(recommendation, {"lamp"}), "book mug pot");
}

TEST_F(RecommendationTest, the_bestsellers_for_who_asks_about_nothing) {
  auto recommendation = serve(few_baskets);
  EXPECT_EQ(for_products(recommendation, {}), "lamp mug book pot");
}

TEST_F(RecommendationTest, follows_its_data) {
  auto recommendation = serve("products\nmug lamp\n");
  EXPECT_EQ(for_products(recommendation, {"mug"}), "lamp");
}

TEST(RecommendationTable, knows_products_the_shop_sells_and_something_for_each) {
  std::set<std::string_view> sold;
  for (const Table table(embedded::catalog("products.tsv")); const Table::Row& row : table) sold.insert(row["id"]);
  std::set<std::string_view> bought;
  for (const Table table(embedded::recommendation("baskets.tsv")); const Table::Row& row : table) {
    for (std::string_view id : split(row["products"], ' ')) {
      EXPECT_TRUE(sold.contains(id)) << id;
      bought.insert(id);
    }
  }
  EXPECT_EQ(bought, sold);
}

}  // namespace
}  // namespace shop
