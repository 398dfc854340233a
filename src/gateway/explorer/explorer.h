// ExplorerPage: a page on which people try the methods of the API, made of the OpenAPI document in their browser. What the
// page does is in page/; main.js is where to begin.
#pragma once

#include <map>
#include <string>

#include "gateway/visit.h"

namespace holon::gateway {

class ExplorerPage final : public Destination {
 public:
  /// @param openapi  where the document is on this server: "/openapi.json"
  explicit ExplorerPage(std::string_view openapi);

  /// The page at the route's folder ("/explorer/" of "/explorer/**"), its scripts and styles below.
  void serve(Visit& visit) const override;

 private:
  struct Asset {
    std::string_view content_type;
    std::string etag;
    std::string body;
  };
  const Asset* find(std::string_view name) const;

  std::map<std::string, Asset, std::less<>> assets_;  ///< by name; the page itself is "index.html"
};

}  // namespace holon::gateway
