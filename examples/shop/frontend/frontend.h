// The frontend service: the shop's pages, rendered from what the other services answer.
//
// Ads, recommendations and stock are welcome, not needed: a page goes without those that fail.
#pragma once

#include <string>
#include <vector>

#include "ads/ads.holon.h"
#include "cart/cart.holon.h"
#include "catalog/catalog.holon.h"
#include "checkout/checkout.holon.h"
#include "currency/currency.holon.h"
#include "email/email.holon.h"
#include "frontend/frontend.holon.h"
#include "frontend/pages.h"
#include "frontend/visitor.h"
#include "holon/task.h"
#include "holon/wiring.h"
#include "inventory/inventory.holon.h"
#include "recommendation/recommendation.holon.h"
#include "shipping/shipping.holon.h"

namespace shop {

class FrontendService final : public Frontend::Service {
 public:
  using Reply = holon::Result<google::api::HttpBody>;

  explicit FrontendService(holon::Wiring& wiring);

  Reply Home(holon::Call& call, const HomeRequest& request) override;
  Reply ShowCategory(holon::Call& call, const CategoryRequest& request) override;
  Reply Search(holon::Call& call, const SearchRequest& request) override;
  Reply ShowProduct(holon::Call& call, const ProductRequest& request) override;
  Reply GetPicture(holon::Call& call, const PictureRequest& request) override;
  Reply GetStatic(holon::Call& call, const StaticRequest& request) override;

  Reply ShowCart(holon::Call& call, const PageRequest& request) override;
  Reply AddToCart(holon::Call& call, const FormRequest& request) override;
  Reply ChangeCart(holon::Call& call, const FormRequest& request) override;
  Reply EmptyCart(holon::Call& call, const FormRequest& request) override;
  Reply SetCurrency(holon::Call& call, const FormRequest& request) override;
  Reply PlaceOrder(holon::Call& call, const FormRequest& request) override;
  Reply ListOrders(holon::Call& call, const PageRequest& request) override;
  Reply ShowOrder(holon::Call& call, const OrderRequest& request) override;
  Reply ShowMail(holon::Call& call, const OrderRequest& request) override;

 private:
  /// What every page's frame waits for, under way.
  struct Basics {
    holon::Task<SupportedCurrencies> currencies;
    holon::Task<ShoppingCart> cart;
  };
  using ListingResult = holon::Result<ListProductsReply>;

  Basics begin(holon::TaskGroup& group, const Visitor& visitor) const;
  static holon::Result<pages::Frame> frame_of(holon::Call& call, Basics& basics, const Visitor& visitor,
                                              std::string path);

  template <class List>
  holon::Result<Html> list(holon::Call& call, const Visitor& visitor, pages::Listing listing, std::string path,
                           List products) const;
  holon::Result<Html> product_page(holon::Call& call, const Visitor& visitor, const std::string& id) const;
  holon::Result<Html> cart_page(holon::Call& call, const Visitor& visitor, pages::OrderForm form,
                                std::string refusal) const;
  holon::Result<void> fill_cart(holon::Call& call, const pages::Frame& frame, const ShoppingCart& cart,
                                pages::CartView& view) const;

  holon::Result<Money> convert(holon::Call& call, const Money& money, const std::string& code) const;
  holon::Result<Product> product(holon::Call& call, const std::string& id) const;
  holon::Result<Money> shipping_cost(holon::Call& call, const ShoppingCart& cart, const std::string& code) const;
  holon::Result<std::vector<Product>> recommended(holon::Call& call, const Visitor& visitor,
                                                  std::vector<std::string> asked) const;
  holon::Result<std::vector<Ad>> ads(holon::Call& call, const std::string& category) const;

  holon::Ref<Ads> ads_;
  holon::Ref<Cart> cart_;
  holon::Ref<Catalog> catalog_;
  holon::Ref<Checkout> checkout_;
  holon::Ref<Currency> currency_;
  holon::Ref<Email> email_;
  holon::Ref<Inventory> inventory_;
  holon::Ref<Recommendation> recommendation_;
  holon::Ref<Shipping> shipping_;
};

}  // namespace shop
