#include "cart/cart.h"

#include "holon/try.h"

namespace shop {
namespace {

constexpr int most_of_one = 99;
constexpr int most_products = 50;

constexpr const char* schema = R"(
  create table if not exists item (
    user text not null, product text not null, quantity integer not null,
    added integer primary key, unique (user, product)
  ) strict)";

holon::Result<void> check_user(const std::string& user) {
  if (user.empty()) return holon::invalid_argument("user_id is empty");
  return {};
}

holon::Result<ShoppingCart> cart_of(sqlite::Session& session, const std::string& user) {
  ShoppingCart cart;
  cart.set_user_id(user);
  TRY(session.each(
      "select product, quantity from item where user = ? order by added",
      [&](const sqlite::Row& row) {
        CartItem& item = *cart.add_items();
        item.set_product_id(std::string(row.text(0)));
        item.set_quantity(static_cast<int>(row.number(1)));
      },
      user));
  return cart;
}

holon::Result<void> check_limits(const ShoppingCart& cart) {
  if (cart.items_size() > most_products) {
    return holon::resource_exhausted("a cart holds " + std::to_string(most_products) + " different products");
  }
  for (const CartItem& item : cart.items()) {
    if (item.quantity() > most_of_one) {
      return holon::invalid_argument("a cart holds " + std::to_string(most_of_one) + " of " + item.product_id());
    }
  }
  return {};
}

}  // namespace

holon::Result<void> CartService::start(holon::Call&) {
  database_ = TRY(sqlite::Database::open(folder_ / "cart.db", schema));
  return {};
}

holon::Result<ShoppingCart> CartService::AddItem(holon::Call&, const AddItemRequest& request) {
  TRY(check_user(request.user_id()));
  const CartItem& item = request.item();
  if (item.product_id().empty()) return holon::invalid_argument("item.product_id is empty");
  if (item.quantity() < 1 || item.quantity() > most_of_one) {
    return holon::invalid_argument("item.quantity is not 1 to " + std::to_string(most_of_one));
  }
  return database_->write([&](sqlite::Session& session) -> holon::Result<ShoppingCart> {
    TRY(session.run("insert into item (user, product, quantity) values (?, ?, ?) "
                    "on conflict do update set quantity = quantity + excluded.quantity",
                    request.user_id(), item.product_id(), item.quantity()));
    ShoppingCart cart = TRY(cart_of(session, request.user_id()));
    TRY(check_limits(cart));
    return cart;
  });
}

holon::Result<ShoppingCart> CartService::GetCart(holon::Call&, const GetCartRequest& request) {
  TRY(check_user(request.user_id()));
  return database_->read([&](sqlite::Session& session) { return cart_of(session, request.user_id()); });
}

holon::Result<ShoppingCart> CartService::SetItem(holon::Call&, const SetItemRequest& request) {
  TRY(check_user(request.user_id()));
  if (request.quantity() < 0 || request.quantity() > most_of_one) {
    return holon::invalid_argument("quantity is not 0 to " + std::to_string(most_of_one));
  }
  return database_->write([&](sqlite::Session& session) -> holon::Result<ShoppingCart> {
    const int changed = TRY(request.quantity() == 0
                                ? session.run("delete from item where user = ? and product = ?", request.user_id(),
                                              request.product_id())
                                : session.run("update item set quantity = ? where user = ? and product = ?",
                                              request.quantity(), request.user_id(), request.product_id()));
    if (changed == 0 && request.quantity() > 0) return holon::not_found(request.product_id() + " is not in the cart");
    return cart_of(session, request.user_id());
  });
}

holon::Result<EmptyCartReply> CartService::EmptyCart(holon::Call&, const EmptyCartRequest& request) {
  TRY(check_user(request.user_id()));
  return database_->write([&](sqlite::Session& session) -> holon::Result<EmptyCartReply> {
    TRY(session.run("delete from item where user = ?", request.user_id()));
    return EmptyCartReply();
  });
}

}  // namespace shop
