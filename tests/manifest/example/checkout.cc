// Answers with its configuration.
#include "example/checkout.holon.h"
#include "holon/service.h"
#include "holon/wiring.h"

class Checkout final : public manifest::Checkout::Service {
 public:
  explicit Checkout(holon::Wiring& wiring) : config_(wiring.config<manifest::CheckoutConfig>()) {}

  holon::Result<manifest::CheckoutConfig> Show(holon::Call&, const manifest::ShowRequest&) override { return config_; }

 private:
  const manifest::CheckoutConfig config_;
};

int main(int argc, char** argv) { return holon::serve<Checkout>(argc, argv); }
