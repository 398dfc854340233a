// The ads service: lines from ads.tsv by category, in turn.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ads/ads.holon.h"

namespace shop {

class AdsService final : public Ads::Service {
 public:
  AdsService();
  /// @param ads  what ads.tsv holds
  explicit AdsService(std::string_view ads);

  holon::Result<GetAdsReply> GetAds(holon::Call& call, const GetAdsRequest& request) override;

 private:
  std::vector<Ad> all_;
  std::map<std::string, std::vector<Ad>, std::less<>> by_category_;
  std::atomic<std::uint64_t> turn_ = 0;
};

}  // namespace shop
