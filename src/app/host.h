// Host: a process that runs services: their assembly, a server at the door, channels to the others, and a tie to the node.
//
//   app::Host host(env::os(), options, {"cart.0"});
//   host.add(factory); …
//   return host.run();             // until SIGTERM or SIGINT, or `stop`
#pragma once

#include <memory>

#include "app/assembly.h"
#include "app/node_link.h"
#include "app/options.h"
#include "app/own_services.h"
#include "app/runtime.h"
#include "fiber/watchdog.h"
#include "server/server.h"

namespace holon::app {

class Host {
 public:
  Host(env::Environment& environment, Options options);
  ~Host();

  /// Before `run`. What a service's constructor throws passes through.
  void add(const internal::ServiceFactory& factory) { assembly_.add(factory); }
  /// For a service that is added from here on: see Assembly.
  void set_config(std::string service, std::string json) { assembly_.set_config(std::move(service), std::move(json)); }
  Assembly& assembly() { return assembly_; }
  /// Calls from the first loop's fibers go out through these.
  client::Pools& pools() { return pools_; }
  fiber::Loop& loop() { return runtime_.main(); }
  /// What it says to whoever asks whether it may be called. Its services are serving once they have started, and no more
  /// when it stops; in between each may say otherwise.
  Health& health() { return own_services_.health(); }
  /// Once it runs: where it answers, with the ports the system chose.
  const std::vector<env::Address>& addresses() const { return addresses_; }
  /// The same, by TLS.
  const std::vector<env::Address>& tls_addresses() const { return tls_addresses_; }

  /// Runs once everything is up, on a fiber of the first loop.
  void on_ready(std::function<void()> call) { on_ready_ = std::move(call); }
  /// Serves until told to stop, then drains. Gives the process's exit code.
  int run();
  /// Any thread.
  void stop();

 private:
  Result<void> live();
  Result<void> come_up();
  Result<void> listen();
  void go_down();
  std::vector<std::string> contracts() const;

  env::Environment& environment_;
  Options options_;
  Runtime runtime_;
  client::Pools pools_;
  Assembly assembly_;
  OwnServices own_services_;
  server::Router router_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<NodeLink> node_;
  std::vector<env::Address> addresses_;
  std::vector<env::Address> tls_addresses_;
  std::function<void()> on_ready_;
  fiber::Waiter stop_;
  bool stopping_ = false;
};

}  // namespace holon::app
