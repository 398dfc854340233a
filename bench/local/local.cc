// What a local call costs beside the virtual call it stands on: the same messages, the same handler, both interleaved.
//   bench_local ROUNDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "echo_service.h"
#include "holon/testing.h"

namespace {

using bench::EchoMessage;
constexpr int calls_per_round = 20'000;

// The time of one `call` in ns, as the mean of a round.
template <class F>
double time_round(F call) {
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < calls_per_round; ++i) call();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count() / calls_per_round;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// Keeps the compiler from knowing what class stands behind a pointer.
template <class T>
T* opaque(T* pointer) {
  asm volatile("" : "+r"(pointer));
  return pointer;
}

void must(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 101;
  holon::testing::Host host;
  const auto ref = host.serve<bench::EchoService>();
  bench::Echo::Service* raw = opaque<bench::Echo::Service>(&host.service<bench::EchoService>());
  holon::Call& call = host.call(std::chrono::hours(1));
  const EchoMessage request = bench::hundred_bytes();

  std::vector<double> through_ref, through_virtual, difference;
  for (int i = 0; i < rounds; ++i) {
    through_virtual.push_back(time_round([&] { must(raw->Echo(call, request)->id() != 0); }));
    through_ref.push_back(time_round([&] { must(ref->Echo(call, request)->id() != 0); }));
    difference.push_back(through_ref.back() - through_virtual.back());
  }
  std::printf(R"({"ref_ns":%.2f,"virtual_ns":%.2f,"overhead_ns":%.2f})" "\n", median(through_ref), median(through_virtual),
              median(difference));
}
