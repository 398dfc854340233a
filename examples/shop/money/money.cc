#include "money/money.h"

#include <algorithm>
#include <limits>

#include "holon/try.h"

namespace shop::money {
namespace {

bool is_currency_code(std::string_view code) {
  return code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Nanos coin_of(std::string_view currency_code) {
  Nanos coin = nanos_per_unit;
  for (int digit = minor_digits(currency_code); digit > 0; --digit) coin /= 10;
  return coin;
}

std::string grouped(std::uint64_t units) {
  std::string digits = std::to_string(units);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace

holon::Result<Money> make(std::string_view currency_code, std::string_view decimal) {
  const bool negative = decimal.starts_with('-');
  const std::string_view digits = decimal.substr(negative ? 1 : 0);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::string_view whole = digits.substr(0, point);
  const std::string_view fraction = point < digits.size() ? digits.substr(point + 1) : "0";
  if (whole.empty() || whole.size() > 18 || fraction.empty() || fraction.size() > 9 || !all_digits(whole) ||
      !all_digits(fraction)) {
    return holon::invalid_argument("\"" + std::string(decimal) + "\" is no amount of money");
  }
  Nanos value = 0;
  for (char c : whole) value = value * 10 + (c - '0');
  for (std::size_t i = 0; i < 9; ++i) value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  Money money = TRY(from_nanos(currency_code, negative ? -value : value));
  TRY(check(money));
  return money;
}

holon::Result<void> check(const Money& money) {
  if (!is_currency_code(money.currency_code())) {
    return holon::invalid_argument("\"" + money.currency_code() + "\" is no currency code: three capital letters");
  }
  if (money.nanos() <= -nanos_per_unit || money.nanos() >= nanos_per_unit) {
    return holon::invalid_argument("nanos " + std::to_string(money.nanos()) + " are a unit or more");
  }
  if ((money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0)) {
    return holon::invalid_argument("units and nanos have different signs");
  }
  return {};
}

Nanos nanos(const Money& money) { return money.units() * nanos_per_unit + money.nanos(); }

holon::Result<Money> from_nanos(std::string_view currency_code, Nanos nanos) {
  const Nanos units = nanos / nanos_per_unit;
  if (units > std::numeric_limits<std::int64_t>::max() || units < std::numeric_limits<std::int64_t>::min()) {
    return holon::out_of_range("an amount of money has more than 64 bits of units");
  }
  Money money;
  money.set_currency_code(std::string(currency_code));
  money.set_units(static_cast<std::int64_t>(units));
  money.set_nanos(static_cast<std::int32_t>(nanos % nanos_per_unit));
  return money;
}

holon::Result<Money> sum(const Money& a, const Money& b) {
  TRY(check(a));
  TRY(check(b));
  if (a.currency_code() != b.currency_code()) {
    return holon::invalid_argument("cannot add " + b.currency_code() + " to " + a.currency_code() +
                                   ": convert it first");
  }
  return from_nanos(a.currency_code(), nanos(a) + nanos(b));
}

holon::Result<Money> times(const Money& money, std::int32_t count) {
  TRY(check(money));
  return from_nanos(money.currency_code(), nanos(money) * count);
}

int minor_digits(std::string_view currency_code) {
  constexpr std::string_view without_minor_unit[] = {"ISK", "JPY", "KRW"};
  return std::ranges::count(without_minor_unit, currency_code) > 0 ? 0 : 2;
}

Nanos round_to_coin(Nanos nanos, std::string_view currency_code) {
  const Nanos coin = coin_of(currency_code);
  const Nanos half = nanos < 0 ? -coin / 2 : coin / 2;
  return (nanos + half) / coin * coin;
}

std::string amount(const Money& money) {
  const int digits = minor_digits(money.currency_code());
  const Nanos rounded = round_to_coin(nanos(money), money.currency_code());
  const Nanos absolute = rounded < 0 ? -rounded : rounded;
  std::string text = rounded < 0 ? "-" : "";
  text += grouped(static_cast<std::uint64_t>(absolute / nanos_per_unit));
  if (digits > 0) {
    const std::string fraction = std::to_string(static_cast<std::uint64_t>(nanos_per_unit + absolute % nanos_per_unit));
    text += "." + fraction.substr(1, static_cast<std::size_t>(digits));
  }
  return text;
}

std::string plain(const Money& money) { return money.currency_code() + " " + amount(money); }

}  // namespace shop::money
