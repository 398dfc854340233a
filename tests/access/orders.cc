#include "holon/service.h"
#include "holon/wiring.h"
#include "orders.holon.h"

namespace {

class Orders final : public orders::Orders::Service {
 public:
  explicit Orders(holon::Wiring& wiring) : ledger_(wiring) {}

  holon::Result<orders::Person> WhoAmI(holon::Call& call, const orders::Question&) override {
    orders::Person person;
    person.set_subject(call.claims().subject());
    person.set_claims(std::string(call.claims().json()));
    for (const auto& [name, value] : call.metadata()) person.mutable_metadata()->append(name + " ");
    return person;
  }

  holon::Result<orders::Receipt> PlaceOrder(holon::Call& call, const orders::Order& order) override {
    if (call.claims().has("realm.roles", "chef")) return holon::permission_denied("chefs cook, and order nothing");
    return ledger_->Enter(call, order);
  }

 private:
  holon::Ref<orders::Ledger> ledger_;
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Orders>(argc, argv); }
