// What a shopper looks at, again and again: the front page and the next, a category, a search, five products, the cart.
#pragma once

#include <string>
#include <vector>

#include "frontend/frontend.holon.h"
#include "holon/wiring.h"

namespace bench {

class Pages {
 public:
  explicit Pages(const holon::Ref<shop::Frontend>& frontend) : frontend_(frontend) {}

  /// Finds products and categories on the front page.
  holon::Result<void> look_around(holon::Call& call);
  /// The page after page `turn - 1`, whole.
  holon::Result<void> visit(holon::Call& call, unsigned turn) const;

 private:
  const holon::Ref<shop::Frontend>& frontend_;
  std::vector<std::string> products_;
  std::vector<std::string> categories_;
};

}  // namespace bench
