// Cors: which web pages may call (https://fetch.spec.whatwg.org/#http-cors-protocol). A browser names the page's origin and
// asks first; whoever names none is no web page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holon::server {

class Cors {
 public:
  /// @param origins  "https://shop.example", or "*" for all
  explicit Cors(std::vector<std::string> origins = {}) : origins_(std::move(origins)) {}

  /// Whether a page of `origin` may call; an empty one is no page, and may. A page that seems to come from this very server
  /// is asked for like any other: this port serves no pages, and a Host header is only what a client says (DNS rebinding).
  bool admits(std::string_view origin) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace holon::server
