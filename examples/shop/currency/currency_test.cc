#include "currency/currency.h"

#include <gtest/gtest.h>

#include "holon/testing.h"

namespace shop {
namespace {

class CurrencyTest : public ::testing::Test {
 protected:
  holon::Result<std::string> convert(holon::Ref<Currency>& currency, std::string_view code, std::string_view amount,
                                     std::string_view to) {
    ConvertRequest request;
    *request.mutable_from() = money::make(code, amount).value();
    request.set_to_code(std::string(to));
    holon::Result<Money> converted = currency->Convert(host_.call(), request);
    if (!converted.ok()) return converted.error();
    return money::plain(*converted);
  }
  holon::Ref<Currency> serve(std::string_view rates) {
    return host_.serve<CurrencyService>([=](holon::Wiring&) { return std::make_unique<CurrencyService>(rates); });
  }

  holon::testing::Host host_;
};

TEST_F(CurrencyTest, converts_at_the_published_rates) {
  auto currency = host_.serve<CurrencyService>();
  EXPECT_EQ(convert(currency, "EUR", "100", "USD").value(), "USD 107.05");
  EXPECT_EQ(convert(currency, "EUR", "12.90", "JPY").value(), "JPY 2,218");  // 2218.026
  EXPECT_EQ(convert(currency, "USD", "107.05", "EUR").value(), "EUR 100.00");
  EXPECT_EQ(convert(currency, "GBP", "10", "CHF").value(), "CHF 11.38");     // 11.38259…
  EXPECT_EQ(convert(currency, "EUR", "-12.90", "JPY").value(), "JPY -2,218");
}

TEST_F(CurrencyTest, converts_at_whatever_its_table_says) {
  auto currency = serve("code\tsymbol\trate\tname\nEUR\t€\t1\tEuro\nUSD\t$\t2.5\tUS dollar\n");
  EXPECT_EQ(convert(currency, "EUR", "100", "USD").value(), "USD 250.00");
}

TEST_F(CurrencyTest, rounds_once_and_half_a_coin_up) {
  auto currency = serve("code\tsymbol\trate\tname\nEUR\t€\t1\tEuro\nUSD\t$\t1.005\tUS dollar\nJPY\t¥\t0.333\tyen\n");
  EXPECT_EQ(convert(currency, "EUR", "1", "USD").value(), "USD 1.01");     // 1.005
  EXPECT_EQ(convert(currency, "EUR", "-1", "USD").value(), "USD -1.01");
  EXPECT_EQ(convert(currency, "EUR", "1.50", "JPY").value(), "JPY 0");     // 0.4995, not 0.50 and then 1
}

TEST_F(CurrencyTest, names_the_day_and_the_publisher_of_its_rates) {
  auto currency = host_.serve<CurrencyService>();
  SupportedCurrencies supported = currency->GetSupportedCurrencies(host_.call(), {}).value();
  EXPECT_EQ(supported.date(), "2024-06-28");
  EXPECT_NE(supported.source().find("European Central Bank"), std::string::npos);
  EXPECT_EQ(supported.currencies_size(), 31);
  EXPECT_EQ(supported.currencies(1).rate(), "1.0705");
}

TEST_F(CurrencyTest, refuses_what_it_has_no_rate_for) {
  auto currency = host_.serve<CurrencyService>();
  EXPECT_EQ(convert(currency, "EUR", "1", "XXX").code(), holon::Code::invalid_argument);
  EXPECT_EQ(convert(currency, "ABC", "1", "EUR").code(), holon::Code::invalid_argument);
}

TEST_F(CurrencyTest, says_when_an_amount_is_too_large) {
  auto currency = host_.serve<CurrencyService>();
  ConvertRequest request;
  request.mutable_from()->set_currency_code("EUR");
  request.mutable_from()->set_units(9'000'000'000'000'000'000);
  request.set_to_code("IDR");
  EXPECT_EQ(currency->Convert(host_.call(), request).code(), holon::Code::out_of_range);
}

TEST(CurrencyTable, a_wrong_one_is_refused) {
  EXPECT_THROW(CurrencyService("code\tsymbol\trate\tname\nUSD\t$\tmuch\tUS dollar\n"), std::invalid_argument);
  EXPECT_THROW(CurrencyService("code\tsymbol\trate\tname\nUSD\t$\t0\tUS dollar\n"), std::invalid_argument);
}

}  // namespace
}  // namespace shop
