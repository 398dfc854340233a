#include "gateway/outlet.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "app/health.h"
#include "app/node_link.h"
#include "app/runtime.h"
#include "app/snapshot.h"
#include "client/pool.h"
#include "fiber/waiter.h"
#include "gateway/arguments.h"
#include "gateway/contracts.h"
#include "gateway/door.h"
#include "gateway/grpc/pass_through.h"
#include "gateway/remote.h"
#include "server/server.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds outlet_start_time_max{60};

constexpr std::size_t http_connections_max = 10'000;  // all come from one address

/// What one caller calls services by gRPC by.
struct GrpcDoor {
  GrpcDoor(const app::Runtime& runtime, client::Pools& pools, const Contracts& contracts, const std::string& caller)
      : remote(pools, contracts, caller), calls(contracts, remote, nullptr), server(calls.router(), runtime.all()) {}

  Remote remote;
  PassThrough calls;
  server::Server server;
};

/// A gateway with one route. It believes what its caller says of whom it asks for, and bounds times and bodies as streams are: the
/// caller has its own patience.
Config http_door(const Arguments::Caller& caller) {
  Config config;
  config.listen = {{.address = caller.door.to_string()}};
  config.trusted_proxies = {"127.0.0.0/8", "::1", "unix"};
  config.access_log.format = AccessLogConfig::Format::off;
  config.compression.enabled = false;
  config.limits.request_time = config.limits.stream_time;
  config.limits.body_bytes_max = std::numeric_limits<std::int64_t>::max();
  config.limits.connections_max = config.limits.connections_per_peer_max = config.limits.requests_max = http_connections_max;
  config.routes = {{.name = caller.service, .target = ToHttp{.service = caller.service, .caller = caller.name}}};
  return config;
}

class OutletHost {
 public:
  OutletHost(Arguments arguments, const Contracts& contracts)
      : arguments_(std::move(arguments)),
        contracts_(contracts),
        runtime_(env::os(), std::max(1u, arguments_.loops)),
        pools_(runtime_.all()),
        counted_(env::os(), arguments_.host) {}

  /// Until a signal. False if calls were cut off.
  Result<bool> run() {
    HOLON_TRY(runtime_.main().reactor().watch_signals({SIGTERM, SIGINT}, [this](int) { on_signal(); }));
    HOLON_TRY(open());
    runtime_.start();
    Result<void> lived;
    runtime_.main().spawn([&] {
      lived = live();
      runtime_.main().stop();
    });
    runtime_.main().run();
    runtime_.stop();
    if (!lived.ok()) return lived.error();
    return clean_;
  }

 private:
  void on_signal() {
    if (std::exchange(stopping_, true)) std::_Exit(130);  // told twice: at once
    starting_.cancel();
    stop_.wake();
  }

  Result<void> open() {
    for (const Arguments::Caller& caller : arguments_.callers) {
      HOLON_TRY(caller.service.empty() ? open_grpc(caller) : open_http(caller));
    }
    own_router_.add(node::v1::Host::info(), counted_, server::Standing::own);
    own_router_.add(grpc::health::v1::Health::info(), health_, server::Standing::own);
    own_ = std::make_unique<server::Server>(own_router_, std::vector<fiber::Loop*>{&runtime_.main()});
    if (arguments_.own) HOLON_TRY(own_->listen(*arguments_.own));
    return {};
  }

  Result<void> open_grpc(const Arguments::Caller& caller) {
    grpc_doors_.push_back(std::make_unique<GrpcDoor>(runtime_, pools_, contracts_, caller.name));
    HOLON_TRY(grpc_doors_.back()->server.listen(caller.door));
    return {};
  }

  Result<void> open_http(const Arguments::Caller& caller) {
    http_doors_.push_back(HOLON_TRY(Door::make(http_door(caller), {env::os(), runtime_.all(), pools_, no_contracts_})));
    return http_doors_.back()->listen({caller.door});
  }

  /// On a fiber of the first loop.
  Result<void> live() {
    client::Endpoints unknown;
    unknown.may_grow = true;  // a call that comes before the first directory waits for it
    pools_.update(std::move(unknown));
    app::NodeLink node(runtime_.main(), arguments_.node, arguments_.host, {}, pools_);
    Result<void> up = node.attached(starting_);
    if (up.ok()) up = node.ready(starting_);
    if (up.ok()) {
      health_.set("", app::Health::Status::serving);
      stop_.wait();
    }
    close();
    if (stopping_) return {};
    return up;
  }

  void close() {
    const env::Time deadline = env::os().now() + arguments_.drain;
    health_.shut_down();
    for (const auto& door : grpc_doors_) door->calls.shut_down();
    for (const auto& door : grpc_doors_) door->server.drain(deadline);
    for (const auto& door : http_doors_) door->drain(deadline);
    clean_ = env::os().now() < deadline;
    own_->drain(env::os().now());
  }

  Arguments arguments_;
  const Contracts& contracts_;
  const Contracts no_contracts_ = Contracts::load({}).value();  ///< of HTTP doors
  app::Runtime runtime_;
  client::Pools pools_;
  std::vector<std::unique_ptr<GrpcDoor>> grpc_doors_;
  std::vector<std::unique_ptr<Door>> http_doors_;
  app::HostService counted_;
  app::Health health_;
  server::Router own_router_;
  std::unique_ptr<server::Server> own_;
  internal::RootCall starting_{env::os().now() + outlet_start_time_max};
  fiber::Waiter stop_;
  bool stopping_ = false;
  bool clean_ = true;
};

Result<bool> run_outlet(int argc, char** argv) {
  const Arguments arguments = HOLON_TRY(parse_arguments(argc, argv));
  const Contracts contracts = HOLON_TRY(read_contracts(arguments));
  return OutletHost(arguments, contracts).run();
}

}  // namespace

int run_outlet_host(int argc, char** argv) {
  return exit_code("outlet", run_outlet(argc, argv));
}

}  // namespace holon::gateway
