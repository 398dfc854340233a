// Cors: which web pages may call, and what they are told (https://fetch.spec.whatwg.org/#http-cors-protocol). A browser names
// the page's origin and asks first; whoever names none is no web page.
//
//   if (Cors::is_preflight(method, asked)) return respond(204, cors.preflight(asked, {"GET"}));
//   add_headers(cors.actual(origin));                       // to any other answer, whatever it is
//
// A page that may not call is told nothing: then its browser keeps the answer from it. Never changed; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "holon/result.h"

namespace holon::server {

struct CorsRules {
  std::vector<std::string> origins = {};  ///< "https://shop.example", "https://*.shop.example" (any name below), "*"
  std::vector<std::string> methods = {};  ///< none: those of the path
  std::vector<std::string> headers = {};  ///< that a page may send; "*" is all
  std::vector<std::string> expose = {};   ///< that a page may read beside those of the Fetch standard
  bool credentials = false;               ///< pages may send cookies and the like
  std::chrono::seconds max_age{7200};
};

/// What a preflight asks: may a page of `origin` send a request of this method, with these headers? Views into it.
struct CorsAsked {
  std::string_view origin;
  std::string_view method;
  std::string_view headers;  ///< names, separated by commas; or empty
};

class Cors {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// INVALID_ARGUMENT for an origin that is none, for `*` with credentials, and for names that are none.
  static Result<Cors> make(CorsRules rules);
  /// Pages of these origins, without credentials.
  explicit Cors(std::vector<std::string> origins = {}) { rules_.origins = std::move(origins); }

  /// Whether a page of `origin` may call; an empty one is no page, and may. A page that seems to come from this very server
  /// is asked for like any other: a Host header is only what a client says (DNS rebinding).
  bool admits(std::string_view origin) const;

  /// Whether a request is a preflight: OPTIONS that names an origin and a method.
  static bool is_preflight(std::string_view method, const CorsAsked& asked) {
    return method == "OPTIONS" && !asked.origin.empty() && !asked.method.empty();
  }
  /// The headers of its answer, 204. Private networks are not opened.
  /// @param methods  those of the path, where the rules name none
  Headers preflight(const CorsAsked& asked, const std::vector<std::string>& methods) const;
  /// What is added to the answer of any other request, of one without an origin too: a cache has to know that it varies.
  Headers actual(std::string_view origin) const;

 private:
  explicit Cors(CorsRules rules) : rules_(std::move(rules)) {}
  bool for_all() const;
  void add_origin(std::string_view origin, Headers& into) const;

  CorsRules rules_;
};

}  // namespace holon::server
