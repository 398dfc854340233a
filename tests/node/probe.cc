// The program of the application `probe`. Its setting `trouble` makes it fail as programs do.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "holon/log.h"
#include "holon/service.h"
#include "holon/task.h"
#include "holon/wiring.h"
#include "probe.holon.h"

namespace {

/// About 20 MB/s on standard output, as long as the process lives.
void flood() {
  const std::string line = "all work and no play makes jack a dull boy " + std::string(150, '.') + "\n";
  std::string piece;
  while (piece.size() < 200'000) piece += line;
  for (;;) {
    if (::write(STDOUT_FILENO, piece.data(), piece.size()) < 0) return;
    ::usleep(10'000);
  }
}

class Echo final : public probe::Echo::Service {
 public:
  explicit Echo(holon::Wiring& wiring)
      : greeting_(wiring.setting("greeting", "hello")), trouble_(wiring.setting("trouble", "")) {}

  holon::Result<void> start(holon::Call&) override {
    if (trouble_ == "exit") {
      std::fputs("the cellar is flooded\n", stderr);
      std::_Exit(3);
    }
    if (trouble_ == "flood") std::thread(flood).detach();
    return {};
  }

  holon::Result<void> stop(holon::Call&) override {
    while (trouble_ == "lingers") ::pause();
    return {};
  }

  holon::Result<probe::SayReply> Say(holon::Call& call, const probe::SayRequest& request) override {
    if (request.wait_ms() > 0) {
      std::fputs("taking my time\n", stderr);
      HOLON_TRY(holon::sleep(call, std::chrono::milliseconds(request.wait_ms())));
    }
    if (trouble_ == "talks") holon::log::info(call, "somebody asked", {{"text", request.text()}});
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
