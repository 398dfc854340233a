#include "shop/pages.h"

#include <string_view>

#include "google/api/httpbody.pb.h"

namespace bench {

namespace {

using google::api::HttpBody;
using holon::Result;

// What stands behind each link that begins with `prefix`.
std::vector<std::string> links(std::string_view page, std::string_view prefix) {
  std::vector<std::string> found;
  for (std::size_t at = 0; (at = page.find(prefix, at)) != std::string_view::npos;) {
    at += prefix.size();
    found.emplace_back(page.substr(at, page.find_first_of("\"?#", at) - at));
  }
  return found;
}

Result<void> whole(const Result<HttpBody>& page) {
  if (!page.ok()) return page.error();
  if (page->data().find("</html>") == std::string::npos) return holon::internal_error("a page without an end");
  return {};
}

}  // namespace

Result<void> Pages::look_around(holon::Call& call) {
  const HttpBody home = HOLON_TRY(frontend_->Home(call, {}));
  products_ = links(home.data(), "href=\"/product/");
  categories_ = links(home.data(), "href=\"/category/");
  if (products_.empty() || categories_.empty()) return holon::internal_error("the front page shows nothing");
  return {};
}

Result<void> Pages::visit(holon::Call& call, unsigned turn) const {
  switch (turn % 10) {
    case 0: return whole(frontend_->Home(call, {}));
    case 1: {
      shop::HomeRequest next;
      next.set_page(2);
      return whole(frontend_->Home(call, next));
    }
    case 2: {
      shop::CategoryRequest category;
      category.set_name(categories_[turn / 10 % categories_.size()]);
      return whole(frontend_->ShowCategory(call, category));
    }
    case 3: {
      shop::SearchRequest search;
      search.set_q("blue");
      return whole(frontend_->Search(call, search));
    }
    case 9: return whole(frontend_->ShowCart(call, {}));
    default: {
      shop::ProductRequest product;
      product.set_id(products_[turn % products_.size()]);
      return whole(frontend_->ShowProduct(call, product));
    }
  }
}

}  // namespace bench
