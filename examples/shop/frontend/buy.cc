// What changes something for a visitor: cart, currency, orders.
#include <algorithm>
#include <utility>

#include "frontend/form.h"
#include "frontend/frontend.h"
#include "frontend/replies.h"
#include "holon/try.h"
#include "money/money.h"

namespace shop {
namespace {

pages::OrderForm order_form_of(const Form& form) {
  auto text = [&](std::string_view field) { return std::string(form.text(field)); };
  return {.email = text("email"),
          .name = text("name"),
          .street = text("street"),
          .zip = text("zip"),
          .city = text("city"),
          .country = text("country"),
          .card_number = text("card_number"),
          .card_year = text("card_year"),
          .card_month = text("card_month"),
          .verification = text("verification")};
}

holon::Result<PlaceOrderRequest> order_request_of(const Form& form) {
  PlaceOrderRequest request;
  const std::string_view email = form.text("email");
  if (email.find('@') == std::string_view::npos) return holon::invalid_argument("the e-mail address has no @");
  request.set_email(std::string(email));
  Address& address = *request.mutable_address();
  address.set_name(std::string(form.text("name")));
  address.set_street(std::string(form.text("street")));
  address.set_zip(std::string(form.text("zip")));
  address.set_city(std::string(form.text("city")));
  address.set_country(std::string(form.text("country")));
  CreditCard& card = *request.mutable_card();
  card.set_number(std::string(form.text("card_number")));
  card.set_expiration_month(TRY(form.number("card_month", 1, 12)));
  card.set_expiration_year(TRY(form.number("card_year", 2000, 2199)));
  card.set_verification(TRY(form.number("verification", 0, 9999)));
  return request;
}

// Whether the visitor can mend it: then the form is shown again, with the reason.
bool is_refusal(const holon::Error& error) {
  return error.code() == holon::Code::invalid_argument || error.code() == holon::Code::failed_precondition;
}

std::string sentence(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text + ".";
}

PageReply done(holon::Call& call, const holon::Result<std::string>& location) {
  if (!location.ok()) return page(call, location.error());
  return see_other(call, *location);
}

}  // namespace

FrontendService::Reply FrontendService::ShowCart(holon::Call& call, const PageRequest&) {
  return page(call, cart_page(call, Visitor::of(call), {}, {}));
}

holon::Result<Html> FrontendService::cart_page(holon::Call& call, const Visitor& visitor, pages::OrderForm form,
                                               std::string refusal) const {
  pages::CartView view;
  view.form = std::move(form);
  view.refusal = std::move(refusal);
  ShoppingCart cart;
  holon::TaskGroup group(call);
  Basics basics = begin(group, visitor);
  // The cart is needed here, not only counted in the frame.
  cart = TRY(basics.cart.get());
  std::vector<std::string> ids;
  for (const CartItem& item : cart.items()) ids.push_back(item.product_id());
  auto others = group.spawn([&](holon::Call& branch) { return recommended(branch, visitor, ids); });
  basics.cart = group.spawn([&](holon::Call&) -> holon::Result<ShoppingCart> { return cart; });
  const pages::Frame frame = TRY(frame_of(call, basics, visitor, "/cart"));
  if (!cart.items().empty()) TRY(fill_cart(call, frame, cart, view));
  view.recommended = welcome(call, "recommendations", others.get());
  return pages::cart(frame, view);
}

holon::Result<void> FrontendService::fill_cart(holon::Call& call, const pages::Frame& frame, const ShoppingCart& cart,
                                               pages::CartView& view) const {
  std::vector<holon::Task<pages::CartLine>> lines;
  holon::TaskGroup group(call);
  auto shipping = group.spawn([&](holon::Call& branch) { return shipping_cost(branch, cart, frame.currency); });
  auto countries = group.spawn([&](holon::Call& branch) { return shipping_->ListCountries(branch, {}); });
  for (const CartItem& item : cart.items()) {
    lines.push_back(group.spawn([&](holon::Call& branch) -> holon::Result<pages::CartLine> {
      pages::CartLine line;
      line.quantity = item.quantity();
      line.offer.product = TRY(product(branch, item.product_id()));
      line.offer.price = TRY(convert(branch, line.offer.product.price(), frame.currency));
      line.cost = TRY(money::times(line.offer.price, line.quantity));
      return line;
    }));
  }
  view.shipping = TRY(shipping.get());
  view.total = view.shipping;
  for (holon::Task<pages::CartLine>& line : lines) {
    pages::CartLine priced = TRY(line.get());
    view.total = TRY(money::sum(view.total, priced.cost));
    view.lines.push_back(std::move(priced));
  }
  const ListCountriesReply where = TRY(countries.get());
  view.countries.assign(where.countries().begin(), where.countries().end());
  return {};
}

holon::Result<Money> FrontendService::shipping_cost(holon::Call& call, const ShoppingCart& cart,
                                                    const std::string& code) const {
  GetQuoteRequest request;
  *request.mutable_items() = cart.items();
  const Quote quote = TRY(shipping_->GetQuote(call, request));
  return convert(call, quote.cost(), code);
}

FrontendService::Reply FrontendService::AddToCart(holon::Call& call, const FormRequest& request) {
  const Visitor visitor = Visitor::of(call);
  return done(call, [&]() -> holon::Result<std::string> {
    const Form form = TRY(Form::parse(request.form()));
    const Product wanted = TRY(product(call, std::string(form.text("product"))));
    AddItemRequest add;
    add.set_user_id(visitor.user);
    add.mutable_item()->set_product_id(wanted.id());
    add.mutable_item()->set_quantity(TRY(form.number("quantity", 1, 99)));
    TRY(cart_->AddItem(call, add));
    return std::string("/cart");
  }());
}

FrontendService::Reply FrontendService::ChangeCart(holon::Call& call, const FormRequest& request) {
  const Visitor visitor = Visitor::of(call);
  return done(call, [&]() -> holon::Result<std::string> {
    const Form form = TRY(Form::parse(request.form()));
    SetItemRequest set;
    set.set_user_id(visitor.user);
    set.set_product_id(std::string(form.text("product")));
    set.set_quantity(TRY(form.number("quantity", 0, 99)));
    TRY(cart_->SetItem(call, set));
    return std::string("/cart");
  }());
}

FrontendService::Reply FrontendService::EmptyCart(holon::Call& call, const FormRequest&) {
  const Visitor visitor = Visitor::of(call);
  return done(call, [&]() -> holon::Result<std::string> {
    EmptyCartRequest empty;
    empty.set_user_id(visitor.user);
    TRY(cart_->EmptyCart(call, empty));
    return std::string("/cart");
  }());
}

FrontendService::Reply FrontendService::SetCurrency(holon::Call& call, const FormRequest& request) {
  return done(call, [&]() -> holon::Result<std::string> {
    const Form form = TRY(Form::parse(request.form()));
    const std::string code(form.text("currency"));
    const SupportedCurrencies supported = TRY(currency_->GetSupportedCurrencies(call, {}));
    if (std::ranges::count(supported.currencies(), code, &CurrencyInfo::code) == 0) {
      return holon::invalid_argument("the shop has no rate for \"" + code + "\"");
    }
    Visitor::choose_currency(call, code);
    return local_path(form.text("return"));
  }());
}

FrontendService::Reply FrontendService::PlaceOrder(holon::Call& call, const FormRequest& request) {
  const Visitor visitor = Visitor::of(call);
  holon::Result<Form> form = Form::parse(request.form());
  if (!form.ok()) return page(call, form.error());
  auto placed = [&]() -> holon::Result<Order> {
    PlaceOrderRequest order = TRY(order_request_of(*form));
    order.set_user_id(visitor.user);
    order.set_currency_code(visitor.currency.empty() ? "EUR" : visitor.currency);
    return checkout_->PlaceOrder(call, order);
  }();
  if (placed.ok()) return see_other(call, "/orders/" + placed->id());
  if (!is_refusal(placed.error())) return page(call, placed.error());
  set_status(call, 422);
  return page(call, cart_page(call, visitor, order_form_of(*form), sentence(placed.error().message())));
}

FrontendService::Reply FrontendService::ListOrders(holon::Call& call, const PageRequest&) {
  const Visitor visitor = Visitor::of(call);
  return page(call, [&]() -> holon::Result<Html> {
    holon::TaskGroup group(call);
    Basics basics = begin(group, visitor);
    ListOrdersRequest whose;
    whose.set_user_id(visitor.user);
    const ListOrdersReply orders = TRY(checkout_->ListOrders(call, whose));
    const pages::Frame frame = TRY(frame_of(call, basics, visitor, "/orders"));
    return pages::orders(frame, {orders.orders().begin(), orders.orders().end()});
  }());
}

FrontendService::Reply FrontendService::ShowOrder(holon::Call& call, const OrderRequest& request) {
  const Visitor visitor = Visitor::of(call);
  return page(call, [&]() -> holon::Result<Html> {
    pages::OrderView view;
    holon::TaskGroup group(call);
    Basics basics = begin(group, visitor);
    GetOrderRequest which;
    which.set_user_id(visitor.user);
    which.set_order_id(request.id());
    view.order = TRY(checkout_->GetOrder(call, which));
    auto shipment = group.spawn([&](holon::Call& branch) {
      GetShipmentRequest where;
      where.set_tracking_id(view.order.tracking_id());
      return shipping_->GetShipment(branch, where);
    });
    auto others = group.spawn([&](holon::Call& branch) {
      std::vector<std::string> ids;
      for (const OrderItem& item : view.order.items()) ids.push_back(item.product_id());
      return recommended(branch, visitor, std::move(ids));
    });
    const pages::Frame frame = TRY(frame_of(call, basics, visitor, local_path("/orders/" + request.id())));
    view.shipment = welcome(call, "shipment", shipment.get());
    view.recommended = welcome(call, "recommendations", others.get());
    return pages::order(frame, view);
  }());
}

FrontendService::Reply FrontendService::ShowMail(holon::Call& call, const OrderRequest& request) {
  const Visitor visitor = Visitor::of(call);
  return page(call, [&]() -> holon::Result<Html> {
    holon::TaskGroup group(call);
    Basics basics = begin(group, visitor);
    GetOrderRequest whose;  // only who ordered may read what was written about it
    whose.set_user_id(visitor.user);
    whose.set_order_id(request.id());
    TRY(checkout_->GetOrder(call, whose));
    GetMailRequest which;
    which.set_order_id(request.id());
    const Mail mail = TRY(email_->GetMail(call, which));
    const pages::Frame frame = TRY(frame_of(call, basics, visitor, local_path("/orders/" + request.id() + "/mail")));
    return pages::mail(frame, mail);
  }());
}

}  // namespace shop
