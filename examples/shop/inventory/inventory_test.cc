#include "inventory/inventory.h"

#include <gtest/gtest.h>

#include "embedded/catalog.h"
#include "embedded/inventory.h"
#include "holon/testing.h"
#include "table/table.h"

namespace shop {
namespace {

class InventoryTest : public ::testing::Test {
 protected:
  holon::Ref<Inventory> serve(std::string_view stock = "product\tavailable\nmug-01\t5\nlamp-01\t2\n") {
    return host_.serve<InventoryService>(
        [=](holon::Wiring& wiring) { return std::make_unique<InventoryService>(wiring, stock); });
  }
  int available(holon::Ref<Inventory>& inventory, const std::string& product) {
    GetStockRequest request;
    request.set_product_id(product);
    return inventory->GetStock(host_.call(), request).value().available();
  }
  holon::Result<ReserveReply> reserve(holon::Ref<Inventory>& inventory, const std::string& order,
                                      std::initializer_list<std::pair<const char*, int>> items) {
    ReserveRequest request;
    request.set_order_id(order);
    for (auto [product, quantity] : items) {
      CartItem& item = *request.add_items();
      item.set_product_id(product);
      item.set_quantity(quantity);
    }
    return inventory->Reserve(host_.call(), request);
  }
  holon::Result<ReleaseReply> release(holon::Ref<Inventory>& inventory, const std::string& order) {
    ReleaseRequest request;
    request.set_order_id(order);
    return inventory->Release(host_.call(), request);
  }

  holon::testing::Host host_;
};

TEST_F(InventoryTest, starts_with_what_its_table_says) {
  auto inventory = serve();
  EXPECT_EQ(available(inventory, "mug-01"), 5);
  EXPECT_EQ(available(inventory, "lamp-01"), 2);
  GetStockRequest unknown;
  unknown.set_product_id("sofa");
  EXPECT_EQ(inventory->GetStock(host_.call(), unknown).code(), holon::Code::not_found);
}

TEST_F(InventoryTest, reserves_all_or_nothing) {
  auto inventory = serve();
  auto short_of_lamps = reserve(inventory, "o-1", {{"mug-01", 1}, {"lamp-01", 3}});
  EXPECT_EQ(short_of_lamps.code(), holon::Code::failed_precondition);
  EXPECT_NE(short_of_lamps.error().message().find("lamp-01"), std::string::npos);
  EXPECT_EQ(available(inventory, "mug-01"), 5);
  EXPECT_TRUE(reserve(inventory, "o-1", {{"mug-01", 1}, {"lamp-01", 2}}).ok());
  EXPECT_EQ(available(inventory, "mug-01"), 4);
  EXPECT_EQ(available(inventory, "lamp-01"), 0);
}

TEST_F(InventoryTest, reserves_once_for_an_order_however_often_it_is_asked) {
  auto inventory = serve();
  ASSERT_TRUE(reserve(inventory, "o-1", {{"mug-01", 2}}).ok());
  ASSERT_TRUE(reserve(inventory, "o-1", {{"mug-01", 2}}).ok());
  EXPECT_EQ(available(inventory, "mug-01"), 3);
  ASSERT_TRUE(release(inventory, "o-1").ok());
  ASSERT_TRUE(release(inventory, "o-1").ok());
  EXPECT_EQ(available(inventory, "mug-01"), 5);
}

TEST_F(InventoryTest, refuses_quantities_that_would_add_to_the_stock) {
  auto inventory = serve();
  EXPECT_EQ(reserve(inventory, "o-1", {{"mug-01", -2}}).code(), holon::Code::invalid_argument);
  EXPECT_EQ(reserve(inventory, "o-1", {}).code(), holon::Code::invalid_argument);
  EXPECT_EQ(available(inventory, "mug-01"), 5);
}

TEST_F(InventoryTest, the_stock_factor_multiplies_the_first_stock) {
  host_.setting("stock_factor", "1000");
  auto inventory = serve();
  EXPECT_EQ(available(inventory, "mug-01"), 5000);
}

TEST(InventoryTable, has_a_line_for_every_product_the_shop_sells) {
  const Table products(embedded::catalog("products.tsv"));
  const Table stock(embedded::inventory("stock.tsv"));
  ASSERT_EQ(products.size(), stock.size());
  for (std::size_t i = 0; i < products.size(); ++i) {
    EXPECT_EQ((*(products.begin() + i))["id"], (*(stock.begin() + i))["product"]);
  }
}

}  // namespace
}  // namespace shop
