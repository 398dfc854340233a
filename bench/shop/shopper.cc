// Visits the pages of a frontend in a closed loop, over gRPC: the same client for holon's shop and for the one on grpc++, so
// that only the servers differ.
#include "holon/client.h"
#include "holon/task.h"
#include "rpc/meter.h"
#include "shop/pages.h"

namespace {

holon::Result<void> shop_on(holon::Call& call, const bench::Pages& pages, bench::Meter& meter) {
  unsigned turn = 0;
  std::int64_t began = bench::Meter::now();
  do {
    HOLON_TRY(pages.visit(call, turn++));
  } while (meter.goes_on_after(began));
  return {};
}

void must(const holon::Result<void>& result) {
  if (!result.ok()) bench::give_up(result.error().to_string());
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv);
  holon::Client client(load.address);
  holon::Ref<shop::Frontend> frontend(client);
  auto call = client.call(std::chrono::minutes(2));
  bench::Pages pages(frontend);
  must(pages.look_around(*call));

  bench::Meter meter(load);
  std::vector<holon::Task<void>> tasks;
  holon::TaskGroup group(*call);
  for (int i = 0; i < load.in_flight; ++i) {
    tasks.push_back(group.spawn([&](holon::Call& branch) { return shop_on(branch, pages, meter); }));
  }
  for (auto& task : tasks) must(task.get());
  meter.report(0);
}
