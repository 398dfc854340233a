// Service: what every generated `X::Service` is, and `serve`, the whole main() of a program.
//
//   int main(int argc, char** argv) { return holon::serve<Cart, Payment, Checkout>(argc, argv); }
//
// There is one object of a service per host. Its constructor takes nothing or a `holon::Wiring&` and only wires; I/O goes
// into `start`. Handlers run on all loops in parallel, so state is guarded by a std::mutex (never held across a
// suspension) or a holon::Mutex.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <vector>

#include "holon/call.h"
#include "holon/result.h"

namespace holon {

class Wiring;

namespace internal {
struct ServiceInfo;
}

class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  /// Runs once, when all services of the host are wired and before the first call. An error keeps the host from starting.
  virtual Result<void> start(Call&) { return {}; }
  /// Runs once, after the last call; `call` ends with the host's drain time.
  virtual Result<void> stop(Call&) { return {}; }
};

namespace internal {

/// How a program makes one of its services. `info` is the contract's table.
struct ServiceFactory {
  const ServiceInfo* info;
  std::function<std::unique_ptr<Service>(Wiring&)> make;
};

template <class S>
ServiceFactory factory_of() {
  static_assert(std::is_base_of_v<Service, S>, "a program is a list of services: classes that derive from X::Service");
  return {&S::Service::contract_info(), [](Wiring& wiring) -> std::unique_ptr<Service> {
            if constexpr (std::is_constructible_v<S, Wiring&>) {
              return std::make_unique<S>(wiring);
            } else {
              static_assert(std::is_default_constructible_v<S>, "a service is constructed with nothing or a holon::Wiring&");
              return std::make_unique<S>();
            }
          }};
}

int serve_program(int argc, char** argv, std::vector<ServiceFactory> services);

}  // namespace internal

/// Runs a program of these services until it is told to stop (SIGTERM, SIGINT), and gives its exit code. Understands
/// `--help`, `--holon-manifest` and what `holon up` passes to a host.
template <class... S>
int serve(int argc, char** argv) {
  return internal::serve_program(argc, argv, {internal::factory_of<S>()...});
}

}  // namespace holon
