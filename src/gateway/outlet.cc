#include "gateway/outlet.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
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
#include "gateway/mesh_door.h"
#include "server/server.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds outlet_start_time_max{60};

class OutletHost {
 public:
  OutletHost(Arguments arguments, const Contracts& contracts)
      : arguments_(std::move(arguments)),
        contracts_(contracts),
        runtime_(env::os(), std::max(1u, arguments_.loops)),
        pools_(runtime_.all(), arguments_.limits.client),
        counted_(env::os(), arguments_.host, &pools_) {}

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
      doors_.push_back(HOLON_TRY(MeshDoor::make(caller, {env::os(), runtime_.all(), pools_, contracts_})));
      HOLON_TRY(doors_.back()->listen());
    }
    own_router_.add(node::v1::Host::info(), counted_, server::Standing::own);
    own_router_.add(grpc::health::v1::Health::info(), health_, server::Standing::own);
    own_ = std::make_unique<server::Server>(own_router_, std::vector<fiber::Loop*>{&runtime_.main()});
    if (arguments_.own) HOLON_TRY(own_->listen(*arguments_.own));
    return {};
  }

  /// On a fiber of the first loop.
  Result<void> live() {
    client::Endpoints unknown;
    unknown.may_grow = true;  // a call that comes before the first directory waits for it
    pools_.update(std::move(unknown));
    std::shared_ptr<crypto::ClientTls> tls = HOLON_TRY(arguments_.identity.load(env::os()));
    app::NodeLink node(runtime_.main(), arguments_.node, arguments_.host, {}, pools_, std::move(tls));
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
    for (const auto& door : doors_) door->drain(deadline);
    clean_ = env::os().now() < deadline;
    own_->drain(env::os().now());
  }

  Arguments arguments_;
  const Contracts& contracts_;
  app::Runtime runtime_;
  client::Pools pools_;
  std::vector<std::unique_ptr<MeshDoor>> doors_;
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
