#include <algorithm>

#include "frontend/pages.h"
#include "money/money.h"

namespace shop::pages {
namespace {

Html cart_line(const Frame& frame, const CartLine& line) {
  const Product& product = line.offer.product;
  const std::string& id = product.id();
  return html(R"(
<li class="line">
  <a href="/product/{}">{}</a>
  <div class="what"><a class="name" href="/product/{}">{}</a><span>{} each</span></div>
  <form method="post" action="/cart/change">
    <input type="hidden" name="product" value="{}">
    <label class="hidden" for="n-{}">Quantity of {}</label>
    <input id="n-{}" name="quantity" type="number" min="0" max="99" value="{}" required>
    <button class="quiet">Update</button>
  </form>
  <span class="cost">{}</span>
</li>)",
              id, picture(product.picture(), product.name(), 112), id, product.name(), price(frame, line.offer.price),
              id, id, product.name(), id, line.quantity, price(frame, line.cost));
}

struct Field {
  std::string_view name;
  std::string_view label;
  std::string_view autocomplete;
  std::string_view type;
  std::string_view value;
  std::string_view extra_class = "";
};

Html field(const Field& field) {
  return html(R"(
<p class="field {}">
  <label for="{}">{}</label>
  <input id="{}" name="{}" type="{}" autocomplete="{}" value="{}" maxlength="200" required>
</p>)",
              field.extra_class, field.name, field.label, field.name, field.name, field.type, field.autocomplete,
              field.value);
}

Html country_field(const CartView& view) {
  Html options;
  for (const Country& country : view.countries) {
    const Html selected = country.code() == view.form.country ? html(" selected") : Html();
    options += html(R"(<option value="{}"{}>{}</option>)", country.code(), selected, country.name());
  }
  return html(R"(
<p class="field">
  <label for="country">Country</label>
  <select id="country" name="country" autocomplete="country">{}</select>
</p>)",
              options);
}

Html order_form(const CartView& view) {
  const OrderForm& form = view.form;
  Html address = field({"email", "E-mail", "email", "email", form.email, "whole"});
  address += field({"name", "Name", "name", "text", form.name, "whole"});
  address += field({"street", "Street and number", "street-address", "text", form.street, "whole"});
  address += field({"zip", "Postal code", "postal-code", "text", form.zip});
  address += field({"city", "City", "address-level2", "text", form.city});
  address += country_field(view);
  Html card = field({"card_number", "Card number", "cc-number", "text", form.card_number, "whole"});
  card += field({"card_month", "Month", "cc-exp-month", "number", form.card_month});
  card += field({"card_year", "Year", "cc-exp-year", "number", form.card_year});
  card += field({"verification", "Security code", "cc-csc", "text", form.verification});
  Html refusal;
  if (!view.refusal.empty()) refusal = html(R"(<p class="refusal" role="alert">{}</p>)", view.refusal);
  return html(R"(
<form class="order-form" method="post" action="/checkout">{}
  <fieldset><legend>Where to</legend>{}</fieldset>
  <fieldset><legend>Paid by</legend>{}
    <p class="fine whole">A test card: 4432 8015 6152 0454, any future date, 672. Nothing is charged.</p>
  </fieldset>
  <button class="button large">Place the order</button>
</form>)",
              refusal, address, card);
}

Html sums(const Frame& frame, const Money& shipping, const Money& total) {
  return html(R"(
<dl class="sums">
  <dt>Shipping</dt><dd>{}</dd>
  <dt class="total">Total</dt><dd class="total">{}</dd>
</dl>)",
              price(frame, shipping), price(frame, total));
}

Html ordered_item(const Frame& frame, const OrderItem& item) {
  const holon::Result<Money> cost = money::times(item.price(), item.quantity());
  return html(R"(
<li class="line">
  <a href="/product/{}">{}</a>
  <div class="what"><a class="name" href="/product/{}">{}</a><span>{} × {}</span></div>
  <span class="cost">{}</span>
</li>)",
              item.product_id(), picture(item.picture(), item.name(), 112), item.product_id(), item.name(),
              item.quantity(), price(frame, item.price()), cost.ok() ? price(frame, *cost) : "");
}

