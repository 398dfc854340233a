#include "frontend/frontend.h"

#include <gtest/gtest.h>

#include "ads/ads.h"
#include "catalog/catalog.h"
#include "currency/currency.h"
#include "holon/testing.h"
#include "whole_shop.h"

namespace shop {
namespace {

class DownAds final : public Ads::Service {};                        // answers UNIMPLEMENTED
class DownRecommendation final : public Recommendation::Service {};
class DownInventory final : public Inventory::Service {};
class DownCheckout final : public Checkout::Service {};

/// A catalog of one product with a name that would like to be a script.
class EvilCatalog final : public Catalog::Service {
 public:
  holon::Result<Product> GetProduct(holon::Call&, const GetProductRequest& request) override {
    Product product;
    product.set_id(request.id());
    product.set_name("<script>alert(1)</script>");
    product.set_description("\"><img src=x onerror=alert(2)>");
    product.set_picture("\" onload=\"alert(3)");
    product.mutable_price()->set_currency_code("EUR");
    return product;
  }
};

class FrontendTest : public ::testing::Test {
 protected:
  testing::Browser open_shop() {
    testing::serve_all(host_);
    return testing::Browser(host_);
  }
  static std::string home(testing::Browser& browser, int page = 0) {
    HomeRequest request;
    request.set_page(page);
    return browser.open(&FrontendService::Home, request);
  }
  static std::string product(testing::Browser& browser, const std::string& id) {
    ProductRequest request;
    request.set_id(id);
    return browser.open(&FrontendService::ShowProduct, request);
  }
  static bool has(const std::string& page, std::string_view part) { return page.find(part) != std::string::npos; }

