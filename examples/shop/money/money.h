// Exact arithmetic on Money: no floating point, and no silent overflow.
//
//   shop::Money total = TRY(money::sum(price, shipping));   // INVALID_ARGUMENT unless both are in one currency
//   money::plain(total)                                      // "EUR 1234.50"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "holon/result.h"
#include "money/money.pb.h"

namespace shop::money {

/// Billionths of a unit: wide enough for every Money.
using Nanos = __int128;

inline constexpr Nanos nanos_per_unit = 1'000'000'000;

/// An amount from a decimal number: make("EUR", "12.90"). INVALID_ARGUMENT for what is none, or finer than a billionth.
holon::Result<Money> make(std::string_view currency_code, std::string_view decimal);

/// INVALID_ARGUMENT for a wrong currency code, nanos out of range, or units and nanos of different signs.
holon::Result<void> check(const Money& money);

Nanos nanos(const Money& money);
/// OUT_OF_RANGE if the units don't fit.
holon::Result<Money> from_nanos(std::string_view currency_code, Nanos nanos);

holon::Result<Money> sum(const Money& a, const Money& b);
holon::Result<Money> times(const Money& money, std::int32_t count);

/// Digits after the point of the currency's smallest coin, by ISO 4217: 2 for EUR, 0 for JPY.
int minor_digits(std::string_view currency_code);

/// Rounds to the currency's smallest coin. Half a coin goes away from zero, as Council Regulation (EC) 1103/97,
/// article 5, has it for euros.
Nanos round_to_coin(Nanos nanos, std::string_view currency_code);

/// "1,234.50", with the digits of the currency's smallest coin.
std::string amount(const Money& money);
/// "EUR 1,234.50"
std::string plain(const Money& money);

}  // namespace shop::money
