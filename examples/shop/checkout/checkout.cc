#include "checkout/checkout.h"

#include <chrono>
#include <vector>

#include "holon/log.h"
#include "holon/task.h"
#include "holon/try.h"
#include "money/money.h"
#include "token/token.h"

namespace shop {
namespace {

constexpr int most_orders = 100;

constexpr const char* schema = R"(
  create table if not exists placed_order (
    number integer primary key, id text unique not null, user text not null, body blob not null
  ) strict;
  create index if not exists placed_order_user on placed_order (user, number))";

std::int64_t seconds_since_1970() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

holon::Result<Order> order_of(std::string_view body) {
  Order order;
  if (!order.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return holon::data_loss("a stored order cannot be read");
  }
  return order;
}

// Whether a call that failed so may have done its work all the same: it got lost or late, it was not refused.
bool may_have_happened(holon::Code code) {
  switch (code) {
    case holon::Code::cancelled:
    case holon::Code::unknown:
    case holon::Code::deadline_exceeded:
    case holon::Code::internal:
    case holon::Code::unavailable:
      return true;
    default:
      return false;
  }
}

}  // namespace

CheckoutService::CheckoutService(holon::Wiring& wiring)
    : folder_(wiring.data_directory()),
      cart_(wiring),
      catalog_(wiring),
      currency_(wiring),
      shipping_(wiring),
      inventory_(wiring),
      payment_(wiring),
      email_(wiring) {}

holon::Result<void> CheckoutService::start(holon::Call&) {
  database_ = TRY(sqlite::Database::open(folder_ / "checkout.db", schema, sqlite::Sync::disk));
  return {};
}

holon::Result<Order> CheckoutService::PlaceOrder(holon::Call& call, const PlaceOrderRequest& request) {
  if (request.email().empty()) return holon::invalid_argument("email is empty");
  GetCartRequest whose;
  whose.set_user_id(request.user_id());
  const ShoppingCart cart = TRY(cart_->GetCart(call, whose));
  if (cart.items().empty()) return holon::failed_precondition("the cart is empty");
  Order order = TRY(prepare(call, request, cart));
  TRY(commit(call, request, cart, order));
  finish(call, order);
  return order;
}

holon::Result<Order> CheckoutService::prepare(holon::Call& call, const PlaceOrderRequest& request,
                                              const ShoppingCart& cart) {
  std::vector<holon::Task<OrderItem>> items;
  holon::TaskGroup group(call);
  auto shipping = group.spawn([&](holon::Call& branch) { return quote(branch, request, cart); });
  for (const CartItem& item : cart.items()) {
    items.push_back(group.spawn([&](holon::Call& branch) { return price(branch, item, request.currency_code()); }));
  }
  Order order;
  order.set_id("o-" + random_token(16));
  order.set_user_id(request.user_id());
  order.set_email(request.email());
  *order.mutable_address() = request.address();
  order.set_placed_at(seconds_since_1970());
  *order.mutable_shipping_cost() = TRY(shipping.get());
  *order.mutable_total() = order.shipping_cost();
  for (holon::Task<OrderItem>& item : items) {
    OrderItem& priced = *order.add_items();
    priced = TRY(item.get());
    const Money cost = TRY(money::times(priced.price(), priced.quantity()));
    *order.mutable_total() = TRY(money::sum(order.total(), cost));
  }
  return order;
}

holon::Result<OrderItem> CheckoutService::price(holon::Call& call, const CartItem& item,
                                                const std::string& currency_code) {
  GetProductRequest which;
  which.set_id(item.product_id());
  Product product = TRY(catalog_->GetProduct(call, which));
  ConvertRequest convert;
  *convert.mutable_from() = product.price();
  convert.set_to_code(currency_code);
  OrderItem priced;
  *priced.mutable_price() = TRY(currency_->Convert(call, convert));
  priced.set_product_id(product.id());
  priced.set_name(product.name());
  priced.set_picture(product.picture());
  priced.set_quantity(item.quantity());
  return priced;
}

holon::Result<Money> CheckoutService::quote(holon::Call& call, const PlaceOrderRequest& request,
                                            const ShoppingCart& cart) {
  GetQuoteRequest where;
  *where.mutable_address() = request.address();
  *where.mutable_items() = cart.items();
  const Quote quote = TRY(shipping_->GetQuote(call, where));
  ConvertRequest convert;
  *convert.mutable_from() = quote.cost();
  convert.set_to_code(request.currency_code());
  return currency_->Convert(call, convert);
}

