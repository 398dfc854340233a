#include "email/email.h"

#include <algorithm>

#include "holon/log.h"
#include "holon/try.h"
#include "token/token.h"

namespace shop {
namespace {

constexpr const char* schema = R"(
  create table if not exists mail (
    id text primary key, order_id text unique not null, recipient text not null, subject text not null,
    text text not null, sent_at integer not null
  ) strict)";

// Not whether it exists, only that it is one address, and no more headers.
holon::Result<void> check_recipient(const std::string& address) {
  const std::size_t at = address.find('@');
  const bool plausible = at != std::string::npos && at > 0 && at + 1 < address.size() && address.rfind('@') == at &&
                         address.size() <= 254 &&
                         std::ranges::all_of(address, [](unsigned char c) { return c > ' ' && c != 0x7F && c != ','; });
  if (!plausible) return holon::invalid_argument("\"" + address + "\" is no mail address");
  return {};
}

holon::Result<Mail> mail_about(sqlite::Session& session, const std::string& order) {
  Mail mail;
  TRY(session.each(
      "select id, order_id, recipient, subject, text, sent_at from mail where order_id = ?",
      [&](const sqlite::Row& row) {
        mail.set_id(std::string(row.text(0)));
        mail.set_order_id(std::string(row.text(1)));
        mail.set_to(std::string(row.text(2)));
        mail.set_subject(std::string(row.text(3)));
        mail.set_text(std::string(row.text(4)));
        mail.set_sent_at(row.number(5));
      },
      order));
  if (mail.id().empty()) return holon::not_found("there is no mail about order " + order);
  return mail;
}

}  // namespace

holon::Result<void> EmailService::start(holon::Call&) {
  database_ = TRY(sqlite::Database::open(folder_ / "email.db", schema));
  return {};
}

holon::Result<SendOrderConfirmationReply> EmailService::SendOrderConfirmation(
    holon::Call& call, const SendOrderConfirmationRequest& request) {
  TRY(check_recipient(request.email()));
  const Order& order = request.order();
  if (order.id().empty()) return holon::invalid_argument("order.id is empty");
  Mail mail = TRY(database_->write([&](sqlite::Session& session) -> holon::Result<Mail> {
    TRY(session.run("insert or ignore into mail (id, order_id, recipient, subject, text, sent_at) "
                    "values (?, ?, ?, ?, ?, unixepoch())",
                    "m-" + random_token(16), order.id(), request.email(), "Your order " + order.id(),
                    confirmation_text(order)));
    return mail_about(session, order.id());
  }));
  holon::log::info(call, "order confirmed by mail", {{"order", order.id()}, {"mail", mail.id()}});
  SendOrderConfirmationReply reply;
  reply.set_mail_id(mail.id());
  return reply;
}

holon::Result<Mail> EmailService::GetMail(holon::Call&, const GetMailRequest& request) {
  return database_->read([&](sqlite::Session& session) { return mail_about(session, request.order_id()); });
}

}  // namespace shop
