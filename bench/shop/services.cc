#include "shop/services.h"

#include "ads/ads.h"
#include "cart/cart.h"
#include "catalog/catalog.h"
#include "checkout/checkout.h"
#include "currency/currency.h"
#include "email/email.h"
#include "frontend/frontend.h"
#include "inventory/inventory.h"
#include "payment/payment.h"
#include "recommendation/recommendation.h"
#include "shipping/shipping.h"

namespace bench {

namespace {

template <class... S>
struct List {
  static std::vector<holon::internal::ServiceFactory> factories() { return {holon::internal::factory_of<S>()...}; }
  static void serve(holon::testing::Host& host) { (static_cast<void>(host.serve<S>()), ...); }
};

using Behind = List<shop::AdsService, shop::CartService, shop::CatalogService, shop::CurrencyService, shop::EmailService,
                    shop::InventoryService, shop::PaymentService, shop::RecommendationService, shop::ShippingService,
                    shop::CheckoutService>;

}  // namespace

std::vector<holon::internal::ServiceFactory> shop_services() {
  auto services = Behind::factories();
  services.push_back(holon::internal::factory_of<shop::FrontendService>());
  return services;
}

holon::Ref<shop::Frontend> serve_shop(holon::testing::Host& host) {
  Behind::serve(host);
  return host.serve<shop::FrontendService>();
}

}  // namespace bench
