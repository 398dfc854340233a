#include "shipping/shipping.h"

#include <gtest/gtest.h>

#include "money/money.h"
#include "twins/test_subject.h"

namespace shop {
namespace {

constexpr std::string_view two_zones =
    "zone\tparcel\titem\tdays_min\tdays_max\n"
    "Home\t5\t0.10\t1\t2\n"
    "Abroad\t20\t1.50\t5\t9\n";
constexpr std::string_view two_countries = "code\tzone\tname\nUS\tAbroad\tUnited States\nDE\tHome\tGermany\n";

class ShippingTest : public ::testing::Test {
 protected:
  holon::Ref<Shipping> serve(std::string_view zones = two_zones) {
    return subject_.serve<ShippingService>(
        {{"zones.tsv", zones}, {"countries.tsv", two_countries}}, [=](holon::Wiring& wiring) {
          return std::make_unique<ShippingService>(wiring, ShippingService::Tables{zones, two_countries});
        });
  }
  holon::Result<std::string> quote(holon::Ref<Shipping>& shipping, const std::string& country, int items) {
    GetQuoteRequest request;
    if (!country.empty()) request.mutable_address()->set_country(country);
    if (items != 0) request.add_items()->set_quantity(items);
    holon::Result<Quote> quote = shipping->GetQuote(subject_.call(), request);
    if (!quote.ok()) return quote.error();
    return money::plain(quote->cost());
  }
  static ShipOrderRequest order(const std::string& id) {
    ShipOrderRequest request;
    request.set_order_id(id);
    Address& address = *request.mutable_address();
    address.set_name("Ada Lovelace");
    address.set_street("12 St James's Square");
    address.set_city("Boston");
    address.set_zip("02115");
    address.set_country("US");
    request.add_items()->set_quantity(11);
    return request;
  }

  testing::Subject subject_{"shipping"};
};

TEST_F(ShippingTest, quotes_by_country_parcels_and_items) {
  auto shipping = serve();
  EXPECT_EQ(quote(shipping, "DE", 1).value(), "EUR 5.10");
  EXPECT_EQ(quote(shipping, "US", 10).value(), "EUR 35.00");
  EXPECT_EQ(quote(shipping, "US", 11).value(), "EUR 56.50");
  EXPECT_EQ(quote(shipping, "", 1).value(), "EUR 5.10");  // at home
  EXPECT_EQ(quote(shipping, "DE", 0).value(), "EUR 0.00");
}

TEST_F(ShippingTest, quotes_what_its_table_says) {
  auto shipping = serve("zone\tparcel\titem\tdays_min\tdays_max\nHome\t7\t0\t1\t2\nAbroad\t1\t1\t1\t1\n");
  EXPECT_EQ(quote(shipping, "DE", 3).value(), "EUR 7.00");
}

TEST_F(ShippingTest, refuses_countries_and_quantities_it_does_not_send) {
  auto shipping = serve();
  EXPECT_EQ(quote(shipping, "FR", 1).code(), holon::Code::invalid_argument);
  EXPECT_EQ(quote(shipping, "DE", -1).code(), holon::Code::invalid_argument);
  EXPECT_EQ(quote(shipping, "DE", 10'001).code(), holon::Code::invalid_argument);
}

TEST_F(ShippingTest, ships_an_order_once_and_finds_it_again) {
  auto shipping = serve();
  Shipment shipment = shipping->ShipOrder(subject_.call(), order("o-1")).value();
  EXPECT_EQ(shipment.parcels(), 2);
  EXPECT_EQ(shipment.days_max(), 9);
  EXPECT_EQ(shipping->ShipOrder(subject_.call(), order("o-1")).value().tracking_id(), shipment.tracking_id());
  EXPECT_NE(shipping->ShipOrder(subject_.call(), order("o-2")).value().tracking_id(), shipment.tracking_id());

  GetShipmentRequest request;
  request.set_tracking_id(shipment.tracking_id());
  EXPECT_EQ(shipping->GetShipment(subject_.call(), request).value().address().city(), "Boston");
  request.set_tracking_id("HL-US-nothing");
  EXPECT_EQ(shipping->GetShipment(subject_.call(), request).code(), holon::Code::not_found);
}

TEST_F(ShippingTest, ships_nothing_nowhere) {
  auto shipping = serve();
  ShipOrderRequest no_street = order("o-1");
  no_street.mutable_address()->clear_street();
  EXPECT_EQ(shipping->ShipOrder(subject_.call(), no_street).code(), holon::Code::invalid_argument);
  ShipOrderRequest no_items = order("o-1");
  no_items.clear_items();
  EXPECT_EQ(shipping->ShipOrder(subject_.call(), no_items).code(), holon::Code::invalid_argument);
}

TEST_F(ShippingTest, lists_countries_by_name) {
  auto shipping = serve();
  ListCountriesReply countries = shipping->ListCountries(subject_.call(), {}).value();
  ASSERT_EQ(countries.countries_size(), 2);
  EXPECT_EQ(countries.countries(0).name(), "Germany");
  EXPECT_EQ(countries.countries(1).code(), "US");
}

TEST_F(ShippingTest, its_own_tables_fit_together) {
  auto shipping = subject_.serve<ShippingService>();
  EXPECT_GE(shipping->ListCountries(subject_.call(), {}).value().countries_size(), 40);
  EXPECT_TRUE(quote(shipping, "JP", 1).ok());
}

}  // namespace
}  // namespace shop
