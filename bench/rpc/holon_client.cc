// A load on one thread, as a holon program makes it: fibers, each calling through a Ref.
//   --kind=echo|work|stream  --payload=BYTES  --work=ROUNDS  --rate=CALLS (a second: an open loop)  --roots=FILE (for tls:)
#include <vector>

#include "echo.holon.h"
#include "holon/client.h"
#include "holon/task.h"
#include "payload.h"
#include "rpc/meter.h"

namespace {

using bench::EchoMessage;
using bench::Load;
using bench::Meter;
using EchoRef = holon::Ref<bench::Echo>;

// What the handler costs by itself: so that a cheap one does not make the rest look good.
double handler_cpu_us(const EchoMessage& request) {
  const int rounds = request.ByteSizeLong() > 10'000 ? 200 : 200'000;
  const std::int64_t began = Meter::now();
  std::int64_t sum = 0;
  for (int i = 0; i < rounds; ++i) sum += bench::echoed(request).id();
  if (sum == 0) bench::give_up("a wrong echo");
  return static_cast<double>(Meter::now() - began) / rounds / 1e3;
}

holon::Result<void> check(const EchoMessage& request, const EchoMessage& reply) {
  return reply.id() == request.id() + 1 ? holon::Result<void>() : holon::internal_error("a wrong echo");
}

holon::Result<void> closed_loop(holon::Call& call, const EchoRef& echo, const EchoMessage& request, bool work, Meter& meter) {
  std::int64_t began = Meter::now();
  do {
    const EchoMessage reply = HOLON_TRY(work ? echo->Work(call, request) : echo->Echo(call, request));
    HOLON_TRY(check(request, reply));
  } while (meter.goes_on_after(began));
  return {};
}

// One of the places for calls under way: takes an arrival, awaits it, and calls.
holon::Result<void> open_loop(holon::Call& call, const EchoRef& echo, const EchoMessage& request, bench::Arrivals& arrivals,
                              Meter& meter) {
  while (auto at = arrivals.next()) {
    const std::int64_t wait = *at - Meter::now();
    if (wait > 0) HOLON_TRY(holon::sleep(call, std::chrono::nanoseconds(wait)));
    const EchoMessage reply = HOLON_TRY(echo->Echo(call, request));
    HOLON_TRY(check(request, reply));
    meter.goes_on_after(*at);
  }
  return {};
}

holon::Result<void> stream(holon::Call& call, const EchoRef& echo, const EchoMessage& request, Meter& meter) {
  holon::Reader<EchoMessage> replies = echo->Repeat(call, request);
  std::int64_t began = Meter::now();
  do {
    const auto reply = HOLON_TRY(replies.next());
    if (!reply || reply->id() != request.id()) return holon::internal_error("a wrong message");
  } while (meter.goes_on_after(began));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const Load load = bench::load_of(argc, argv, {"kind", "payload", "work", "rate", "roots"});
  const std::string kind = load.text("kind", "echo");
  EchoMessage request = bench::message_of(static_cast<std::size_t>(load.number("payload", 100)));
  const double handler_us = handler_cpu_us(request);
  if (kind == "stream") request.set_id(INT64_MAX);
  if (kind == "work") request.set_id(static_cast<std::int64_t>(load.number("work", 100'000)));
  holon::ClientOptions options;
  options.tls.roots = load.text("roots", "");
  holon::Client client(load.address, options);
  EchoRef echo(client);
  auto call = client.call(std::chrono::minutes(1));
  Meter meter(load);
  bench::Arrivals arrivals(load);
  auto place = [&](holon::Call& branch) {
    if (kind == "stream") return stream(branch, echo, request, meter);
    if (load.number("rate", 0) > 0) return open_loop(branch, echo, request, arrivals, meter);
    return closed_loop(branch, echo, request, kind == "work", meter);
  };
  {
    std::vector<holon::Task<void>> tasks;
    holon::TaskGroup group(*call);
    for (int i = 0; i < load.in_flight; ++i) tasks.push_back(group.spawn(place));
    for (auto& task : tasks) {
      if (const auto done = task.get(); !done.ok()) bench::give_up(done.error().to_string());
    }
  }
  meter.report(handler_us);
}
