#include "checkout/checkout.h"

#include <gtest/gtest.h>

#include "cart/cart.h"
#include "catalog/catalog.h"
#include "currency/currency.h"
#include "email/email.h"
#include "holon/testing.h"
#include "inventory/inventory.h"
#include "money/money.h"
#include "payment/payment.h"
#include "shipping/shipping.h"

namespace shop {
namespace {

constexpr std::string_view products =
    "id\tname\tcategory\tpicture\tprice\tdescription\n"
    "mug\tTall Mug\tkitchen\tmug.sage.plain\t12.50\tTall.\n"
    "lamp\tLamp\tlighting\tlamp.rose.plain\t80.00\tBright.\n";
constexpr std::string_view stock = "product\tavailable\nmug\t10\nlamp\t1\n";
constexpr std::string_view rates = "code\tsymbol\trate\tname\nEUR\t€\t1\tEuro\nUSD\t$\t1.10\tUS dollar\n";
constexpr ShippingService::Tables tables{
    "zone\tparcel\titem\tdays_min\tdays_max\nHome\t5.00\t0\t1\t2\n", "code\tzone\tname\nDE\tHome\tGermany\n"};

/// A payment service that got lost: it never says whether it charged.
class LostPayment final : public Payment::Service {
 public:
  holon::Result<ChargeReply> Charge(holon::Call&, const ChargeRequest&) override { return holon::unavailable("lost"); }
  holon::Result<RefundReply> Refund(holon::Call&, const RefundRequest&) override {
    ++refunds;
    return RefundReply();
  }
  int refunds = 0;
};

/// An email service that is down.
class DownEmail final : public Email::Service {
  holon::Result<SendOrderConfirmationReply> SendOrderConfirmation(holon::Call&,
                                                                  const SendOrderConfirmationRequest&) override {
    return holon::unavailable("down");
  }
};

class CheckoutTest : public ::testing::Test {
 protected:
  CheckoutTest() {
    cart_.emplace(host_.serve<CartService>());
    host_.serve<CatalogService>([](holon::Wiring& w) { return std::make_unique<CatalogService>(w, products); });
    host_.serve<CurrencyService>([](holon::Wiring&) { return std::make_unique<CurrencyService>(rates); });
    host_.serve<ShippingService>([](holon::Wiring& w) { return std::make_unique<ShippingService>(w, tables); });
    inventory_.emplace(host_.serve<InventoryService>(
        [](holon::Wiring& w) { return std::make_unique<InventoryService>(w, stock); }));
  }

  void serve() {
    host_.serve<PaymentService>();
    email_.emplace(host_.serve<EmailService>());
    checkout_.emplace(host_.serve<CheckoutService>());
  }
  void put(const std::string& product, int quantity) {
    AddItemRequest request;
    request.set_user_id("ada");
    request.mutable_item()->set_product_id(product);
    request.mutable_item()->set_quantity(quantity);
    ASSERT_TRUE((*cart_)->AddItem(host_.call(), request).ok());
  }
  static PlaceOrderRequest order() {
    PlaceOrderRequest request;
    request.set_user_id("ada");
    request.set_currency_code("USD");
    request.set_email("ada@example.com");
    Address& address = *request.mutable_address();
    address.set_name("Ada Lovelace");
    address.set_street("Am Markt 1");
    address.set_city("Bremen");
    address.set_zip("28195");
    address.set_country("DE");
    CreditCard& card = *request.mutable_card();
    card.set_number("4432801561520454");
    card.set_expiration_year(2099);
    card.set_expiration_month(1);
    card.set_verification(672);
    return request;
  }
  int available(const std::string& product) {
    GetStockRequest request;
    request.set_product_id(product);
    return (*inventory_)->GetStock(host_.call(), request).value().available();
  }
  int in_cart() {
    GetCartRequest request;
    request.set_user_id("ada");
    return (*cart_)->GetCart(host_.call(), request).value().items_size();
  }

