#include "app/host.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "env/processors.h"
#include "holon/log.h"

namespace holon::app {
namespace {

constexpr auto start_time_max = std::chrono::seconds(60);
constexpr auto hog_limit = std::chrono::milliseconds(100);

unsigned loops_of(const Options& options) {
  return options.loops != 0 ? options.loops : env::processors(env::os().disk());
}

void report_hog(std::string_view method, unsigned loop, env::Duration at_least) {
  log::write(log::Level::warning, "a handler does not give way: others wait for its loop; use holon::blocking for it",
             {{"method", method.empty() ? std::string_view("background work") : method},
              {"loop", loop},
              {"at_least_ms", std::chrono::duration_cast<std::chrono::milliseconds>(at_least).count()}});
}

/// At once: there is no time for what is under way.
void end_abandoned() {
  log::write(log::Level::error, "the node is away for so long that others may run this host: it ends");
  std::_Exit(1);
}

client::Limits client_limits(const Options& options) {
  client::Limits limits = options.limits.client;
  limits.message_bytes_max = options.message_bytes_max;
  return limits;
}

server::Limits server_limits(const Options& options) {
  server::Limits limits = options.limits.server;
  limits.message_bytes_max = options.message_bytes_max;
  limits.web_origins = options.web_origins;
  return limits;
}

}  // namespace

Host::Host(env::Environment& environment, Options options)
    : environment_(environment),
      options_(std::move(options)),
      runtime_(environment, loops_of(options_)),
      pools_(runtime_.all(), client_limits(options_)),
      assembly_({options_.data, options_.settings, {}, options_.strict ? Neighbours::by_bytes : Neighbours::direct,
                 options_.message_bytes_max},
                &pools_),
      own_services_(environment, options_.host, pools_) {}

Host::~Host() = default;

int Host::run() {
  Result<void> watched = runtime_.main().reactor().watch_signals({SIGTERM, SIGINT}, [this](int) {
    if (stopping_) std::_Exit(130);  // told twice: at once
    stopping_ = true;
    stop_.wake();
  });
  if (!watched.ok()) {
    log::write(log::Level::error, watched.error().message());
    return 1;
  }
  runtime_.start();
  fiber::Loop& loop = runtime_.main();
  fiber::Watchdog watchdog(environment_, runtime_.all(), hog_limit, report_hog);
  Result<void> lived;
  loop.spawn([&] {
    lived = live();
    loop.stop();
  });
  loop.run();
  runtime_.stop();
  if (lived.ok()) return 0;
  log::write(log::Level::error, lived.error().message());
  return 1;
}

void Host::stop() {
  runtime_.main().post([this] {
    stopping_ = true;
    stop_.wake();
  });
}

Result<void> Host::live() {
  Result<void> up = come_up();
  if (up.ok()) {
    if (on_ready_) on_ready_();
    stop_.wait();
  }
  go_down();
  return up;
}

Result<void> Host::come_up() {
  internal::RootCall call(environment_.now() + start_time_max);
  assembly_.connect();
  client::Endpoints none;
  none.may_grow = options_.node.has_value();
  pools_.update(std::move(none));
  if (options_.node) {
    node_ = std::make_unique<NodeLink>(runtime_.main(), *options_.node, options_.host, contracts(), pools_,
                                       HOLON_TRY(options_.identity.load(environment_)));
    if (options_.node_absence) node_->bound_absence(*options_.node_absence, end_abandoned);
    HOLON_TRY(node_->attached(call));
  }
  HOLON_TRY(assembly_.start(call));
  assembly_.each([this](const internal::ServiceInfo& contract, Service& service) { router_.add(contract, service); });
  router_.guard_by(&pools_.guard());
  own_services_.add_to(router_, assembly_);
  server_ = std::make_unique<server::Server>(router_, runtime_.all(), server_limits(options_));
  HOLON_TRY(listen());
  if (node_ != nullptr) HOLON_TRY(node_->ready(call));
  return {};
}

Result<void> Host::listen() {
  for (const env::Address& address : options_.listen) addresses_.push_back(HOLON_TRY(server_->listen(address)));
  if (options_.listen_tls.empty()) return {};
  std::shared_ptr<crypto::ServerTls> tls = HOLON_TRY(crypto::ServerTls::load(environment_, options_.tls));
  for (const env::Address& address : options_.listen_tls) {
    tls_addresses_.push_back(HOLON_TRY(server_->listen(address, {.tls = tls})));
  }
  return {};
}

// The reverse of come_up; each part may be missing if that failed half-way.
void Host::go_down() {
  env::Time deadline = environment_.now() + options_.drain;
  own_services_.shut_down();
  if (server_ != nullptr) server_->drain(deadline);
  internal::RootCall call(std::max(deadline, environment_.now() + std::chrono::seconds(1)));
  assembly_.stop(call);
  node_.reset();
}

std::vector<std::string> Host::contracts() const {
  std::vector<std::string> names;
  assembly_.each([&](const internal::ServiceInfo& contract, Service&) { names.emplace_back(contract.name); });
  return names;
}

}  // namespace holon::app
