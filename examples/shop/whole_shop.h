// All eleven services in one host of a test, and a visitor's browser that keeps cookies.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "frontend/frontend.h"
#include "holon/testing.h"

namespace shop::testing {

/// Serves the whole shop, each service after those it calls; not those named ("shop.Ads"), which the test did itself.
void serve_all(holon::testing::Host& host, std::set<std::string_view> but = {});

class Browser {
 public:
  explicit Browser(holon::testing::Host& host) : host_(host), frontend_(host.service<FrontendService>()) {}

  /// One request; keeps its cookies, and what else came back, for the tests to look at.
  template <class Request>
  std::string open(FrontendService::Reply (FrontendService::*method)(holon::Call&, const Request&),
                   const Request& request) {
    holon::Metadata metadata;
    metadata.add("cookie", cookies());
    holon::Call& call = host_.call(metadata);
    FrontendService::Reply reply = (frontend_.*method)(call, request);
    keep(call.response_metadata());
    return reply.ok() ? reply->data() : reply.error().to_string();
  }

  std::string post(FrontendService::Reply (FrontendService::*method)(holon::Call&, const FormRequest&),
                   const std::string& form) {
    FormRequest request;
    request.mutable_form()->set_content_type("application/x-www-form-urlencoded");
    request.mutable_form()->set_data(form);
    return open(method, request);
  }

  /// The last reply's HTTP status, and any other header.
  std::string status() const { return headers_.contains("holon-http-status") ? header("holon-http-status") : "200"; }
  std::string header(const std::string& name) const { return headers_.contains(name) ? headers_.at(name) : ""; }
  std::string cookies() const;
  void forget() { cookies_.clear(); }

 private:
  void keep(const holon::Metadata& metadata);

  holon::testing::Host& host_;
  FrontendService& frontend_;
  std::map<std::string, std::string> headers_;
  std::map<std::string, std::string> cookies_;
};

/// A form of /checkout that is all right.
inline constexpr const char* good_order =
    "email=ada%40example.com&name=Ada+Lovelace&street=Am+Markt+1&zip=28195&city=Bremen&country=DE"
    "&card_number=4432+8015+6152+0454&card_month=1&card_year=2099&verification=672";

}  // namespace shop::testing
