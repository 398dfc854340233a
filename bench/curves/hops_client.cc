// A closed loop of calls that go through so many services in a row.
//   --hops=N
#include <string>
#include <vector>

#include "curves/hops.holon.h"
#include "holon/client.h"
#include "holon/task.h"
#include "holon/try.h"
#include "rpc/meter.h"

namespace {

using bench::Meter;
using holon::Result;

Result<void> go_again_and_again(holon::Call& call, const holon::Ref<bench::Hop1>& first, const bench::Way& way, Meter& meter) {
  std::int64_t began = Meter::now();
  do {
    const bench::Way reply = TRY(first->Go(call, way));
    if (reply.hops() != 1) return holon::internal_error("it came back from the wrong one");
  } while (meter.goes_on_after(began));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv, {"hops"});
  bench::Way way;
  way.set_hops(static_cast<int>(load.number("hops", 1)));
  way.set_payload(std::string(96, 'x'));
  holon::Client client(load.address);
  const holon::Ref<bench::Hop1> first(client);
  const auto call = client.call(std::chrono::minutes(1));
  Meter meter(load);
  {
    std::vector<holon::Task<void>> places;
    holon::TaskGroup group(*call);
    for (int i = 0; i < load.in_flight; ++i) {
      places.push_back(group.spawn([&](holon::Call& branch) { return go_again_and_again(branch, first, way, meter); }));
    }
    for (auto& place : places) {
      if (const auto done = place.get(); !done.ok()) bench::give_up(done.error().to_string());
    }
  }
  meter.report(0);
}