holon::Result<void> CheckoutService::commit(holon::Call& call, const PlaceOrderRequest& request,
                                            const ShoppingCart& cart, Order& order) {
  ReserveRequest reserve;
  reserve.set_order_id(order.id());
  *reserve.mutable_items() = cart.items();
  if (auto reserved = inventory_->Reserve(call, reserve); !reserved.ok()) {
    if (may_have_happened(reserved.code())) release(call, order);
    return reserved.error();
  }
  holon::Result<void> done = charge_and_ship(call, request, cart, order);
  if (!done.ok()) release(call, order);
  return done;
}

holon::Result<void> CheckoutService::charge_and_ship(holon::Call& call, const PlaceOrderRequest& request,
                                                     const ShoppingCart& cart, Order& order) {
  ChargeRequest charge;
  charge.set_order_id(order.id());
  *charge.mutable_amount() = order.total();
  *charge.mutable_card() = request.card();
  const holon::Result<ChargeReply> charged = payment_->Charge(call, charge);
  if (!charged.ok()) {
    if (may_have_happened(charged.code())) refund(call, order);
    return charged.error();
  }
  order.set_transaction_id(charged->transaction_id());
  order.set_card_brand(charged->card_brand());
  order.set_card_last_four(charged->card_last_four());
  holon::Result<void> done = ship_and_keep(call, cart, order);
  if (!done.ok()) refund(call, order);
  return done;
}

holon::Result<void> CheckoutService::ship_and_keep(holon::Call& call, const ShoppingCart& cart, Order& order) {
  ShipOrderRequest ship;
  ship.set_order_id(order.id());
  *ship.mutable_address() = order.address();
  *ship.mutable_items() = cart.items();
  const Shipment shipment = TRY(shipping_->ShipOrder(call, ship));
  order.set_tracking_id(shipment.tracking_id());
  return keep(order);
}

void CheckoutService::release(holon::Call& call, const Order& order) {
  ReleaseRequest request;
  request.set_order_id(order.id());
  if (auto released = inventory_->Release(call, request); !released.ok()) {
    holon::log::error(call, "goods stay reserved for an order that failed",
                      {{"order", order.id()}, {"error", released.error().to_string()}});
  }
}

void CheckoutService::refund(holon::Call& call, const Order& order) {
  RefundRequest request;
  request.set_order_id(order.id());
  auto refunded = payment_->Refund(call, request);
  if (!refunded.ok() && refunded.code() != holon::Code::not_found) {  // never charged: nothing to give back
    holon::log::error(call, "money stays charged for an order that failed",
                      {{"order", order.id()}, {"error", refunded.error().to_string()}});
  }
}

void CheckoutService::finish(holon::Call& call, const Order& order) {
  EmptyCartRequest empty;
  empty.set_user_id(order.user_id());
  if (auto emptied = cart_->EmptyCart(call, empty); !emptied.ok()) {
    holon::log::warning(call, "the cart of an order stays full",
                        {{"order", order.id()}, {"error", emptied.error().to_string()}});
  }
  SendOrderConfirmationRequest confirm;
  confirm.set_email(order.email());
  *confirm.mutable_order() = order;
  if (auto sent = email_->SendOrderConfirmation(call, confirm); !sent.ok()) {
    holon::log::warning(call, "no mail about an order", {{"order", order.id()}, {"error", sent.error().to_string()}});
  }
  holon::log::info(call, "order placed", {{"order", order.id()}, {"total", money::plain(order.total())}});
}

holon::Result<void> CheckoutService::keep(const Order& order) {
  return database_->write([&](sqlite::Session& session) -> holon::Result<void> {
    TRY(session.run("insert into placed_order (id, user, body) values (?, ?, cast(? as blob))", order.id(),
                    order.user_id(), order.SerializeAsString()));
    return {};
  });
}

holon::Result<Order> CheckoutService::GetOrder(holon::Call&, const GetOrderRequest& request) {
  auto body = database_->read([&](sqlite::Session& session) {
    return session.text("select body from placed_order where id = ? and user = ?", request.order_id(),
                        request.user_id());
  });
  if (body.code() == holon::Code::not_found) return holon::not_found("there is no order " + request.order_id());
  if (!body.ok()) return body.error();
  return order_of(*body);
}

holon::Result<ListOrdersReply> CheckoutService::ListOrders(holon::Call&, const ListOrdersRequest& request) {
  if (request.limit() < 0 || request.limit() > most_orders) return holon::invalid_argument("limit is not 1 to 100");
  std::vector<std::string> bodies;
  TRY(database_->read([&](sqlite::Session& session) {
    return session.each("select body from placed_order where user = ? order by number desc limit ?",
                        [&](const sqlite::Row& row) { bodies.emplace_back(row.text(0)); }, request.user_id(),
                        request.limit() == 0 ? 20 : request.limit());
  }));
  ListOrdersReply reply;
  for (const std::string& body : bodies) {
    Order& order = *reply.add_orders();
    order = TRY(order_of(body));
  }
  return reply;
}

}  // namespace shop
