#include "email/email.h"

#include <gtest/gtest.h>

#include "holon/testing.h"
#include "money/money.h"

namespace shop {
namespace {

Order some_order() {
  Order order;
  order.set_id("o-17");
  order.mutable_address()->set_name("Ada Lovelace");
  order.mutable_address()->set_city("Boston");
  OrderItem& item = *order.add_items();
  item.set_name("Tall Mug, Sage");
  item.set_quantity(3);
  *item.mutable_price() = money::make("EUR", "12.50").value();
  *order.mutable_shipping_cost() = money::make("EUR", "4.90").value();
  *order.mutable_total() = money::make("EUR", "42.40").value();
  order.set_card_brand("Visa");
  order.set_card_last_four("0454");
  order.set_tracking_id("HL-US-abc");
  return order;
}

class EmailTest : public ::testing::Test {
 protected:
  holon::Result<SendOrderConfirmationReply> send(const std::string& to, const Order& order) {
    SendOrderConfirmationRequest request;
    request.set_email(to);
    *request.mutable_order() = order;
    return email_->SendOrderConfirmation(host_.call(), request);
  }
  holon::Result<Mail> mail(const std::string& order) {
    GetMailRequest request;
    request.set_order_id(order);
    return email_->GetMail(host_.call(), request);
  }

  holon::testing::Host host_;
  holon::Ref<Email> email_ = host_.serve<EmailService>();
};

TEST_F(EmailTest, says_what_was_ordered_what_it_costs_and_where_it_goes) {
  ASSERT_TRUE(send("ada@example.com", some_order()).ok());
  Mail sent = mail("o-17").value();
  EXPECT_EQ(sent.to(), "ada@example.com");
  EXPECT_EQ(sent.subject(), "Your order o-17");
  EXPECT_GT(sent.sent_at(), 1'700'000'000);
  EXPECT_EQ(confirmation_text(some_order()), sent.text());
  for (const char* part :
       {"Hello Ada Lovelace", "3 x Tall Mug, Sage ", " EUR 37.50\n", " EUR 42.40\n", "0454", "HL-US-abc"}) {
    EXPECT_NE(sent.text().find(part), std::string::npos) << part << " in\n" << sent.text();
  }
}

TEST_F(EmailTest, amounts_stand_in_one_column) {
  Order order = some_order();
  order.mutable_items(0)->set_name("Caf\xc3\xa9 Mug");
  const std::string text = confirmation_text(order);
  const std::size_t start = text.find("3 x Caf");
  EXPECT_EQ(text.find('\n', start) - start, 73u);  // 72 columns, one of two bytes
}

TEST_F(EmailTest, confirms_an_order_once) {
  const std::string first = send("ada@example.com", some_order()).value().mail_id();
  EXPECT_EQ(send("ada@example.com", some_order()).value().mail_id(), first);
}

TEST_F(EmailTest, writes_to_one_plausible_address_only) {
  for (const char* to : {"", "ada", "@example.com", "ada@", "a@b@c", "a@b.c,d@e.f", "ada@example.com\nBcc: x@y.z"}) {
    EXPECT_EQ(send(to, some_order()).code(), holon::Code::invalid_argument) << to;
  }
  EXPECT_EQ(mail("o-17").code(), holon::Code::not_found);
}

}  // namespace
}  // namespace shop
