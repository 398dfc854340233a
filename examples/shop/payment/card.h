// What can be said about a payment card without asking its bank.
#pragma once

#include <string>
#include <string_view>

#include "holon/result.h"
#include "payment/payment.pb.h"

namespace shop {

/// A year and a month, 1 to 12.
struct Month {
  int year;
  int month;
  auto operator<=>(const Month&) const = default;
};

struct CardFacts {
  std::string brand;      ///< "Visa", "Mastercard"
  std::string last_four;
};

/// INVALID_ARGUMENT for a number or date that cannot be, FAILED_PRECONDITION for a brand this shop does not take or a
/// card that has expired. A card is good until the end of its month.
holon::Result<CardFacts> check_card(const CreditCard& card, Month now);

/// Whether the last digit is right by Luhn's formula (ISO/IEC 7812-1, annex B).
bool luhn(std::string_view digits);

}  // namespace shop