  holon::testing::Host host_;
};

TEST_F(FrontendTest, the_first_page_shows_twelve_products_and_leads_to_the_others) {
  testing::Browser browser = open_shop();
  const std::string page = home(browser);
  EXPECT_TRUE(has(page, "Morning Mug, Sage"));
  EXPECT_TRUE(has(page, "€9.00"));
  EXPECT_TRUE(has(page, "href=\"/?page=21\""));
  EXPECT_TRUE(has(page, "href=\"/category/furniture\""));
  EXPECT_TRUE(has(page, "2024-06-28"));
  EXPECT_TRUE(has(home(browser, 2), "aria-current=\"page\">2</a>"));
}

TEST_F(FrontendTest, shows_what_the_services_say) {
  host_.serve<AdsService>([](holon::Wiring&) {
    return std::make_unique<AdsService>("category\tproduct\ttext\nkitchen\tmug-01\tRead all about it\n");
  });
  host_.serve<CatalogService>([](holon::Wiring& wiring) {
    return std::make_unique<CatalogService>(
        wiring,
        "id\tname\tcategory\tpicture\tprice\tdescription\nmug-01\tOdd Cup\tkitchen\tmug.rose.dots\t3.50\tSmall.\n");
  });
  host_.serve<CurrencyService>(
      [](holon::Wiring&) { return std::make_unique<CurrencyService>("code\tsymbol\trate\tname\nEUR\tE\t1\tEuro\n"); });
  testing::serve_all(host_, {"shop.Ads", "shop.Catalog", "shop.Currency"});
  testing::Browser browser(host_);
  const std::string page = home(browser);
  for (const char* part : {"Odd Cup", "/pictures/mug.rose.dots", "E\u202f3.50", "Read all about it", "kitchen"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
  EXPECT_FALSE(has(page, "Morning Mug"));
}

TEST_F(FrontendTest, a_visitor_keeps_their_cookie_and_their_cart) {
  testing::Browser browser = open_shop();
  home(browser);
  EXPECT_TRUE(has(browser.header("set-cookie"), "HttpOnly; SameSite=Lax"));
  const std::string cookies = browser.cookies();
  browser.post(&FrontendService::AddToCart, "product=mug-01&quantity=2");
  EXPECT_EQ(browser.status(), "303");
  EXPECT_EQ(browser.cookies(), cookies);
  EXPECT_TRUE(has(home(browser), "aria-label=\"2 items\""));
  browser.post(&FrontendService::ChangeCart, "product=mug-01&quantity=5");
  EXPECT_TRUE(has(home(browser), "aria-label=\"5 items\""));
  browser.post(&FrontendService::EmptyCart, "");
  EXPECT_FALSE(has(home(browser), "class=\"count\""));
}

TEST_F(FrontendTest, escapes_whatever_the_services_say) {
  EvilCatalog evil;
  host_.fake<Catalog>(evil);
  testing::serve_all(host_, {"shop.Catalog"});
  testing::Browser browser(host_);
  const std::string page = product(browser, "mug-01");
  EXPECT_TRUE(has(page, "&lt;script&gt;alert(1)"));
  EXPECT_FALSE(has(page, "<script>alert"));
  EXPECT_FALSE(has(page, "<img src=x"));
  EXPECT_FALSE(has(page, "\" onload=\""));
}

TEST_F(FrontendTest, escapes_what_was_searched) {
  testing::Browser browser = open_shop();
  SearchRequest search;
  search.set_q("\"><script>alert(1)</script>");
  const std::string page = browser.open(&FrontendService::Search, search);
  EXPECT_FALSE(has(page, "<script>alert"));
  EXPECT_TRUE(has(page, "Nothing here goes by that name"));
}

TEST_F(FrontendTest, a_page_goes_without_ads_recommendations_and_stock) {
  DownAds ads;
  DownRecommendation recommendation;
  DownInventory inventory;
  host_.fake<Ads>(ads);
  host_.fake<Recommendation>(recommendation);
  host_.fake<Inventory>(inventory);
  testing::serve_all(host_, {"shop.Ads", "shop.Recommendation", "shop.Inventory"});
  testing::Browser browser(host_);
  const std::string page = product(browser, "mug-01");
  EXPECT_EQ(browser.status(), "200");
  EXPECT_TRUE(has(page, "Morning Mug, Sage"));
  EXPECT_TRUE(has(page, "Add to cart"));
  EXPECT_FALSE(has(page, "class=\"ads\""));
  EXPECT_FALSE(has(page, "Bought together"));
  EXPECT_TRUE(has(home(browser), "Morning Mug, Sage"));
}

TEST_F(FrontendTest, says_in_a_friendly_way_what_failed_and_names_the_trace) {
  DownCheckout checkout;
  host_.fake<Checkout>(checkout);
  testing::serve_all(host_, {"shop.Checkout"});
  testing::Browser browser(host_);
  const std::string page = browser.open(&FrontendService::ListOrders, PageRequest());
  EXPECT_EQ(browser.status(), "500");
  EXPECT_TRUE(has(page, "It is our fault"));
  const std::size_t trace = page.find("name trace <code>");
  ASSERT_NE(trace, std::string::npos);
  EXPECT_EQ(page.find("</code>", trace) - trace, std::string("name trace <code>").size() + 32);
  product(browser, "zebra-01");
  EXPECT_EQ(browser.status(), "404");
}

TEST_F(FrontendTest, an_order_that_cannot_be_is_shown_again_with_the_reason) {
  testing::Browser browser = open_shop();
  browser.post(&FrontendService::AddToCart, "product=mug-01&quantity=2");
  std::string form = testing::good_order;
  form.replace(form.find("0454"), 4, "0455");
  const std::string page = browser.post(&FrontendService::PlaceOrder, form);
  EXPECT_EQ(browser.status(), "422");
  EXPECT_TRUE(has(page, "The card number has a typing error."));
  EXPECT_TRUE(has(page, "value=\"Am Markt 1\""));
  EXPECT_TRUE(has(page, "Morning Mug"));
}

TEST_F(FrontendTest, a_change_of_currency_leads_back_into_the_shop_only) {
  testing::Browser browser = open_shop();
  for (const char* elsewhere :
       {"https://evil.example/", "//evil.example/", "/\\evil.example", "/a%0d%0aset-cookie:x"}) {
    browser.post(&FrontendService::SetCurrency, std::string("currency=USD&return=") + elsewhere);
    EXPECT_EQ(browser.header("location"), "/") << elsewhere;
  }
  browser.post(&FrontendService::SetCurrency, "currency=USD&return=/product/mug-01");
  EXPECT_EQ(browser.header("location"), "/product/mug-01");
  EXPECT_TRUE(has(product(browser, "mug-01"), "$9.63"));
  browser.post(&FrontendService::SetCurrency, "currency=XXX&return=/");
  EXPECT_EQ(browser.status(), "400");
}

TEST_F(FrontendTest, pictures_and_files_may_be_kept_by_browsers) {
  testing::Browser browser = open_shop();
  PictureRequest picture;
  picture.set_id("mug.sage.plain");
  EXPECT_TRUE(browser.open(&FrontendService::GetPicture, picture).starts_with("<svg"));
  EXPECT_EQ(browser.header("cache-control"), "public, max-age=86400");
  StaticRequest file;
  file.set_name("shop.css");
  EXPECT_TRUE(has(browser.open(&FrontendService::GetStatic, file), "--ink"));
  file.set_name("../frontend.cc");
  EXPECT_TRUE(has(browser.open(&FrontendService::GetStatic, file), "NOT_FOUND"));
}

}  // namespace
}  // namespace shop
