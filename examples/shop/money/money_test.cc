#include "money/money.h"

#include <gtest/gtest.h>

#include <limits>

namespace shop::money {
namespace {

Money of(std::string_view code, std::string_view decimal) { return make(code, decimal).value(); }

TEST(Money, reads_decimals_exactly) {
  EXPECT_EQ(of("EUR", "12.90").units(), 12);
  EXPECT_EQ(of("EUR", "12.90").nanos(), 900'000'000);
  EXPECT_EQ(of("EUR", "-0.000000001").nanos(), -1);
  EXPECT_EQ(of("JPY", "1500").units(), 1500);
}

TEST(Money, refuses_what_is_no_amount) {
  for (const char* text :
       {"", ".", "1.", ".5", "1,5", "1.2.3", "--1", "+1", "1e3", "0.0000000001", "1234567890123456789"}) {
    EXPECT_EQ(make("EUR", text).code(), holon::Code::invalid_argument) << text;
  }
  EXPECT_EQ(make("eur", "1").code(), holon::Code::invalid_argument);
}

TEST(Money, checks_the_signs_and_the_range_of_nanos) {
  Money money = of("EUR", "1.5");
  money.set_nanos(-1);
  EXPECT_EQ(check(money).code(), holon::Code::invalid_argument);
  money.set_nanos(1'000'000'000);
  EXPECT_EQ(check(money).code(), holon::Code::invalid_argument);
}

TEST(Money, adds_with_carry_and_across_zero) {
  EXPECT_EQ(plain(sum(of("EUR", "0.99"), of("EUR", "0.02")).value()), "EUR 1.01");
  Money across = sum(of("EUR", "1.25"), of("EUR", "-2")).value();
  EXPECT_EQ(across.units(), 0);
  EXPECT_EQ(across.nanos(), -750'000'000);
}

TEST(Money, adds_one_currency_only) {
  EXPECT_EQ(sum(of("EUR", "1"), of("USD", "1")).code(), holon::Code::invalid_argument);
}

TEST(Money, says_when_a_sum_does_not_fit) {
  Money most;
  most.set_currency_code("EUR");
  most.set_units(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(sum(most, of("EUR", "1")).code(), holon::Code::out_of_range);
  EXPECT_EQ(times(most, 2).code(), holon::Code::out_of_range);
}

TEST(Money, multiplies_without_losing_a_cent) {
  EXPECT_EQ(plain(times(of("EUR", "19.99"), 99).value()), "EUR 1,979.01");
}

TEST(Money, half_a_coin_goes_away_from_zero) {
  EXPECT_EQ(round_to_coin(nanos(of("EUR", "0.005")), "EUR"), nanos(of("EUR", "0.01")));
  EXPECT_EQ(round_to_coin(nanos(of("EUR", "-0.005")), "EUR"), nanos(of("EUR", "-0.01")));
  EXPECT_EQ(round_to_coin(nanos(of("EUR", "0.004999999")), "EUR"), 0);
  EXPECT_EQ(round_to_coin(nanos(of("JPY", "0.5")), "JPY"), nanos_per_unit);
  EXPECT_EQ(round_to_coin(nanos(of("JPY", "0.49")), "JPY"), 0);
}

TEST(Money, is_written_with_the_digits_of_its_currency) {
  EXPECT_EQ(plain(of("EUR", "1234567.5")), "EUR 1,234,567.50");
  EXPECT_EQ(plain(of("JPY", "1234")), "JPY 1,234");
  EXPECT_EQ(plain(of("USD", "-0.5")), "USD -0.50");
  EXPECT_EQ(plain(of("USD", "999.999")), "USD 1,000.00");
}

}  // namespace
}  // namespace shop::money
