#include "payment/payment.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "holon/testing.h"
#include "money/money.h"
#include "payment/card.h"

namespace shop {
namespace {

CreditCard card(const std::string& number, int year = 2099, int month = 12) {
  CreditCard card;
  card.set_number(number);
  card.set_verification(672);
  card.set_expiration_year(year);
  card.set_expiration_month(month);
  return card;
}

constexpr Month november{2026, 11};
constexpr const char* visa = "4432-8015-6152-0454";

TEST(Card, knows_brands_and_keeps_the_last_four_digits_only) {
  EXPECT_EQ(check_card(card(visa), november).value().brand, "Visa");
  EXPECT_EQ(check_card(card(visa), november).value().last_four, "0454");
  EXPECT_EQ(check_card(card("5555 5555 5555 4444"), november).value().brand, "Mastercard");
  EXPECT_EQ(check_card(card("2223003122003222"), november).value().brand, "Mastercard");
}

TEST(Card, a_wrong_digit_or_two_that_changed_places_are_noticed) {
  EXPECT_TRUE(luhn("4432801561520454"));
  EXPECT_FALSE(luhn("4432801561520455"));
  EXPECT_FALSE(luhn("4438201561520454"));
  EXPECT_EQ(check_card(card("4432-8015-6152-0455"), november).code(), holon::Code::invalid_argument);
}

TEST(Card, is_refused_if_it_cannot_be) {
  for (const char* number : {"", "4", "4432-8015-6152-045x", "44328015615204540000"}) {
    EXPECT_EQ(check_card(card(number), november).code(), holon::Code::invalid_argument) << number;
  }
  EXPECT_EQ(check_card(card(visa, 2030, 13), november).code(), holon::Code::invalid_argument);
  const CreditCard american_express = card("378282246310005");
  EXPECT_EQ(check_card(american_express, november).code(), holon::Code::failed_precondition);
}

TEST(Card, is_good_until_the_end_of_its_month) {
  EXPECT_TRUE(check_card(card(visa, 2026, 11), november).ok());
  EXPECT_EQ(check_card(card(visa, 2026, 10), november).code(), holon::Code::failed_precondition);
  EXPECT_EQ(check_card(card(visa, 2025, 12), november).code(), holon::Code::failed_precondition);
}

class PaymentTest : public ::testing::Test {
 protected:
  holon::Result<ChargeReply> charge(const std::string& order, const std::string& amount,
                                    const CreditCard& from = card(visa)) {
    ChargeRequest request;
    request.set_order_id(order);
    *request.mutable_amount() = money::make("EUR", amount).value();
    *request.mutable_card() = from;
    return payment_->Charge(host_.call(), request);
  }
  holon::Result<RefundReply> refund(const std::string& order) {
    RefundRequest request;
    request.set_order_id(order);
    return payment_->Refund(host_.call(), request);
  }

  holon::testing::Host host_;
  holon::Ref<Payment> payment_ = host_.serve<PaymentService>();
};

TEST_F(PaymentTest, charges_an_order_once) {
  ChargeReply first = charge("o-1", "12.90").value();
  EXPECT_EQ(first.card_last_four(), "0454");
  EXPECT_EQ(charge("o-1", "12.90").value().transaction_id(), first.transaction_id());
  EXPECT_NE(charge("o-2", "12.90").value().transaction_id(), first.transaction_id());
  EXPECT_EQ(charge("o-1", "13.90").code(), holon::Code::already_exists);
}

TEST_F(PaymentTest, gives_back_what_it_took_once) {
  EXPECT_EQ(refund("o-1").code(), holon::Code::not_found);
  ASSERT_TRUE(charge("o-1", "12.90").ok());
  RefundReply first = refund("o-1").value();
  EXPECT_EQ(money::plain(first.amount()), "EUR 12.90");
  EXPECT_EQ(refund("o-1").value().transaction_id(), first.transaction_id());
}

TEST_F(PaymentTest, takes_nothing_from_a_bad_card_and_nothing_that_is_not_positive) {
  EXPECT_EQ(charge("o-1", "12.90", card(visa, 2020, 1)).code(), holon::Code::failed_precondition);
  EXPECT_EQ(charge("o-1", "12.90", card("4432-8015-6152-0455")).code(), holon::Code::invalid_argument);
  EXPECT_EQ(charge("o-1", "0").code(), holon::Code::invalid_argument);
  EXPECT_EQ(charge("o-1", "-5").code(), holon::Code::invalid_argument);
  EXPECT_EQ(refund("o-1").code(), holon::Code::not_found);
}

TEST_F(PaymentTest, does_not_store_card_numbers) {
  ASSERT_TRUE(charge("o-1", "12.90").ok());
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(host_.data_directory())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(bytes.find("4432801561520454"), std::string::npos) << entry.path();
    EXPECT_EQ(bytes.find(visa), std::string::npos) << entry.path();
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace shop
