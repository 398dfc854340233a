#include "recommendation/recommendation.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "embedded/recommendation.h"
#include "holon/try.h"
#include "table/table.h"

namespace shop {
namespace {

constexpr std::size_t most_recommendations = 5;
/// More than are shown, since the catalog may have dropped some.
constexpr std::size_t most_candidates = 10;

}  // namespace

RecommendationService::RecommendationService(holon::Wiring& wiring)
    : RecommendationService(wiring, embedded::recommendation("baskets.tsv")) {}

RecommendationService::RecommendationService(holon::Wiring& wiring, std::string_view baskets) : catalog_(wiring) {
  for (const Table::Row& row : Table(baskets)) {
    const std::vector<std::string_view> products = split(row["products"], ' ');
    for (std::string_view product : products) {
      ++sold_[std::string(product)];
      for (std::string_view other : products) {
        if (other != product) ++together_[std::string(product)][std::string(other)];
      }
    }
  }
}

holon::Result<ListRecommendationsReply> RecommendationService::ListRecommendations(
    holon::Call& call, const ListRecommendationsRequest& request) {
  ListProductsRequest wanted;
  for (std::string& id : candidates(request)) wanted.add_ids(std::move(id));
  ListRecommendationsReply reply;
  if (wanted.ids().empty()) return reply;
  const ListProductsReply sold = TRY(catalog_->ListProducts(call, wanted));
  for (const Product& product : sold.products()) {
    if (reply.product_ids_size() < static_cast<int>(most_recommendations)) reply.add_product_ids(product.id());
  }
  return reply;
}

// The best first: bought together with what was asked about, most often; then the bestsellers.
std::vector<std::string> RecommendationService::candidates(const ListRecommendationsRequest& request) const {
  const std::set<std::string_view> asked(request.product_ids().begin(), request.product_ids().end());
  std::map<std::string_view, int> together;
  for (std::string_view product : asked) {
    auto found = together_.find(product);
    if (found == together_.end()) continue;
    for (const auto& [other, times] : found->second) together[other] += times;
  }
  std::vector<std::tuple<int, int, std::string_view>> ranked;  // negative counts, so that the smallest is the best
  for (const auto& [product, times] : sold_) {
    if (!asked.contains(product)) ranked.emplace_back(-together[product], -times, product);
  }
  const std::size_t count = std::min(most_candidates, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), ranked.end());
  std::vector<std::string> best;
  for (std::size_t i = 0; i < count; ++i) best.emplace_back(std::get<2>(ranked[i]));
  return best;
}

}  // namespace shop
