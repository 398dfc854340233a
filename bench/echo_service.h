// The echo as a service of holon.
#pragma once

#include "echo.holon.h"
#include "payload.h"

namespace bench {

class EchoService final : public Echo::Service {
 public:
  holon::Result<EchoMessage> Echo(holon::Call&, const EchoMessage& request) override { return echoed(request); }
};

}  // namespace bench
