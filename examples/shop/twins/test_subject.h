// Subject: what a suite of handler tests runs on: a service of this program, or its twin in another language.
//
//   Subject subject("ads");
//   holon::Ref<Ads> ads = subject.serve<AdsService>({{"ads.tsv", few_ads}}, [](holon::Wiring&) {
//     return std::make_unique<AdsService>(few_ads);
//   });
//   ads->GetAds(subject.call(), request);
//
// It is the twin where the environment has SHOP_TWIN_ADS, the command that starts it: then each Subject starts one of its own, with
// its tables in the folder TABLES, and ends it. A variable SHOP_TWIN_… that starts no twin is an error. Neighbours are this
// program's in both cases; a twin finds them at HOLON_MESH.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "holon/client.h"
#include "holon/testing.h"
#include "twins/test_twin.h"

namespace shop::testing {

class Subject {
 public:
  using Tables = std::map<std::string, std::string_view>;

  explicit Subject(const std::string& name);

  /// Whom the service calls. Before `serve`.
  template <class S, class Make>
  void neighbour(Make make) {
    host_.serve<S>(std::move(make));
    mesh_ = host_.address();
  }

  /// The service with these tables; with its own if there are none. Once.
  template <class S, class Make>
  auto serve(const Tables& tables, Make make) {
    using Contract = typename S::Service::Contract;
    if (command_.empty()) return holon::Ref<Contract>(host_.serve<S>(std::move(make)));
    return holon::Ref<Contract>(start(tables));
  }
  template <class S>
  auto serve() {
    using Contract = typename S::Service::Contract;
    if (command_.empty()) return holon::Ref<Contract>(host_.serve<S>());
    return holon::Ref<Contract>(start({}));
  }

  holon::Call& call() { return host_.call(); }

 private:
  holon::Client& start(const Tables& tables);

  std::string command_;  ///< empty: no twin
  holon::testing::Host host_;
  std::string mesh_;  ///< where a twin finds neighbours; empty: there are none
  std::unique_ptr<Twin> twin_;
  std::unique_ptr<holon::Client> client_;
};

}  // namespace shop::testing
