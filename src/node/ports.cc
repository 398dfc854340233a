#include "node/ports.h"

namespace holon::node {
namespace {

constexpr int first_port = 20'000;
constexpr int port_count = 12'768;
constexpr int tries_max = 1'000;

}  // namespace

Result<env::Address> Ports::next(env::Environment& world, env::Reactor& reactor) {
  for (int tried = 0; tried < tries_max; ++tried) {
    const int port = first_port + static_cast<int>(world.random() % port_count);
    if (given_.contains(port)) continue;
    const env::Address address{.kind = env::Address::Kind::ip, .host = "127.0.0.1", .port = port};
    if (!reactor.listen(address).ok()) continue;
    given_.insert(port);
    return address;
  }
  return resource_exhausted("no free port between 20000 and 32767 was found on 127.0.0.1");
}

}  // namespace holon::node
