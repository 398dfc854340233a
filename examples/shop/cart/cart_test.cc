#include "cart/cart.h"

#include <gtest/gtest.h>

#include "holon/testing.h"

namespace shop {
namespace {

class CartTest : public ::testing::Test {
 protected:
  holon::Result<ShoppingCart> add(const std::string& user, const std::string& product, int quantity) {
    AddItemRequest request;
    request.set_user_id(user);
    request.mutable_item()->set_product_id(product);
    request.mutable_item()->set_quantity(quantity);
    return cart_->AddItem(host_.call(), request);
  }
  holon::Result<ShoppingCart> set(const std::string& user, const std::string& product, int quantity) {
    SetItemRequest request;
    request.set_user_id(user);
    request.set_product_id(product);
    request.set_quantity(quantity);
    return cart_->SetItem(host_.call(), request);
  }
  /// "mug-01 x2, lamp-03 x1"
  std::string shown(const std::string& user) {
    GetCartRequest request;
    request.set_user_id(user);
    std::string text;
    const ShoppingCart cart = cart_->GetCart(host_.call(), request).value();
    for (const CartItem& item : cart.items()) {
      text += (text.empty() ? "" : ", ") + item.product_id() + " x" + std::to_string(item.quantity());
    }
    return text;
  }

  holon::testing::Host host_;
  holon::Ref<Cart> cart_ = host_.serve<CartService>();
};

TEST_F(CartTest, keeps_items_in_the_order_they_came_and_adds_up_their_quantities) {
  ASSERT_TRUE(add("ada", "mug-01", 1).ok());
  ASSERT_TRUE(add("ada", "lamp-03", 1).ok());
  ASSERT_TRUE(add("ada", "mug-01", 2).ok());
  EXPECT_EQ(shown("ada"), "mug-01 x3, lamp-03 x1");
}

TEST_F(CartTest, each_user_has_their_own) {
  ASSERT_TRUE(add("ada", "mug-01", 1).ok());
  EXPECT_EQ(shown("bob"), "");
}

TEST_F(CartTest, sets_and_removes_items) {
  ASSERT_TRUE(add("ada", "mug-01", 1).ok());
  ASSERT_TRUE(add("ada", "lamp-03", 1).ok());
  ASSERT_TRUE(set("ada", "mug-01", 5).ok());
  ASSERT_TRUE(set("ada", "lamp-03", 0).ok());
  EXPECT_EQ(shown("ada"), "mug-01 x5");
  EXPECT_EQ(set("ada", "sofa-01", 1).code(), holon::Code::not_found);
  EXPECT_TRUE(set("ada", "sofa-01", 0).ok());  // gone is gone
}

TEST_F(CartTest, empties) {
  ASSERT_TRUE(add("ada", "mug-01", 1).ok());
  EmptyCartRequest request;
  request.set_user_id("ada");
  ASSERT_TRUE(cart_->EmptyCart(host_.call(), request).ok());
  EXPECT_EQ(shown("ada"), "");
}

TEST_F(CartTest, refuses_more_than_it_holds_and_keeps_what_it_had) {
  ASSERT_TRUE(add("ada", "mug-01", 60).ok());
  EXPECT_EQ(add("ada", "mug-01", 40).code(), holon::Code::invalid_argument);
  EXPECT_EQ(shown("ada"), "mug-01 x60");
  for (int i = 1; i < 50; ++i) ASSERT_TRUE(add("ada", "p-" + std::to_string(i), 1).ok());
  EXPECT_EQ(add("ada", "p-50", 1).code(), holon::Code::resource_exhausted);
}

TEST_F(CartTest, refuses_what_makes_no_sense) {
  EXPECT_EQ(add("", "mug-01", 1).code(), holon::Code::invalid_argument);
  EXPECT_EQ(add("ada", "", 1).code(), holon::Code::invalid_argument);
  EXPECT_EQ(add("ada", "mug-01", 0).code(), holon::Code::invalid_argument);
  EXPECT_EQ(set("ada", "mug-01", -1).code(), holon::Code::invalid_argument);
}

}  // namespace
}  // namespace shop
