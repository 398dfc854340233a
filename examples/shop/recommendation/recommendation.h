// The recommendation service: what was bought together in baskets.tsv, of what the catalog still sells.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.holon.h"
#include "holon/wiring.h"
#include "recommendation/recommendation.holon.h"

namespace shop {

class RecommendationService final : public Recommendation::Service {
 public:
  explicit RecommendationService(holon::Wiring& wiring);
  /// @param baskets  what baskets.tsv holds
  RecommendationService(holon::Wiring& wiring, std::string_view baskets);

  holon::Result<ListRecommendationsReply> ListRecommendations(holon::Call& call,
                                                              const ListRecommendationsRequest& request) override;

 private:
  using Counts = std::map<std::string, int, std::less<>>;

  std::vector<std::string> candidates(const ListRecommendationsRequest& request) const;

  holon::Ref<Catalog> catalog_;
  Counts sold_;                                         ///< in how many baskets a product was
  std::map<std::string, Counts, std::less<>> together_;  ///< in how many it was with another one
};

}  // namespace shop
