#include "whole_shop.h"

#include "ads/ads.h"
#include "cart/cart.h"
#include "catalog/catalog.h"
#include "checkout/checkout.h"
#include "currency/currency.h"
#include "email/email.h"
#include "inventory/inventory.h"
#include "payment/payment.h"
#include "recommendation/recommendation.h"
#include "shipping/shipping.h"

namespace shop::testing {
namespace {

template <class S>
void serve_unless(const std::set<std::string_view>& but, holon::testing::Host& host) {
  if (!but.contains(S::contract_info().name)) host.serve<S>();
}

}  // namespace

void serve_all(holon::testing::Host& host, std::set<std::string_view> but) {
  serve_unless<AdsService>(but, host);
  serve_unless<CartService>(but, host);
  serve_unless<CatalogService>(but, host);
  serve_unless<CurrencyService>(but, host);
  serve_unless<EmailService>(but, host);
  serve_unless<InventoryService>(but, host);
  serve_unless<PaymentService>(but, host);
  serve_unless<ShippingService>(but, host);
  serve_unless<RecommendationService>(but, host);
  serve_unless<CheckoutService>(but, host);
  serve_unless<FrontendService>(but, host);
}

std::string Browser::cookies() const {
  std::string header;
  for (const auto& [name, value] : cookies_) header += (header.empty() ? "" : "; ") + name + "=" + value;
  return header;
}

void Browser::keep(const holon::Metadata& metadata) {
  headers_.clear();
  for (const auto& [name, value] : metadata) {
    headers_[name] = value;
    if (name != "set-cookie") continue;
    const std::size_t equals = value.find('=');
    cookies_[value.substr(0, equals)] = value.substr(equals + 1, value.find(';') - equals - 1);
  }
}

}  // namespace shop::testing
