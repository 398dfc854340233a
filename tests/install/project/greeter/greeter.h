#pragma once

#include "clock/clock.holon.h"
#include "greeter/greeter.holon.h"
#include "holon/wiring.h"

namespace town {

class PoliteGreeter final : public Greeter::Service {
 public:
  explicit PoliteGreeter(holon::Wiring& wiring) : clock_(wiring) {}

  holon::Result<google::api::HttpBody> Greet(holon::Call& call, const GreetRequest& request) override;

 private:
  holon::Ref<Clock> clock_;
};

}  // namespace town
