#include "gateway/host.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "app/node_link.h"
#include "app/runtime.h"
#include "client/pool.h"
#include "env/disk.h"
#include "fiber/waiter.h"
#include "gateway/acceptor.h"
#include "gateway/arguments.h"
#include "gateway/remote.h"
#include "holon/log.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds longest_call{30};
constexpr std::chrono::seconds start_time_max{60};
constexpr std::chrono::seconds cut_off_time{1};  // for cancelled calls to return

unsigned loops_of(const Arguments& arguments) {
  return arguments.loops != 0 ? arguments.loops : std::max(1u, std::thread::hardware_concurrency());
}

/// The loops of a gateway and what runs on them.
class Host {
 public:
  Host(Arguments arguments, const Contracts& contracts)
      : arguments_(std::move(arguments)),
        runtime_(env::os(), loops_of(arguments_)),
        pools_(runtime_.all()),
        remote_(pools_, contracts),
        gateway_(contracts, remote_, longest_call) {}

  /// Until a signal. False if calls were cut off.
  Result<bool> run();

 private:
  struct Door {
    fiber::Loop& loop;
    std::unique_ptr<Acceptor> acceptor;
  };

  Result<void> listen(const env::Address& address);
  Result<void> live();
  void close_doors();
  bool doors_closed(env::Time until);

  Arguments arguments_;
  app::Runtime runtime_;
  client::Pools pools_;
  Remote remote_;
  Gateway gateway_;
  std::vector<std::unique_ptr<env::Listener>> opened_;  ///< where no descriptor was given
  std::vector<Door> doors_;
  std::size_t open_doors_ = 0;
  fiber::Waiter door_closed_;
  internal::RootCall starting_{env::os().now() + start_time_max};
  fiber::Waiter stop_;
  bool stopping_ = false;
  bool clean_ = true;
};

Result<void> Host::listen(const env::Address& address) {
  int descriptor = address.port;
  if (address.kind != env::Address::Kind::descriptor) {
    std::unique_ptr<env::Listener> opened = HOLON_TRY(runtime_.main().reactor().listen(address));
    descriptor = opened->descriptor();
    opened_.push_back(std::move(opened));
  }
  for (fiber::Loop* loop : runtime_.all()) {
    std::unique_ptr<env::Listener> listener = HOLON_TRY(loop->reactor().adopt(descriptor));
    doors_.push_back({*loop, std::make_unique<Acceptor>(*loop, gateway_, Limits(), std::move(listener))});
  }
  return {};
}

Result<bool> Host::run() {
  HOLON_TRY(runtime_.main().reactor().watch_signals({SIGTERM, SIGINT}, [this](int) {
    if (std::exchange(stopping_, true)) std::_Exit(130);  // told twice: at once
    starting_.cancel();
    stop_.wake();
  }));
  for (const env::Address& address : arguments_.listen) HOLON_TRY(listen(address));
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

/// On a fiber of the first loop.
Result<void> Host::live() {
  client::Endpoints unknown;
  unknown.may_grow = true;  // a call that comes before the first directory waits for it
  pools_.update(std::move(unknown));
  app::NodeLink node(runtime_.main(), arguments_.node, arguments_.host, {}, pools_);
  Result<void> up = node.attached(starting_);
  if (up.ok()) up = node.ready(starting_);
  if (up.ok()) stop_.wait();
  close_doors();
  if (stopping_) return {};
  return up;
}

void Host::close_doors() {
  open_doors_ = doors_.size();
  for (Door& door : doors_) {
    door.loop.post([this, &door] {
      door.acceptor->drain([this] {
        runtime_.main().post([this] {
          --open_doors_;
          door_closed_.wake();
        });
      });
    });
  }
  clean_ = doors_closed(env::os().now() + arguments_.drain);
  if (clean_) return;
  log::write(log::Level::warning, "the drain time is over; what is under way is cancelled");
  for (Door& door : doors_) door.loop.post([&door] { door.acceptor->cut_off(); });
  if (!doors_closed(env::os().now() + cut_off_time)) std::_Exit(1);  // a call ignores that it was cancelled
}

bool Host::doors_closed(env::Time until) {
  while (open_doors_ > 0) {
    if (door_closed_.wait(until) == fiber::Wake::late) return false;
  }
  return true;
}

Result<bool> run(int argc, char** argv) {
  const Arguments arguments = HOLON_TRY(parse_arguments(argc, argv));
  node::v1::Manifest manifest;
  const std::string bytes = HOLON_TRY(env::os().disk().read(arguments.contracts));
  if (!manifest.ParseFromString(bytes)) return invalid_argument(arguments.contracts + " is no holon.node.v1.Manifest");
  const Contracts contracts = HOLON_TRY(Contracts::load(manifest));
  return Host(arguments, contracts).run();
}

}  // namespace

int run_gateway_host(int argc, char** argv) {
  const Result<bool> clean = run(argc, argv);
  if (!clean.ok()) {
    std::fprintf(stderr, "gateway: %s\n", clean.error().message().c_str());
    return 2;
  }
  return *clean ? 0 : 1;
}

}  // namespace holon::gateway