  holon::testing::Host host_;
  std::optional<holon::Ref<Cart>> cart_;
  std::optional<holon::Ref<Inventory>> inventory_;
  std::optional<holon::Ref<Email>> email_;
  std::optional<holon::Ref<Checkout>> checkout_;
};

TEST_F(CheckoutTest, buys_what_is_in_the_cart) {
  serve();
  put("mug", 3);
  put("lamp", 1);
  Order placed = (*checkout_)->PlaceOrder(host_.call(), order()).value();
  EXPECT_EQ(money::plain(placed.total()), "USD 134.75");  // (3 * 12.50 + 80 + 5) * 1.10
  EXPECT_EQ(money::plain(placed.items(0).price()), "USD 13.75");
  EXPECT_EQ(money::plain(placed.shipping_cost()), "USD 5.50");
  EXPECT_EQ(placed.items(0).name(), "Tall Mug");
  EXPECT_EQ(placed.card_last_four(), "0454");
  EXPECT_FALSE(placed.tracking_id().empty());
  EXPECT_EQ(available("mug"), 7);
  EXPECT_EQ(available("lamp"), 0);
  EXPECT_EQ(in_cart(), 0);
  GetMailRequest mail;
  mail.set_order_id(placed.id());
  EXPECT_EQ((*email_)->GetMail(host_.call(), mail).value().to(), "ada@example.com");
}

TEST_F(CheckoutTest, keeps_orders_for_the_user_who_placed_them) {
  serve();
  put("mug", 1);
  const std::string first = (*checkout_)->PlaceOrder(host_.call(), order()).value().id();
  put("mug", 2);
  const std::string second = (*checkout_)->PlaceOrder(host_.call(), order()).value().id();

  ListOrdersRequest whose;
  whose.set_user_id("ada");
  ListOrdersReply orders = (*checkout_)->ListOrders(host_.call(), whose).value();
  ASSERT_EQ(orders.orders_size(), 2);
  EXPECT_EQ(orders.orders(0).id(), second);
  EXPECT_EQ(orders.orders(1).id(), first);
  EXPECT_EQ(orders.orders(0).items(0).quantity(), 2);

  GetOrderRequest which;
  which.set_order_id(first);
  which.set_user_id("ada");
  EXPECT_EQ((*checkout_)->GetOrder(host_.call(), which).value().address().city(), "Bremen");
  which.set_user_id("bob");
  EXPECT_EQ((*checkout_)->GetOrder(host_.call(), which).code(), holon::Code::not_found);
}

TEST_F(CheckoutTest, an_empty_cart_is_no_order) {
  serve();
  EXPECT_EQ((*checkout_)->PlaceOrder(host_.call(), order()).code(), holon::Code::failed_precondition);
}

TEST_F(CheckoutTest, takes_no_money_for_what_is_out_of_stock) {
  serve();
  put("lamp", 2);
  EXPECT_EQ((*checkout_)->PlaceOrder(host_.call(), order()).code(), holon::Code::failed_precondition);
  EXPECT_EQ(host_.calls("shop.Payment/Charge"), 0u);
  EXPECT_EQ(in_cart(), 1);
}

TEST_F(CheckoutTest, puts_everything_back_if_the_card_is_refused) {
  serve();
  put("mug", 2);
  PlaceOrderRequest expired = order();
  expired.mutable_card()->set_expiration_year(2020);
  EXPECT_EQ((*checkout_)->PlaceOrder(host_.call(), expired).code(), holon::Code::failed_precondition);
  EXPECT_EQ(available("mug"), 10);
  EXPECT_EQ(host_.calls("shop.Payment/Refund"), 0u);  // refused is not charged
  EXPECT_EQ(in_cart(), 1);
}

TEST_F(CheckoutTest, gives_the_money_back_if_nothing_can_be_shipped) {
  serve();
  put("mug", 2);
  PlaceOrderRequest nowhere = order();
  nowhere.mutable_address()->clear_street();
  EXPECT_EQ((*checkout_)->PlaceOrder(host_.call(), nowhere).code(), holon::Code::invalid_argument);
  EXPECT_EQ(host_.calls("shop.Payment/Charge"), 1u);
  EXPECT_EQ(host_.calls("shop.Payment/Refund"), 1u);
  EXPECT_EQ(available("mug"), 10);
}

TEST_F(CheckoutTest, asks_for_the_money_back_if_it_cannot_know_whether_it_was_taken) {
  LostPayment lost;
  host_.fake<Payment>(lost);
  host_.serve<EmailService>();
  checkout_.emplace(host_.serve<CheckoutService>());
  put("mug", 2);
  EXPECT_EQ((*checkout_)->PlaceOrder(host_.call(), order()).code(), holon::Code::unavailable);
  EXPECT_EQ(lost.refunds, 1);
  EXPECT_EQ(available("mug"), 10);
}

TEST_F(CheckoutTest, an_order_stands_without_its_mail) {
  DownEmail down;
  host_.fake<Email>(down);
  host_.serve<PaymentService>();
  checkout_.emplace(host_.serve<CheckoutService>());
  put("mug", 1);
  EXPECT_TRUE((*checkout_)->PlaceOrder(host_.call(), order()).ok());
  EXPECT_EQ(in_cart(), 0);
}

}  // namespace
}  // namespace shop
