#include <algorithm>

#include "email/email.h"
#include "money/money.h"

namespace shop {
namespace {

constexpr std::size_t width = 72;

// Columns that UTF-8 text takes, near enough: its code points.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// "name ........ EUR 12.90"
std::string line(const std::string& name, const std::string& amount) {
  const std::size_t taken = columns(name) + columns(amount) + 2;
  return name + " " + std::string(taken < width ? width - taken : 1, '.') + " " + amount + "\n";
}

std::string price_of(const OrderItem& item) {
  const holon::Result<Money> price = money::times(item.price(), item.quantity());
  return price.ok() ? money::plain(*price) : std::to_string(item.quantity()) + " x " + money::plain(item.price());
}

}  // namespace

std::string confirmation_text(const Order& order) {
  const Address& address = order.address();
  std::string text = "Hello " + address.name() + ",\n\nthank you for your order " + order.id() + ".\n\n";
  for (const OrderItem& item : order.items()) {
    text += line(std::to_string(item.quantity()) + " x " + item.name(), price_of(item));
  }
  text += line("Shipping", money::plain(order.shipping_cost()));
  text += line("Total", money::plain(order.total()));
  text += "\nCharged to your " + order.card_brand() + " card that ends in " + order.card_last_four() + ".\n";
  text += "\nIt is on its way to\n\n  " + address.name() + "\n  " + address.street() + "\n  " + address.zip() + " " +
          address.city() + "\n  " + address.country() + "\n\n";
  text += "and its tracking number is " + order.tracking_id() + ".\n\nYours,\nthe Holon shop\n";
  return text;
}

}  // namespace shop
