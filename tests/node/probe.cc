// The program of the application `probe`. Its setting `trouble` makes it fail as programs do.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/wiring.h"
#include "probe.holon.h"

namespace {

class Echo final : public probe::Echo::Service {
 public:
  explicit Echo(holon::Wiring& wiring)
      : greeting_(wiring.setting("greeting", "hello")), trouble_(wiring.setting("trouble", "")) {}

  holon::Result<void> start(holon::Call&) override {
    if (trouble_ == "exit") {
      std::fputs("the cellar is flooded\n", stderr);
      std::_Exit(3);
    }
    return {};
  }

  holon::Result<probe::SayReply> Say(holon::Call& call, const probe::SayRequest& request) override {
    if (request.wait_ms() > 0) {
      std::fputs("taking my time\n", stderr);
      HOLON_TRY(holon::sleep(call, std::chrono::milliseconds(request.wait_ms())));
    }
    probe::SayReply reply;
    reply.set_text(request.text());
    reply.set_pid(::getpid());
    reply.set_greeting(greeting_);
    return reply;
  }

 private:
  std::string greeting_;
  std::string trouble_;
};

class Relay final : public probe::Relay::Service {
 public:
  explicit Relay(holon::Wiring& wiring) : echo_(wiring) {}

  holon::Result<probe::SayReply> Pass(holon::Call& call, const probe::SayRequest& request) override {
    return echo_->Say(call, request);
  }

 private:
  holon::Ref<probe::Echo> echo_;
};

}  // namespace

int main(int argc, char** argv) { return holon::serve<Echo, Relay>(argc, argv); }
