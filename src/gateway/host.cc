#include "gateway/host.h"

#include <csignal>
#include <cstdlib>
#include <memory>

#include "app/health.h"
#include "app/node_link.h"
#include "app/runtime.h"
#include "app/snapshot.h"
#include "client/pool.h"
#include "env/processors.h"
#include "fiber/waiter.h"
#include "gateway/arguments.h"
#include "gateway/door.h"
#include "gateway/read_config.h"
#include "holon/log.h"
#include "holon/task.h"
#include "server/server.h"

namespace holon::gateway {
namespace {

constexpr std::chrono::seconds start_time_max{60};
constexpr std::chrono::milliseconds log_flush_time{250};
constexpr std::chrono::seconds log_write_time{5};

unsigned loops_of(const Arguments& arguments) {
  return arguments.loops != 0 ? arguments.loops : env::processors(env::os().disk());
}

/// The configuration that the arguments name. INVALID_ARGUMENT has a line for each problem.
Result<Config> config_of(const Arguments& arguments) {
  if (arguments.config.empty()) {
    Config config;
    for (const env::Address& address : arguments.listen) config.listen.push_back({.address = address.to_string()});
    config.routes.push_back({.name = "contracts", .path = "/**", .target = ToContracts()});
    return config;
  }
  const std::string text = HOLON_TRY(env::os().disk().read(arguments.config));
  config::Problems problems;
  Config config;
  if (const std::optional<config::YamlNode> root = config::parse_yaml(text, problems)) {
    const config::YamlNode* section = root->find("gateway");
    if (section == nullptr) return invalid_argument(arguments.config + " has no `gateway:`");
    config = read_config(*section, arguments.base, env::os(), problems);
  }
  if (problems.empty()) return config;
  std::string what = config::to_text(problems, arguments.config);
  what.pop_back();  // the last line's end
  return invalid_argument(std::move(what));
}

/// Reload, for the node.
class ReloadService final : public node::v1::Gateway::Service {
 public:
  ReloadService(const Arguments& arguments, std::unique_ptr<Door>& door) : arguments_(arguments), door_(door) {}

  Result<node::v1::ReloadReply> Reload(Call&, const node::v1::ReloadRequest&) override {
    Config config = HOLON_TRY(config_of(arguments_));
    HOLON_TRY(door_->reload(std::move(config)));
    log::write(log::Level::info, "the configuration was read again");
    return node::v1::ReloadReply();
  }

 private:
  const Arguments& arguments_;
  std::unique_ptr<Door>& door_;
};

/// The process: a door, and what ties it to its node.
class Host {
 public:
  Host(Arguments arguments, const Contracts& contracts)
      : arguments_(std::move(arguments)),
        contracts_(contracts),
        runtime_(env::os(), loops_of(arguments_)),
        pools_(runtime_.all(), arguments_.limits.client),
        counted_(env::os(), arguments_.host, &pools_),
        reload_(arguments_, door_) {}

  /// Until a signal. False if requests were cut off.
  Result<bool> run();

 private:
  Result<void> open();
  Result<void> live();
  void on_signal(int signal);
  void flush_now_and_then();
  void close();

  Arguments arguments_;
  const Contracts& contracts_;
  app::Runtime runtime_;
  client::Pools pools_;
  std::unique_ptr<Door> door_;
  app::HostService counted_;
  app::Health health_;
  ReloadService reload_;
  server::Router own_router_;
  std::unique_ptr<server::Server> own_;
  internal::RootCall starting_{env::os().now() + start_time_max};
  fiber::Waiter stop_;
  fiber::Waiter flush_;
  fiber::Waiter flushed_;
  bool stopping_ = false;
  bool flushing_ = false;
  bool clean_ = true;
};

void Host::on_signal(int signal) {
  if (signal == SIGUSR1) return flush_.wake();    // the access log was rotated
  if (std::exchange(stopping_, true)) std::_Exit(130);  // told twice: at once
  starting_.cancel();
  stop_.wake();
}

Result<bool> Host::run() {
  HOLON_TRY(runtime_.main().reactor().watch_signals({SIGTERM, SIGINT, SIGUSR1}, [this](int signal) { on_signal(signal); }));
  HOLON_TRY(open());
  runtime_.start();
  Result<void> lived;
  runtime_.main().spawn([&] {
    lived = live();
    runtime_.main().stop();
  });
  runtime_.main().run();
  runtime_.stop();
  door_.reset();
  if (!lived.ok()) return lived.error();
  return clean_;
}

Result<void> Host::open() {
  Config config = HOLON_TRY(config_of(arguments_));
  door_ = HOLON_TRY(Door::make(std::move(config), {env::os(), runtime_.all(), pools_, contracts_}));
  HOLON_TRY(door_->listen(arguments_.listen));
  own_router_.add(node::v1::Host::info(), counted_, server::Standing::own);
  own_router_.add(node::v1::Gateway::info(), reload_, server::Standing::own);
  own_router_.add(grpc::health::v1::Health::info(), health_, server::Standing::own);
  own_ = std::make_unique<server::Server>(own_router_, std::vector<fiber::Loop*>{&runtime_.main()});
  if (arguments_.own) HOLON_TRY(own_->listen(*arguments_.own));
  return {};
}

/// On a fiber of the first loop.
Result<void> Host::live() {
  client::Endpoints unknown;
  unknown.may_grow = true;  // a call that comes before the first directory waits for it
  pools_.update(std::move(unknown));
  std::shared_ptr<crypto::ClientTls> tls = HOLON_TRY(arguments_.identity.load(env::os()));
  app::NodeLink node(runtime_.main(), arguments_.node, arguments_.host, {}, pools_, std::move(tls));
  Result<void> up = node.attached(starting_);
  if (up.ok()) up = node.ready(starting_);
  if (up.ok()) {
    health_.set("", app::Health::Status::serving);
    flushing_ = true;
    runtime_.main().spawn([this] { flush_now_and_then(); });
    stop_.wait();
  }
  close();
  if (stopping_) return {};
  return up;
}

/// On a fiber of its own, until the end.
void Host::flush_now_and_then() {
  while (flushing_) {
    flush_.wait(env::os().now() + log_flush_time);
    internal::RootCall call(env::os().now() + log_write_time);
    (void)blocking(call, [this] { door_->flush_log(); }).ok();
  }
  flushed_.wake();
}

void Host::close() {
  const env::Time deadline = env::os().now() + arguments_.drain;
  health_.shut_down();
  door_->drain(deadline);
  clean_ = env::os().now() < deadline;
  if (!clean_) log::write(log::Level::warning, "the drain time is over; what was under way is cancelled");
  if (std::exchange(flushing_, false)) {
    flush_.wake();
    flushed_.wait();
  }
  own_->drain(env::os().now());
}

Result<bool> run(int argc, char** argv) {
  const Arguments arguments = HOLON_TRY(parse_arguments(argc, argv));
  const Contracts contracts = HOLON_TRY(read_contracts(arguments));
  return Host(arguments, contracts).run();
}

}  // namespace

int run_gateway_host(int argc, char** argv) {
  return exit_code("gateway", run(argc, argv));
}

}  // namespace holon::gateway
