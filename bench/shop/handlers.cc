// What the shop's handlers take by themselves: all services in this one process, the shopper's pages as plain calls.
//   shop_handlers PAGES
#include <time.h>

#include <cstdio>
#include <cstdlib>

#include "holon/testing.h"
#include "rpc/meter.h"
#include "shop/pages.h"
#include "shop/services.h"

namespace {

std::uint64_t calls_so_far(const holon::testing::Host& host) {
  std::uint64_t calls = 0;
  for (const auto& service : bench::shop_services()) {
    for (const auto& method : service.info->methods) calls += host.calls(method.name);
  }
  return calls;
}

std::int64_t thread_cpu_ns() {
  timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned count = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1000;
  holon::testing::Host host;
  const auto frontend = bench::serve_shop(host);
  bench::Pages pages(frontend);
  holon::Call& call = host.call(std::chrono::minutes(5));
  if (const auto looked = pages.look_around(call); !looked.ok()) bench::give_up(looked.error().to_string());
  std::int64_t cpu = 0;
  std::uint64_t calls = 0;
  for (unsigned turn = 0; turn < 2 * count; ++turn) {
    if (turn == count) {  // the first half warms up
      cpu = thread_cpu_ns();
      calls = calls_so_far(host);
    }
    if (const auto page = pages.visit(call, turn); !page.ok()) bench::give_up(page.error().to_string());
  }
  std::printf(R"({"cpu_us":%.3f,"calls":%.3f})" "\n", static_cast<double>(thread_cpu_ns() - cpu) / count / 1e3,
              static_cast<double>(calls_so_far(host) - calls) / count);
}
