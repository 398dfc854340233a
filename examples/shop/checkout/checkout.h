// The checkout service: turns a cart into an order, and keeps the orders in checkout.db.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "cart/cart.holon.h"
#include "catalog/catalog.holon.h"
#include "checkout/checkout.holon.h"
#include "currency/currency.holon.h"
#include "email/email.holon.h"
#include "holon/wiring.h"
#include "inventory/inventory.holon.h"
#include "payment/payment.holon.h"
#include "shipping/shipping.holon.h"
#include "sqlite/sqlite.h"

namespace shop {

class CheckoutService final : public Checkout::Service {
 public:
  explicit CheckoutService(holon::Wiring& wiring);

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<Order> PlaceOrder(holon::Call& call, const PlaceOrderRequest& request) override;
  holon::Result<Order> GetOrder(holon::Call& call, const GetOrderRequest& request) override;
  holon::Result<ListOrdersReply> ListOrders(holon::Call& call, const ListOrdersRequest& request) override;

 private:
  /// The order as far as it costs nothing to change one's mind: what, where to, how much.
  holon::Result<Order> prepare(holon::Call& call, const PlaceOrderRequest& request, const ShoppingCart& cart);
  holon::Result<OrderItem> price(holon::Call& call, const CartItem& item, const std::string& currency_code);
  holon::Result<Money> quote(holon::Call& call, const PlaceOrderRequest& request, const ShoppingCart& cart);

  /// Takes the goods from the shelf, the money from the card, sends the parcel and writes the order down. Undoes in
  /// reverse what was done if one of them fails.
  holon::Result<void> commit(holon::Call& call, const PlaceOrderRequest& request, const ShoppingCart& cart,
                             Order& order);
  holon::Result<void> charge_and_ship(holon::Call& call, const PlaceOrderRequest& request, const ShoppingCart& cart,
                                      Order& order);
  holon::Result<void> ship_and_keep(holon::Call& call, const ShoppingCart& cart, Order& order);
  void release(holon::Call& call, const Order& order);
  void refund(holon::Call& call, const Order& order);

  /// What the customer need not wait for to succeed: the order stands.
  void finish(holon::Call& call, const Order& order);
  holon::Result<void> keep(const Order& order);

  std::filesystem::path folder_;
  holon::Ref<Cart> cart_;
  holon::Ref<Catalog> catalog_;
  holon::Ref<Currency> currency_;
  holon::Ref<Shipping> shipping_;
  holon::Ref<Inventory> inventory_;
  holon::Ref<Payment> payment_;
  holon::Ref<Email> email_;
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace shop
