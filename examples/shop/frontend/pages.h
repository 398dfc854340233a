// The shop's pages as HTML, from what the services answered. Nothing here calls anybody.
#pragma once

#include <string>
#include <vector>

#include "ads/ads.pb.h"
#include "catalog/catalog.pb.h"
#include "checkout/checkout.pb.h"
#include "currency/currency.pb.h"
#include "email/email.pb.h"
#include "frontend/html.h"
#include "inventory/inventory.pb.h"
#include "shipping/shipping.pb.h"

namespace shop::pages {

/// What every page shows around its content.
struct Frame {
  SupportedCurrencies currencies;
  std::string currency;  ///< the chosen one
  int cart_size = 0;
  std::string path;      ///< of this page, where a change of currency leads back to
  std::string trace_id;
};

/// A product at the price the visitor sees.
struct Offer {
  Product product;
  Money price;
};

struct Listing {
  std::string title;
  std::string query;                    ///< what was searched, if anything was
  std::string category;                 ///< the one shown, or empty
  std::vector<std::string> categories;  ///< all there are
  std::vector<Offer> offers;
  int page = 1;
  int pages = 1;
  int total = 0;
  std::vector<Ad> ads;
};

struct ProductView {
  Offer offer;
  int available = 0;
  bool stock_known = false;
  std::vector<Product> recommended;
  std::vector<Ad> ads;
};

struct CartLine {
  Offer offer;
  int quantity = 0;
  Money cost;
};

/// What a visitor typed into the order form, shown again if it was refused.
struct OrderForm {
  std::string email, name, street, zip, city, country = "DE", card_number, card_year, card_month, verification;
};

struct CartView {
  std::vector<CartLine> lines;
  Money shipping;
  Money total;
  std::vector<Country> countries;
  std::vector<Product> recommended;
  OrderForm form;
  std::string refusal;  ///< why the order was not placed
};

struct OrderView {
  Order order;
  Shipment shipment;  ///< without tracking id if shipping could not be asked
  std::vector<Product> recommended;
};

Html listing(const Frame& frame, const Listing& listing);
Html product(const Frame& frame, const ProductView& view);
Html cart(const Frame& frame, const CartView& view);
Html orders(const Frame& frame, const std::vector<Order>& orders);
Html order(const Frame& frame, const OrderView& view);
Html mail(const Frame& frame, const Mail& mail);

struct Failure {
  int status;
  std::string headline;
  std::string advice;
};
/// A page that needs no service at all.
Html failure(const Failure& failure, const std::string& trace_id);

// ---- parts that several pages share ---------------------------------------------------------------------------------

/// The whole document around `content`.
Html document(const Frame& frame, std::string_view title, const Html& content);
Html ads(const std::vector<Ad>& ads);
Html recommendations(const std::vector<Product>& products, std::string_view title);
Html picture(const std::string& picture, const std::string& name, int size);
/// "€12.90", in the currencies of the frame.
std::string price(const Frame& frame, const Money& money);
/// "24 November 2026", UTC.
std::string date(std::int64_t seconds_since_1970);

}  // namespace shop::pages
