// The payment service: checks cards, and keeps what was charged and given back in payment.db.
#pragma once

#include <filesystem>
#include <memory>

#include "holon/wiring.h"
#include "payment/payment.holon.h"
#include "sqlite/sqlite.h"

namespace shop {

class PaymentService final : public Payment::Service {
 public:
  explicit PaymentService(holon::Wiring& wiring) : folder_(wiring.data_directory()) {}

  holon::Result<void> start(holon::Call& call) override;
  holon::Result<ChargeReply> Charge(holon::Call& call, const ChargeRequest& request) override;
  holon::Result<RefundReply> Refund(holon::Call& call, const RefundRequest& request) override;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<sqlite::Database> database_;
};

}  // namespace shop
