// What one sees without buying: lists, products, pictures.
#include <algorithm>
#include <utility>

#include "embedded/frontend.h"
#include "frontend/frontend.h"
#include "frontend/picture.h"
#include "frontend/replies.h"
#include "holon/try.h"

namespace shop {
namespace {

constexpr int products_on_a_page = 12;
constexpr int a_day = 24 * 60 * 60;

}  // namespace

/// @param products  how the page's products are asked for: (Call&) -> Result<ListProductsReply>
template <class List>
holon::Result<Html> FrontendService::list(holon::Call& call, const Visitor& visitor, pages::Listing listing,
                                          std::string path, List products) const {
  std::vector<holon::Task<Money>> prices;
  ListProductsReply found;
  pages::Frame frame;
  holon::TaskGroup group(call);
  Basics basics = begin(group, visitor);
  auto shown = group.spawn(std::move(products));
  auto ads_shown = group.spawn([&](holon::Call& branch) { return ads(branch, listing.category); });
  frame = TRY(frame_of(call, basics, visitor, std::move(path)));
  found = TRY(shown.get());
  for (const Product& product : found.products()) {
    prices.push_back(
        group.spawn([&](holon::Call& branch) { return convert(branch, product.price(), frame.currency); }));
  }
  for (int i = 0; i < found.products_size(); ++i) {
    Money price = TRY(prices[static_cast<std::size_t>(i)].get());
    listing.offers.push_back({found.products(i), std::move(price)});
  }
  listing.categories.assign(found.categories().begin(), found.categories().end());
  listing.total = found.total();
  listing.pages = (found.total() + products_on_a_page - 1) / products_on_a_page;
  listing.ads = welcome(call, "ads", ads_shown.get());
  return pages::listing(frame, listing);
}

FrontendService::Reply FrontendService::Home(holon::Call& call, const HomeRequest& request) {
  const Visitor visitor = Visitor::of(call);
  pages::Listing listing{.title = "Everything", .page = std::max(request.page(), 1)};
  return page(call, list(call, visitor, std::move(listing), "/", [&](holon::Call& branch) {
                ListProductsRequest products;
                products.set_page(request.page());
                products.set_page_size(products_on_a_page);
                return catalog_->ListProducts(branch, products);
              }));
}

FrontendService::Reply FrontendService::ShowCategory(holon::Call& call, const CategoryRequest& request) {
  const Visitor visitor = Visitor::of(call);
  pages::Listing listing{.title = request.name(), .category = request.name(), .page = std::max(request.page(), 1)};
  return page(call, list(call, visitor, std::move(listing), local_path("/category/" + request.name()),
                         [&](holon::Call& branch) -> ListingResult {
                           ListProductsRequest products;
                           products.set_category(request.name());
                           products.set_page(request.page());
                           products.set_page_size(products_on_a_page);
                           ListProductsReply found = TRY(catalog_->ListProducts(branch, products));
                           if (found.total() == 0) return holon::not_found("there is no such category");
                           return found;
                         }));
}

FrontendService::Reply FrontendService::Search(holon::Call& call, const SearchRequest& request) {
  const Visitor visitor = Visitor::of(call);
  pages::Listing listing{
      .title = "“" + request.q() + "”", .query = request.q(), .page = std::max(request.page(), 1)};
  return page(call, list(call, visitor, std::move(listing), "/", [&](holon::Call& branch) {
                SearchProductsRequest search;
                search.set_query(request.q());
                search.set_page(request.page());
                search.set_page_size(products_on_a_page);
                return catalog_->SearchProducts(branch, search);
              }));
}

FrontendService::Reply FrontendService::ShowProduct(holon::Call& call, const ProductRequest& request) {
  return page(call, product_page(call, Visitor::of(call), request.id()));
}

holon::Result<Html> FrontendService::product_page(holon::Call& call, const Visitor& visitor,
                                                  const std::string& id) const {
  pages::ProductView view;
  holon::TaskGroup group(call);
  Basics basics = begin(group, visitor);
  auto shown = group.spawn([&](holon::Call& branch) { return product(branch, id); });
  auto stock = group.spawn([&](holon::Call& branch) {
    GetStockRequest request;
    request.set_product_id(id);
    return inventory_->GetStock(branch, request);
  });
  auto others = group.spawn([&](holon::Call& branch) { return recommended(branch, visitor, {id}); });
  view.offer.product = TRY(shown.get());
  auto ads_shown = group.spawn([&](holon::Call& branch) { return ads(branch, view.offer.product.category()); });
  const pages::Frame frame = TRY(frame_of(call, basics, visitor, local_path("/product/" + id)));
  view.offer.price = TRY(convert(call, view.offer.product.price(), frame.currency));
  const holon::Result<Stock> counted = stock.get();
  view.stock_known = counted.ok();
  if (counted.ok()) view.available = counted->available();
  if (!counted.ok()) log_missing(call, "stock", counted.error());
  view.recommended = welcome(call, "recommendations", others.get());
  view.ads = welcome(call, "ads", ads_shown.get());
  return pages::product(frame, view);
}

FrontendService::Reply FrontendService::GetPicture(holon::Call& call, const PictureRequest& request) {
  const std::string picture = TRY(draw_picture(request.id()));
  return file(call, "image/svg+xml", picture, a_day);
}

FrontendService::Reply FrontendService::GetStatic(holon::Call& call, const StaticRequest& request) {
  constexpr std::pair<std::string_view, std::string_view> files[] = {
      {"shop.css", "text/css; charset=utf-8"},
      {"shop.js", "text/javascript; charset=utf-8"},
      {"favicon.svg", "image/svg+xml"}};
  for (auto [name, content_type] : files) {
    if (name == request.name()) return file(call, content_type, embedded::frontend(name), 300);
  }
  return holon::not_found("there is no file \"" + request.name() + "\"");
}

}  // namespace shop
