// The cart service: what each user is about to buy, in cart.db.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "cart/cart.holon.h"
#include "holon/wiring.h"
#include "sqlite/sqlite.h"

namespace shop {

class CartService final : public Cart::Service {
 public:
  explicit CartService(holon::Wiring& wiring) : folder_(wiring.data_directory()) {}

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<ShoppingCart> AddItem(holon::Call& call, const AddItemRequest& request) override;
  holon::Result<ShoppingCart> GetCart(holon::Call& call, const GetCartRequest& request) override;
  holon::Result<ShoppingCart> SetItem(holon::Call& call, const SetItemRequest& request) override;
  holon::Result<EmptyCartReply> EmptyCart(holon::Call& call, const EmptyCartRequest& request) override;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace shop
