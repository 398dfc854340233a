#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <set>

#include "embedded/catalog.h"
#include "frontend/picture.h"
#include "holon/testing.h"
#include "table/table.h"

namespace shop {
namespace {

constexpr std::string_view few_products =
    "id\tname\tcategory\tpicture\tprice\tdescription\n"
    "mug-01\tTall Mug\tkitchen\tmug.sage.plain\t12.50\tHolds a lot of tea.\n"
    "lamp-01\tReading Lamp\tlighting\tlamp.rose.dots\t89.00\tBright enough to find your mug.\n"
    "mug-02\tLow Mug\tkitchen\tmug.rose.plain\t11.00\tFor coffee.\n";

class CatalogTest : public ::testing::Test {
 protected:
  holon::Ref<Catalog> serve(std::string_view products = few_products) {
    return host_.serve<CatalogService>(
        [=](holon::Wiring& wiring) { return std::make_unique<CatalogService>(wiring, products); });
  }
  static std::string ids(const holon::Result<ListProductsReply>& reply) {
    std::string text;
    for (const Product& product : reply.value().products()) text += (text.empty() ? "" : " ") + product.id();
    return text;
  }
  std::string search(holon::Ref<Catalog>& catalog, const std::string& query) {
    SearchProductsRequest request;
    request.set_query(query);
    return ids(catalog->SearchProducts(host_.call(), request));
  }

  holon::testing::Host host_;
};

TEST_F(CatalogTest, gives_a_product_as_the_table_has_it) {
  auto catalog = serve();
  GetProductRequest request;
  request.set_id("mug-01");
  Product product = catalog->GetProduct(host_.call(), request).value();
  EXPECT_EQ(product.name(), "Tall Mug");
  EXPECT_EQ(product.picture(), "mug.sage.plain");
  EXPECT_EQ(product.price().currency_code(), "EUR");
  EXPECT_EQ(product.price().units(), 12);
  EXPECT_EQ(product.price().nanos(), 500'000'000);
  request.set_id("mug-99");
  EXPECT_EQ(catalog->GetProduct(host_.call(), request).code(), holon::Code::not_found);
}

TEST_F(CatalogTest, lists_pages_categories_and_named_products) {
  auto catalog = serve();
  ListProductsRequest request;
  request.set_page_size(2);
  EXPECT_EQ(ids(catalog->ListProducts(host_.call(), request)), "mug-01 lamp-01");
  request.set_page(2);
  ListProductsReply second = catalog->ListProducts(host_.call(), request).value();
  EXPECT_EQ(ids(second), "mug-02");
  EXPECT_EQ(second.total(), 3);
  EXPECT_EQ(second.categories_size(), 2);
  EXPECT_EQ(second.categories(0), "kitchen");

  ListProductsRequest kitchen;
  kitchen.set_category("kitchen");
  EXPECT_EQ(ids(catalog->ListProducts(host_.call(), kitchen)), "mug-01 mug-02");

  ListProductsRequest some;
  some.add_ids("mug-02");
  some.add_ids("gone-01");
  some.add_ids("mug-01");
  EXPECT_EQ(ids(catalog->ListProducts(host_.call(), some)), "mug-02 mug-01");
}

TEST_F(CatalogTest, finds_words_anywhere_and_names_first) {
  auto catalog = serve();
  EXPECT_EQ(search(catalog, "mug"), "mug-02 mug-01 lamp-01");  // names first; of those, the one with fewer other words
  EXPECT_EQ(search(catalog, "MUGS"), "mug-02 mug-01 lamp-01");
  EXPECT_EQ(search(catalog, "tall mug"), "mug-01");
  EXPECT_EQ(search(catalog, "read"), "lamp-01");
  EXPECT_EQ(search(catalog, "sofa"), "");
}

TEST_F(CatalogTest, takes_any_text_for_a_query) {
  auto catalog = serve();
  for (const char* query : {"", "  ", "\"", "mug\" OR \"lamp", "*", "NEAR(", "name:mug", "-", "';--", "caf\xc3\xa9"}) {
    SearchProductsRequest request;
    request.set_query(query);
    EXPECT_TRUE(catalog->SearchProducts(host_.call(), request).ok()) << query;
  }
  EXPECT_EQ(search(catalog, "name:mug"), "");  // "name" is a word like others, not a column
}

TEST_F(CatalogTest, refuses_pages_that_cannot_be) {
  auto catalog = serve();
  ListProductsRequest request;
  request.set_page(-1);
  EXPECT_EQ(catalog->ListProducts(host_.call(), request).code(), holon::Code::invalid_argument);
  request.set_page(1);
  request.set_page_size(101);
  EXPECT_EQ(catalog->ListProducts(host_.call(), request).code(), holon::Code::invalid_argument);
}

TEST_F(CatalogTest, a_table_with_a_wrong_price_keeps_the_shop_shut) {
  EXPECT_THROW(serve("id\tname\tcategory\tpicture\tprice\tdescription\na\tb\tc\td\tcheap\te\n"), std::runtime_error);
}

TEST_F(CatalogTest, the_shop_sells_hundreds_of_products_each_with_a_picture_and_words_of_its_own) {
  const Table products(embedded::catalog("products.tsv"));
  EXPECT_GE(products.size(), 240u);
  std::set<std::string_view> names;
  std::set<std::string_view> descriptions;
  for (const Table::Row& row : products) {
    EXPECT_TRUE(names.insert(row["name"]).second) << row["name"];
    EXPECT_TRUE(descriptions.insert(row["description"]).second) << row["description"];
    EXPECT_TRUE(draw_picture(row["picture"]).ok()) << row["picture"];
  }
}

}  // namespace
}  // namespace shop
