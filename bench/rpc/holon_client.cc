// A closed loop of IN_FLIGHT calls on one thread, as a holon program makes them: fibers, each calling through a Ref.
#include <vector>

#include "echo.holon.h"
#include "holon/client.h"
#include "holon/task.h"
#include "payload.h"
#include "rpc/meter.h"

namespace {

using bench::EchoMessage;
using bench::Meter;

// What the handler costs by itself: so that a cheap one does not make the rest look good.
double handler_cpu_us() {
  constexpr int rounds = 200'000;
  EchoMessage message = bench::hundred_bytes();
  const std::int64_t began = Meter::now();
  for (int i = 0; i < rounds; ++i) message = bench::echoed(message);
  return static_cast<double>(Meter::now() - began) / rounds / 1e3;
}

holon::Result<void> call_on(holon::Call& call, const holon::Ref<bench::Echo>& echo, Meter& meter) {
  const EchoMessage request = bench::hundred_bytes();
  std::int64_t began = Meter::now();
  do {
    const EchoMessage reply = HOLON_TRY(echo->Echo(call, request));
    if (reply.id() != request.id() + 1) return holon::internal_error("a wrong echo");
  } while (meter.goes_on_after(began));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv);
  const double handler_us = handler_cpu_us();
  holon::Client client(load.address);
  holon::Ref<bench::Echo> echo(client);
  auto call = client.call(std::chrono::minutes(1));
  Meter meter(load);
  {
    std::vector<holon::Task<void>> tasks;
    holon::TaskGroup group(*call);
    for (int i = 0; i < load.in_flight; ++i) {
      tasks.push_back(group.spawn([&](holon::Call& branch) { return call_on(branch, echo, meter); }));
    }
    for (auto& task : tasks) {
      if (const auto done = task.get(); !done.ok()) bench::give_up(done.error().to_string());
    }
  }
  meter.report(handler_us);
}
