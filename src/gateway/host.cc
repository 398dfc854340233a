#include "gateway/host.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "client/pool.h"
#include "env/disk.h"
#include "fiber/waiter.h"
#include "gateway/acceptor.h"
#include "gateway/arguments.h"
#include "gateway/attachment.h"
#include "gateway/remote.h"
#include "holon/log.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds longest_call{30};
constexpr std::chrono::seconds cut_off_time{1};  // for cancelled calls to return

std::vector<std::unique_ptr<fiber::Loop>> make_loops(unsigned count) {
  if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::unique_ptr<fiber::Loop>> loops;
  for (unsigned i = 0; i < count; ++i) loops.push_back(std::make_unique<fiber::Loop>(env::os(), i));
  return loops;
}

std::vector<fiber::Loop*> pointers(const std::vector<std::unique_ptr<fiber::Loop>>& loops) {
  std::vector<fiber::Loop*> all;
  for (const auto& loop : loops) all.push_back(loop.get());
  return all;
}

/// The loops of a gateway and what runs on them. The first one is the main thread's.
class Host {
 public:
  Host(const Arguments& arguments, const Contracts& contracts)
      : drain_time_(arguments.drain),
        loops_(make_loops(arguments.loops)),
        pools_(pointers(loops_)),
        remote_(pools_, contracts),
        gateway_(contracts, remote_, longest_call),
        attachment_(*loops_[0], arguments.node, arguments.host, pools_) {}

  Result<void> listen(const env::Address& address);
  /// Until a signal. False if calls had to be left behind.
  Result<bool> run();

 private:
  void stop();
  bool drained(env::Time until);

  std::chrono::nanoseconds drain_time_;
  std::vector<std::unique_ptr<fiber::Loop>> loops_;
  client::Pools pools_;
  Remote remote_;
  Gateway gateway_;
  Attachment attachment_;
  struct Door {
    fiber::Loop& loop;
    std::unique_ptr<Acceptor> acceptor;
  };
  std::vector<std::unique_ptr<env::Listener>> opened_;  ///< where no descriptor was given
  std::vector<Door> doors_;
  std::size_t open_doors_ = 0;
  fiber::Waiter* closing_ = nullptr;
  bool stopping_ = false;
  bool clean_ = true;
};

Result<void> Host::listen(const env::Address& address) {
  env::Reactor& reactor = loops_[0]->reactor();
  int descriptor = address.port;
  if (address.kind != env::Address::Kind::descriptor) {
    std::unique_ptr<env::Listener> opened = HOLON_TRY(reactor.listen(address));
    opened_.push_back(std::move(opened));
    descriptor = opened_.back()->descriptor();
  }
  for (const auto& loop : loops_) {
    std::unique_ptr<env::Listener> listener = HOLON_TRY(loop->reactor().adopt(descriptor));
    doors_.push_back({*loop, std::make_unique<Acceptor>(*loop, gateway_, Limits(), std::move(listener))});
  }
  return {};
}

Result<bool> Host::run() {
  HOLON_TRY(loops_[0]->reactor().watch_signals({SIGTERM, SIGINT}, [this](int) {
    if (!std::exchange(stopping_, true)) loops_[0]->spawn([this] { stop(); });
  }));
  attachment_.start();
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < loops_.size(); ++i) threads.emplace_back([this, i] { loops_[i]->run(); });
  loops_[0]->run();
  for (std::thread& thread : threads) thread.join();
  return clean_;
}

/// On a fiber of the first loop.
void Host::stop() {
  open_doors_ = doors_.size();
  for (Door& door : doors_) {
    door.loop.post([this, &door] {
      door.acceptor->drain([this] {
        loops_[0]->post([this] {
          --open_doors_;
          if (closing_ != nullptr) closing_->wake();
        });
      });
    });
  }
  clean_ = drained(loops_[0]->now() + drain_time_);
  if (!clean_) {
    log::write(log::Level::warning, "the drain time is over; what is under way is cancelled");
    for (Door& door : doors_) door.loop.post([&door] { door.acceptor->cut_off(); });
    if (!drained(loops_[0]->now() + cut_off_time)) std::_Exit(1);  // a call ignores that it was cancelled
  }
  attachment_.stop();
  for (const auto& loop : loops_) loop->stop();
}

bool Host::drained(env::Time until) {
  while (open_doors_ > 0) {
    fiber::Waiter waiter;
    closing_ = &waiter;
    const fiber::Wake how = waiter.wait(until);
    closing_ = nullptr;
    if (how == fiber::Wake::late) return false;
  }
  return true;
}

Result<bool> run(int argc, char** argv) {
  const Arguments arguments = HOLON_TRY(parse_arguments(argc, argv));
  node::v1::Manifest manifest;
  const std::string bytes = HOLON_TRY(env::os().disk().read(arguments.contracts));
  if (!manifest.ParseFromString(bytes)) return invalid_argument(arguments.contracts + " is no holon.node.v1.Manifest");
  const Contracts contracts = HOLON_TRY(Contracts::load(manifest));
  Host host(arguments, contracts);
  for (const env::Address& address : arguments.listen) HOLON_TRY(host.listen(address));
  return host.run();
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
