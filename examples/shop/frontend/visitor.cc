#include "frontend/visitor.h"

#include <algorithm>

#include "frontend/form.h"
#include "token/token.h"

namespace shop {
namespace {

constexpr int user_digits = 26;  // 130 bits
constexpr const char* user_cookie = "shop_user";
constexpr const char* currency_cookie = "shop_currency";

bool is_user(std::string_view text) {
  return text.size() == user_digits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'v'); });
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Lax keeps other sites' forms from acting for the visitor: what changes something is a POST.
void keep(holon::Call& call, std::string_view name, const std::string& value) {
  call.response_metadata().add("set-cookie",
                               std::string(name) + "=" + value + "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
}

}  // namespace

Visitor Visitor::of(holon::Call& call) {
  const std::string_view header = call.metadata().get("cookie");
  Visitor visitor;
  if (const std::string_view user = cookie(header, user_cookie); is_user(user)) {
    visitor.user = user;
  } else {
    visitor.user = random_token(user_digits);
    keep(call, user_cookie, visitor.user);
  }
  if (const std::string_view code = cookie(header, currency_cookie); is_currency(code)) visitor.currency = code;
  return visitor;
}

void Visitor::choose_currency(holon::Call& call, const std::string& code) { keep(call, currency_cookie, code); }

}  // namespace shop
