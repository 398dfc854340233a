#include "holon/service.h"
#include "orders.holon.h"

namespace {

class Ledger final : public orders::Ledger::Service {
 public:
  holon::Result<orders::Receipt> Enter(holon::Call& call, const orders::Order& order) override {
    orders::Receipt receipt;
    receipt.set_text(order.text());
    receipt.set_entered_for(call.claims().subject());
    return receipt;
  }
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Ledger>(argc, argv); }
