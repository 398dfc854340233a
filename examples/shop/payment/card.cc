#include "payment/card.h"

#include <algorithm>

#include "holon/try.h"

namespace shop {
namespace {

// The digits of a number as people write it: "4111 1111-1111 1111".
holon::Result<std::string> digits_of(std::string_view number) {
  std::string digits;
  for (char c : number) {
    if (c == ' ' || c == '-') continue;
    if (c < '0' || c > '9') return holon::invalid_argument("the card number has something other than digits in it");
    digits += c;
  }
  if (digits.size() < 12 || digits.size() > 19) return holon::invalid_argument("a card number has 12 to 19 digits");
  return digits;
}

// Mastercard's numbers begin with 51 to 55 or 2221 to 2720, Visa's with 4 (ISO/IEC 7812 issuers).
std::string_view brand_of(std::string_view digits) {
  const int four = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 + (digits[3] - '0');
  const std::size_t size = digits.size();
  if (four / 1000 == 4 && (size == 13 || size == 16 || size == 19)) return "Visa";
  if (size == 16 && ((four >= 5100 && four < 5600) || (four >= 2221 && four <= 2720))) return "Mastercard";
  return {};
}

}  // namespace

bool luhn(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubled = !doubled) {
    const int value = (*digit - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

holon::Result<CardFacts> check_card(const CreditCard& card, Month now) {
  const std::string digits = TRY(digits_of(card.number()));
  if (!luhn(digits)) return holon::invalid_argument("the card number has a typing error");
  const std::string_view brand = brand_of(digits);
  if (brand.empty()) return holon::failed_precondition("this shop takes Visa and Mastercard only");
  if (card.verification() < 0 || card.verification() > 9999) {
    return holon::invalid_argument("the card's verification number has three or four digits");
  }
  const Month expires{card.expiration_year(), card.expiration_month()};
  if (expires.month < 1 || expires.month > 12) return holon::invalid_argument("the card's month is not 1 to 12");
  if (expires < now) return holon::failed_precondition("the card has expired");
  return CardFacts{std::string(brand), digits.substr(digits.size() - 4)};
}

}  // namespace shop
