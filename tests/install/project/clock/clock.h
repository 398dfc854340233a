#pragma once

#include "clock/clock.holon.h"

class Clock final : public town::Clock::Service {
 public:
  holon::Result<town::Time> Now(holon::Call& call, const town::NowRequest& request) override;
};
