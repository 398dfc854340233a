// Who looks at a page: a user and a currency, both from cookies.
#pragma once

#include <string>

#include "holon/call.h"

namespace shop {

struct Visitor {
  std::string user;      ///< a random name, which is all the proof there is that it is them
  std::string currency;  ///< as their cookie has it, which the shop may not know; empty if they never chose

  /// By the request's cookies. A new visitor gets a name, and the reply the cookie that keeps it.
  static Visitor of(holon::Call& call);
  /// Has the reply keep another currency.
  static void choose_currency(holon::Call& call, const std::string& code);
};

}  // namespace shop
