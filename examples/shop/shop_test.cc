// The whole shop in one host: what a visitor goes through, and the calls each page makes, against calls_per_page.tsv.
#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "embedded/calls.h"
#include "payment/payment.holon.h"
#include "table/table.h"
#include "whole_shop.h"

namespace shop {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

struct Sizes {
  int products = 0;
  int items = 0;
  int recommendations = 0;
};

/// Every contract but the frontend's own, which browsers call.
std::vector<const holon::internal::ServiceInfo*> contracts() {
  return {&Ads::info(),   &Cart::info(),      &Catalog::info(), &Checkout::info(),       &Currency::info(),
          &Email::info(), &Inventory::info(), &Payment::info(), &Recommendation::info(), &Shipping::info()};
}

/// How often a page calls each method, by the table, whoever is the caller.
Counts expected(std::string_view page, const Sizes& sizes) {
  Counts counts;
  for (const Table table(embedded::calls("calls_per_page.tsv")); const Table::Row& row : table) {
    if (row["page"] != page) continue;
    int count = 0;
    if (row["count"] == "products") {
      count = sizes.products;
    } else if (row["count"] == "items") {
      count = sizes.items;
    } else if (row["count"] == "recommendations") {
      count = sizes.recommendations;
    } else {
      std::from_chars(row["count"].data(), row["count"].data() + row["count"].size(), count);
    }
    counts["shop." + std::string(row["method"])] += static_cast<std::uint64_t>(count);
  }
  return counts;
}

class ShopTest : public ::testing::TestWithParam<holon::testing::Mode> {
 protected:
  /// What `visit` adds to the calls of all methods.
  template <class F>
  Counts recorded(F visit) {
    Counts before = all();
    visit();
    Counts during;
    for (const auto& [method, count] : all()) {
      if (count > before[method]) during[method] = count - before[method];
    }
    return during;
  }

  void add(const std::string& product, int quantity) {
    browser_.post(&FrontendService::AddToCart, "product=" + product + "&quantity=" + std::to_string(quantity));
    ASSERT_EQ(browser_.header("location"), "/cart");
  }
  std::string order_page() {
    OrderRequest request;
    request.set_id(browser_.header("location").substr(std::string("/orders/").size()));
    return browser_.open(&FrontendService::ShowOrder, request);
  }

  holon::testing::Host host_{GetParam()};
  testing::Browser browser_{serve_all(host_)};

 private:
  static holon::testing::Host& serve_all(holon::testing::Host& host) {
    testing::serve_all(host);
    return host;
  }

  /// Every method of every contract of the shop.
  Counts all() const {
    Counts counts;
    for (const holon::internal::ServiceInfo* service : contracts()) {
      for (const holon::internal::MethodInfo& method : service->methods) {
        counts[std::string(method.name)] = host_.calls(method.name);
      }
    }
    return counts;
  }
};

TEST_P(ShopTest, each_page_makes_the_calls_of_the_table) {
  const Sizes sizes{.products = 12, .items = 2, .recommendations = 5};
  EXPECT_EQ(recorded([&] { browser_.open(&FrontendService::Home, HomeRequest()); }), expected("home", sizes));
  ProductRequest mug;
  mug.set_id("mug-01");
  EXPECT_EQ(recorded([&] { browser_.open(&FrontendService::ShowProduct, mug); }), expected("product", sizes));
  EXPECT_EQ(recorded([&] { add("mug-01", 2); }), expected("add", sizes));
  add("lamp-01", 1);
  EXPECT_EQ(recorded([&] { browser_.open(&FrontendService::ShowCart, PageRequest()); }), expected("cart", sizes));
  EXPECT_EQ(recorded([&] { browser_.post(&FrontendService::SetCurrency, "currency=JPY&return=/cart"); }),
            expected("currency", sizes));
  EXPECT_EQ(recorded([&] { browser_.post(&FrontendService::PlaceOrder, testing::good_order); }),
            expected("checkout", sizes));
  EXPECT_EQ(recorded([&] { order_page(); }), expected("order", sizes));
  EXPECT_EQ(recorded([&] { browser_.post(&FrontendService::EmptyCart, ""); }), expected("empty", sizes));
}

TEST_P(ShopTest, somebody_finds_a_lamp_pays_in_yen_and_reads_the_mail) {
  SearchRequest search;
  search.set_q("reading lamp");
  EXPECT_NE(browser_.open(&FrontendService::Search, search).find("/product/lamp-01"), std::string::npos);
  add("lamp-01", 2);
  EXPECT_NE(browser_.open(&FrontendService::ShowCart, PageRequest()).find("€123.00"), std::string::npos);
  browser_.post(&FrontendService::SetCurrency, "currency=JPY&return=/cart");
  EXPECT_EQ(browser_.header("location"), "/cart");
  // 61.50 * 171.94
  EXPECT_NE(browser_.open(&FrontendService::ShowCart, PageRequest()).find("¥10,574"), std::string::npos);
  browser_.post(&FrontendService::PlaceOrder, testing::good_order);
  ASSERT_EQ(browser_.status(), "303");
  const std::string order = browser_.header("location").substr(std::string("/orders/").size());
  EXPECT_NE(order_page().find("Thank you, Ada Lovelace."), std::string::npos);
  OrderRequest which;
  which.set_id(order);
  EXPECT_NE(browser_.open(&FrontendService::ShowMail, which).find("2 x Reading Lamp, Charcoal"), std::string::npos);
  EXPECT_NE(browser_.open(&FrontendService::ListOrders, PageRequest()).find(order), std::string::npos);
  browser_.forget();
  browser_.open(&FrontendService::ShowOrder, which);
  EXPECT_EQ(browser_.status(), "404");  // somebody else's
}

INSTANTIATE_TEST_SUITE_P(Modes, ShopTest,
                         ::testing::Values(holon::testing::Mode::local, holon::testing::Mode::strict,
                                           holon::testing::Mode::remote),
                         [](const auto& mode) {
                           switch (mode.param) {
                             case holon::testing::Mode::local:
                               return "local";
                             case holon::testing::Mode::strict:
                               return "strict";
                             default:
                               return "remote";
                           }
                         });

TEST(CallsTable, names_every_page_and_nothing_that_no_contract_has) {
  std::set<std::string_view> methods;
  for (const holon::internal::ServiceInfo* service : contracts()) {
    for (const holon::internal::MethodInfo& method : service->methods) methods.insert(method.name.substr(5));
  }
  for (const Table table(embedded::calls("calls_per_page.tsv")); const Table::Row& row : table) {
    EXPECT_TRUE(methods.contains(row["method"])) << row["method"];
  }
}

}  // namespace
}  // namespace shop
