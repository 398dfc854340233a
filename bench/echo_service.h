// The echo as a service of holon.
#pragma once

#include <chrono>

#include "echo.holon.h"
#include "holon/task.h"
#include "payload.h"

namespace bench {

class EchoService final : public Echo::Service {
 public:
  holon::Result<EchoMessage> Echo(holon::Call&, const EchoMessage& request) override { return echoed(request); }

  holon::Result<void> Repeat(holon::Call&, const EchoMessage& request, holon::Writer<EchoMessage>& out) override {
    for (std::int64_t i = 0; i < request.id(); ++i) HOLON_TRY(out.write(request));
    return {};
  }

  holon::Result<EchoMessage> Work(holon::Call&, const EchoMessage& request) override {
    EchoMessage reply = echoed(request);
    reply.set_payload(std::to_string(worked(request.id())));
    return reply;
  }

  holon::Result<EchoMessage> Wait(holon::Call& call, const EchoMessage& request) override {
    HOLON_TRY(holon::sleep(call, std::chrono::hours(24)));
    return echoed(request);
  }
};

}  // namespace bench