Html way(const Shipment& shipment) {
  if (shipment.tracking_id().empty()) return {};
  return html(R"(<dt>On the way</dt><dd>{} {} to {}, {} to {} working days</dd>)", shipment.parcels(),
              shipment.parcels() == 1 ? "parcel" : "parcels", shipment.zone(), shipment.days_min(),
              shipment.days_max());
}

Html delivery(const OrderView& view) {
  const Order& order = view.order;
  const Address& address = order.address();
  return html(R"(
<dl class="facts">
  <dt>Sent to</dt><dd>{}<br>{}<br>{} {}<br>{}</dd>
  <dt>Tracking</dt><dd><code>{}</code></dd>
  {}
  <dt>Paid by</dt><dd>{} •••• {}</dd>
  <dt>Mail</dt><dd><a href="/orders/{}/mail">The mail to {}</a></dd>
</dl>)",
              address.name(), address.street(), address.zip(), address.city(), address.country(), order.tracking_id(),
              way(view.shipment), order.card_brand(), order.card_last_four(), order.id(), order.email());
}

Html order_link(const Frame& frame, const Order& order) {
  Html pictures;
  for (int i = 0; i < std::min(order.items_size(), 4); ++i) {
    pictures += picture(order.items(i).picture(), order.items(i).name(), 72);
  }
  return html(R"(
<li><a class="order" href="/orders/{}">
  <span class="thumbs">{}</span><span><b>{}</b><br><code>{}</code></span><span class="cost">{}</span>
</a></li>)",
              order.id(), pictures, date(order.placed_at()), order.id(), price(frame, order.total()));
}

Html empty_page(std::string_view title, std::string_view text) {
  return html(R"(
<div class="heading"><h1>{}</h1></div>
<p class="empty">{}</p>
<p><a class="button" href="/">Look around</a></p>)",
              title, text);
}

}  // namespace

Html cart(const Frame& frame, const CartView& view) {
  if (view.lines.empty()) {
    Html content = empty_page("Your cart", "There is nothing in it yet.");
    content += recommendations(view.recommended, "What others take home");
    return document(frame, "Your cart · holon shop", content);
  }
  Html lines;
  for (const CartLine& line : view.lines) lines += cart_line(frame, line);
  Html content = html(R"(
<div class="heading">
  <h1>Your cart</h1>
  <form method="post" action="/cart/empty"><button class="quiet">Empty the cart</button></form>
</div>
<div class="columns">
  <section aria-label="Items"><ul class="lines">{}</ul>{}</section>
  <section aria-label="Order">{}</section>
</div>)",
                      lines, sums(frame, view.shipping, view.total), order_form(view));
  content += recommendations(view.recommended, "Goes well with it");
  return document(frame, "Your cart · holon shop", content);
}

Html orders(const Frame& frame, const std::vector<Order>& orders) {
  if (orders.empty()) {
    return document(frame, "Your orders · holon shop", empty_page("Your orders", "You have not ordered anything yet."));
  }
  Html list;
  for (const Order& order : orders) list += order_link(frame, order);
  return document(frame, "Your orders · holon shop",
                  html(R"(<div class="heading"><h1>Your orders</h1></div><ul class="orders">{}</ul>)", list));
}

Html order(const Frame& frame, const OrderView& view) {
  const Order& order = view.order;
  Html items;
  for (const OrderItem& item : order.items()) items += ordered_item(frame, item);
  Html content = html(R"(
<div class="heading"><div><h1>Thank you, {}.</h1><p>Order <code>{}</code> of {}</p></div></div>
<div class="columns">
  <section aria-label="Items"><ul class="lines">{}</ul>{}</section>
  <section aria-label="Delivery">{}</section>
</div>)",
                      order.address().name(), order.id(), date(order.placed_at()), items,
                      sums(frame, order.shipping_cost(), order.total()), delivery(view));
  content += recommendations(view.recommended, "For next time");
  return document(frame, "Order " + order.id() + " · holon shop", content);
}

Html mail(const Frame& frame, const Mail& mail) {
  const Html content = html(R"(
<nav class="trail" aria-label="You are here"><a href="/orders">Orders</a> / <a href="/orders/{}">{}</a></nav>
<article class="mail"><h1>{}</h1><p>To {}, {}</p><pre>{}</pre></article>)",
                            mail.order_id(), mail.order_id(), mail.subject(), mail.to(), date(mail.sent_at()),
                            mail.text());
  return document(frame, mail.subject() + " · holon shop", content);
}

}  // namespace shop::pages
