#include "frontend/frontend.h"

#include <algorithm>

#include "frontend/replies.h"
#include "holon/try.h"

namespace shop {

FrontendService::FrontendService(holon::Wiring& wiring)
    : ads_(wiring),
      cart_(wiring),
      catalog_(wiring),
      checkout_(wiring),
      currency_(wiring),
      email_(wiring),
      inventory_(wiring),
      recommendation_(wiring),
      shipping_(wiring) {}

FrontendService::Basics FrontendService::begin(holon::TaskGroup& group, const Visitor& visitor) const {
  return {group.spawn([this](holon::Call& branch) { return currency_->GetSupportedCurrencies(branch, {}); }),
          group.spawn([this, user = visitor.user](holon::Call& branch) {
            GetCartRequest request;
            request.set_user_id(user);
            return cart_->GetCart(branch, request);
          })};
}

holon::Result<pages::Frame> FrontendService::frame_of(holon::Call& call, Basics& basics, const Visitor& visitor,
                                                      std::string path) {
  pages::Frame frame;
  frame.currencies = TRY(basics.currencies.get());
  const auto& known = frame.currencies.currencies();
  const bool supported = std::ranges::count(known, visitor.currency, &CurrencyInfo::code) > 0;
  frame.currency = supported || known.empty() ? visitor.currency : known[0].code();
  const ShoppingCart cart = welcome(call, "cart", basics.cart.get());
  for (const CartItem& item : cart.items()) frame.cart_size += item.quantity();
  frame.path = std::move(path);
  frame.trace_id = call.trace().trace_id();
  return frame;
}

holon::Result<Money> FrontendService::convert(holon::Call& call, const Money& money, const std::string& code) const {
  ConvertRequest request;
  *request.mutable_from() = money;
  request.set_to_code(code);
  return currency_->Convert(call, request);
}

holon::Result<Product> FrontendService::product(holon::Call& call, const std::string& id) const {
  GetProductRequest request;
  request.set_id(id);
  return catalog_->GetProduct(call, request);
}

holon::Result<std::vector<Product>> FrontendService::recommended(holon::Call& call, const Visitor& visitor,
                                                                 std::vector<std::string> asked) const {
  ListRecommendationsRequest request;
  request.set_user_id(visitor.user);
  for (std::string& id : asked) request.add_product_ids(std::move(id));
  const ListRecommendationsReply reply = TRY(recommendation_->ListRecommendations(call, request));
  std::vector<holon::Task<Product>> tasks;
  holon::TaskGroup group(call);
  for (const std::string& id : reply.product_ids()) {
    tasks.push_back(group.spawn([this, &id](holon::Call& branch) { return product(branch, id); }));
  }
  std::vector<Product> products;
  for (holon::Task<Product>& task : tasks) products.push_back(TRY(task.get()));
  return products;
}

holon::Result<std::vector<Ad>> FrontendService::ads(holon::Call& call, const std::string& category) const {
  GetAdsRequest request;
  if (!category.empty()) request.add_categories(category);
  const GetAdsReply reply = TRY(ads_->GetAds(call, request));
  return std::vector<Ad>(reply.ads().begin(), reply.ads().end());
}

}  // namespace shop
