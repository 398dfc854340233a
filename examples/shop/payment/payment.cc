#include "payment/payment.h"

#include <chrono>
#include <optional>

#include "holon/log.h"
#include "holon/try.h"
#include "money/money.h"
#include "payment/card.h"
#include "token/token.h"

namespace shop {
namespace {

constexpr const char* schema = R"(
  create table if not exists charge (
    order_id text primary key, transaction_id text unique not null, currency text not null, units integer not null,
    nanos integer not null, brand text not null, last_four text not null, charged_at integer not null,
    refund_id text not null default ''
  ) strict)";

struct Charged {
  ChargeReply reply;
  Money amount;
  std::string refund_id;
};

Month this_month() {
  using namespace std::chrono;
  const year_month_day today(floor<days>(system_clock::now()));
  return {static_cast<int>(today.year()), static_cast<int>(static_cast<unsigned>(today.month()))};
}

holon::Result<std::optional<Charged>> find(sqlite::Session& session, const std::string& order) {
  std::optional<Charged> found;
  TRY(session.each(
      "select transaction_id, brand, last_four, currency, units, nanos, refund_id from charge where order_id = ?",
      [&](const sqlite::Row& row) {
        found.emplace();
        found->reply.set_transaction_id(std::string(row.text(0)));
        found->reply.set_card_brand(std::string(row.text(1)));
        found->reply.set_card_last_four(std::string(row.text(2)));
        found->amount.set_currency_code(std::string(row.text(3)));
        found->amount.set_units(row.number(4));
        found->amount.set_nanos(static_cast<int>(row.number(5)));
        found->refund_id = std::string(row.text(6));
      },
      order));
  return found;
}

}  // namespace

holon::Result<void> PaymentService::start(holon::Call&) {
  database_ = TRY(sqlite::Database::open(folder_ / "payment.db", schema, sqlite::Sync::disk));
  return {};
}

holon::Result<ChargeReply> PaymentService::Charge(holon::Call& call, const ChargeRequest& request) {
  if (request.order_id().empty()) return holon::invalid_argument("order_id is empty");
  const Money& amount = request.amount();
  TRY(money::check(amount));
  if (money::nanos(amount) <= 0) return holon::invalid_argument("the amount is not positive");
  const CardFacts card = TRY(check_card(request.card(), this_month()));
  ChargeReply reply = TRY(database_->write([&](sqlite::Session& session) -> holon::Result<ChargeReply> {
    const std::optional<Charged> before = TRY(find(session, request.order_id()));
    if (before && money::nanos(before->amount) != money::nanos(amount)) {
      return holon::already_exists("the order was charged " + money::plain(before->amount));
    }
    if (before) return before->reply;
    ChargeReply charged;
    charged.set_transaction_id("t-" + random_token(16));
    charged.set_card_brand(card.brand);
    charged.set_card_last_four(card.last_four);
    TRY(session.run("insert into charge "
                    "(order_id, transaction_id, currency, units, nanos, brand, last_four, charged_at) "
                    "values (?, ?, ?, ?, ?, ?, ?, unixepoch())",
                    request.order_id(), charged.transaction_id(), amount.currency_code(), amount.units(),
                    amount.nanos(), card.brand, card.last_four));
    return charged;
  }));
  holon::log::info(call, "charged", {{"order", request.order_id()}, {"amount", money::plain(amount)}});
  return reply;
}

holon::Result<RefundReply> PaymentService::Refund(holon::Call&, const RefundRequest& request) {
  return database_->write([&](sqlite::Session& session) -> holon::Result<RefundReply> {
    const std::optional<Charged> charged = TRY(find(session, request.order_id()));
    if (!charged) return holon::not_found("the order was never charged");
    RefundReply reply;
    reply.set_transaction_id(charged->refund_id.empty() ? "r-" + random_token(16) : charged->refund_id);
    *reply.mutable_amount() = charged->amount;
    TRY(session.run("update charge set refund_id = ? where order_id = ?", reply.transaction_id(), request.order_id()));
    return reply;
  });
}

}  // namespace shop
