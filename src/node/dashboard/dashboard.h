// Dashboard: the node on an address for browsers: the page, what it reads of the Control contract, and /metrics for Prometheus.
//
//   Dashboard dashboard(loop, control_service, folder.dashboard());
//   TRY(dashboard.listen({.listen = "127.0.0.1:0"}));
//   show(dashboard.link());                            // to this user; it has the key
//
// | path             | who may                                                 |
// |------------------|---------------------------------------------------------|
// | /, /assets/…     | this machine                                            |
// | /metrics         | this machine, but no pages                              |
// | /control/METHOD  | whoever has the key, and no pages of others (guard.h)   |
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "fiber/loop.h"
#include "node/dashboard/config.h"
#include "node/dashboard/control_json.h"
#include "node/dashboard/guard.h"
#include "server/server.h"

namespace holon::node {

class Dashboard final : private server::HttpHandler {
 public:
  /// Loop and service outlive it. @param key_file  where the key is kept
  Dashboard(fiber::Loop& loop, v1::Control::Service& control, std::filesystem::path key_file);
  /// After `close`, or when the loop turns no more.
  ~Dashboard() override;

  /// ALREADY_EXISTS if the address is taken; a port that was free last time and is taken now is exchanged for another.
  Result<void> listen(const DashboardConfig& config);
  /// "http://127.0.0.1:43121/#KEY"; empty before `listen`.
  std::string link() const;
  /// Cuts off what is under way. On a fiber of the loop.
  void close();

 private:
  void serve(server::HttpExchange& exchange) override;
  Refusal refuse(int status, std::string_view why) override;

  bool turned_away(server::HttpExchange& exchange, const std::optional<Refused>& refused);
  void serve_control(server::HttpExchange& exchange);
  void serve_metrics(server::HttpExchange& exchange);

  fiber::Loop& loop_;
  v1::Control::Service& control_;
  const std::filesystem::path key_file_;
  DashboardKey key_;
  env::Address address_;
  const server::Router nothing_;  ///< it serves no gRPC
  server::Server server_;
};

}  // namespace holon::node
