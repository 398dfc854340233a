// The email service: writes to customers. Mails stay in the outbox, email.db, where they can be read.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "email/email.holon.h"
#include "holon/wiring.h"
#include "sqlite/sqlite.h"

namespace shop {

class EmailService final : public Email::Service {
 public:
  explicit EmailService(holon::Wiring& wiring) : folder_(wiring.data_directory()) {}

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<SendOrderConfirmationReply> SendOrderConfirmation(holon::Call& call,
                                                                  const SendOrderConfirmationRequest& request) override;
  holon::Result<Mail> GetMail(holon::Call& call, const GetMailRequest& request) override;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<sqlite::Database> database_;
};

/// What a customer reads about their order: plain text, lines of at most 72 columns where the names allow it.
std::string confirmation_text(const Order& order);

}  // namespace shop
