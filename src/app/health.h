// Health: whether the services of a host may be called, told to whoever asks by grpc.health.v1.
//
//   app::Health health;
//   health.set("shop.Cart", Health::Status::serving);   // "" is the host as a whole
//   …
//   health.shut_down();                                  // from here on nothing serves, whatever `set` says
//
// Any thread may set and ask. Who watches is told on its own loop, each change or the latest of several.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "grpc/health/v1/health.holon.h"

namespace holon::app {

class Health final : public grpc::health::v1::Health::Service {
 public:
  enum class Status { serving, not_serving };

  Health();
  ~Health() override;

  /// Says how a service is, by its full name. The first `set` makes it known.
  void set(std::string_view service, Status status);
  /// All that is known becomes not_serving and stays so. Watchers are told, and their streams end: they would keep the host
  /// from draining.
  void shut_down();

  Result<grpc::health::v1::HealthCheckResponse> Check(Call&, const grpc::health::v1::HealthCheckRequest&) override;
  Result<grpc::health::v1::HealthListResponse> List(Call&, const grpc::health::v1::HealthListRequest&) override;
  Result<void> Watch(Call&, const grpc::health::v1::HealthCheckRequest&,
                     Writer<grpc::health::v1::HealthCheckResponse>&) override;

 private:
  class Watcher;
  struct Seen {
    std::optional<Status> status;  ///< nothing: not known
    bool last;                     ///< no change follows
  };
  Seen look(std::string_view service) const;
  void wake_all() const;

  mutable std::mutex mutex_;  ///< guards all below; never held over a suspension
  std::map<std::string, Status, std::less<>> statuses_;
  std::set<std::shared_ptr<Watcher>> watchers_;
  bool shut_down_ = false;
};

}  // namespace holon::app
