#include "ads/ads.h"

#include <algorithm>

#include "embedded/ads.h"
#include "table/table.h"

namespace shop {

constexpr std::size_t most_ads = 2;

AdsService::AdsService() : AdsService(embedded::ads("ads.tsv")) {}

AdsService::AdsService(std::string_view ads) {
  for (const Table::Row& row : Table(ads)) {
    Ad ad;
    ad.set_text(std::string(row["text"]));
    ad.set_product_id(std::string(row["product"]));
    by_category_[std::string(row["category"])].push_back(ad);
    all_.push_back(std::move(ad));
  }
}

holon::Result<GetAdsReply> AdsService::GetAds(holon::Call&, const GetAdsRequest& request) {
  std::vector<const Ad*> fitting;
  for (const std::string& category : request.categories()) {
    auto found = by_category_.find(category);
    if (found == by_category_.end()) continue;
    for (const Ad& ad : found->second) fitting.push_back(&ad);
  }
  if (fitting.empty()) {
    for (const Ad& ad : all_) fitting.push_back(&ad);
  }
  GetAdsReply reply;
  const std::uint64_t turn = turn_.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < std::min(most_ads, fitting.size()); ++i) {
    *reply.add_ads() = *fitting[(turn + i) % fitting.size()];
  }
  return reply;
}

}  // namespace shop
