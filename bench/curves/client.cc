// A closed loop whose calls go round: services, connections, and endpoints among which the balancer chooses.
//   --services=N  --connections=N (to each endpoint)  --endpoints=N (ADDRESS0, ADDRESS1, …)
#include <algorithm>
#include <deque>

#include "app/assembly.h"
#include "client/pool.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "holon/task.h"
#include "rpc/meter.h"
#include "curves/numbered.h"

namespace {

/// Calls with connections of its own: to each endpoint one.
struct Caller {
  Caller(holon::fiber::Loop& loop, const holon::client::Endpoints& endpoints, const std::deque<bench::Numbered>& services)
      : pools({&loop}) {
    pools.update(endpoints);
    for (const auto& service : services) clients.emplace_back(refs.bind_outsider(service.info()));
  }

  holon::client::Pools pools;
  holon::app::Assembly refs{{}, &pools};
  std::vector<bench::Echo::Client> clients;
};

holon::client::Endpoints endpoints_of(const bench::Load& load) {
  holon::client::Endpoints endpoints;
  for (int i = 0; i < static_cast<int>(load.number("endpoints", 1)); ++i) {
    auto endpoint = holon::client::Endpoint::parse(load.address + std::to_string(i));
    if (!endpoint.ok()) bench::give_up(endpoint.error().to_string());
    endpoints.everything.push_back(*endpoint);
  }
  return endpoints;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Load load = bench::load_of(argc, argv, {"services", "connections", "endpoints"});
  holon::fiber::Loop loop(holon::env::os(), 0);
  const auto services = bench::numbered_services(static_cast<int>(load.number("services", 1)));
  const holon::client::Endpoints endpoints = endpoints_of(load);
  std::deque<Caller> callers;
  for (int i = 0; i < static_cast<int>(load.number("connections", 1)); ++i) callers.emplace_back(loop, endpoints, services);

  const bench::EchoMessage request = bench::hundred_bytes();
  std::size_t turn = 0;
  // In each of the places, calls as long as `goes_on` says so.
  auto run = [&](auto goes_on) {
    holon::internal::RootCall call(loop.environment().now() + std::chrono::minutes(1));
    std::vector<holon::Task<void>> tasks;
    holon::TaskGroup group(call);
    for (int i = 0; i < load.in_flight; ++i) {
      tasks.push_back(group.spawn([&](holon::Call& branch) -> holon::Result<void> {
        std::int64_t began = bench::Meter::now();
        do {
          const std::size_t mine = turn++;
          const Caller& caller = callers[mine % callers.size()];
          HOLON_TRY(caller.clients[mine % caller.clients.size()].Echo(branch, request));
        } while (goes_on(began));
        return {};
      }));
    }
    for (auto& task : tasks) {
      if (const auto done = task.get(); !done.ok()) bench::give_up(done.error().to_string());
    }
  };
  // All are met before anything counts. Endpoints are chosen at random: after 8 calls for each, 1 in 3,000 is not.
  const std::size_t first_calls = std::max({callers.size(), 8 * endpoints.everything.size(), services.size()});
  run([&](std::int64_t&) { return turn < first_calls; });
  bench::Meter meter(load);
  run([&](std::int64_t& began) { return meter.goes_on_after(began); });
  meter.report(0);
}
