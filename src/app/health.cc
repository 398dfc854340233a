#include "app/health.h"

#include "fiber/loop.h"
#include "fiber/waiter.h"

namespace holon::app {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::health::v1::HealthListRequest;
using grpc::health::v1::HealthListResponse;

namespace {

HealthCheckResponse response_of(std::optional<Health::Status> status) {
  HealthCheckResponse response;
  response.set_status(!status                             ? HealthCheckResponse::SERVICE_UNKNOWN
                      : *status == Health::Status::serving ? HealthCheckResponse::SERVING
                                                           : HealthCheckResponse::NOT_SERVING);
  return response;
}

}  // namespace

/// A fiber that waits for a change. `changed` is woken on its loop; a change while it does not wait is not lost.
class Health::Watcher {
 public:
  void tell(const std::shared_ptr<Watcher>& self) {
    loop_.post([self] { self->changed.wake(); });
  }

  fiber::Waiter changed;

 private:
  fiber::Loop& loop_ = *fiber::Loop::current();
};

Health::Health() = default;
Health::~Health() = default;

void Health::set(std::string_view service, Status status) {
  std::lock_guard lock(mutex_);
  if (shut_down_) status = Status::not_serving;
  statuses_.insert_or_assign(std::string(service), status);
  wake_all();
}

void Health::shut_down() {
  std::lock_guard lock(mutex_);
  shut_down_ = true;
  for (auto& [service, status] : statuses_) status = Status::not_serving;
  wake_all();
}

void Health::wake_all() const {
  for (const std::shared_ptr<Watcher>& watcher : watchers_) watcher->tell(watcher);
}

Health::Seen Health::look(std::string_view service) const {
  std::lock_guard lock(mutex_);
  auto found = statuses_.find(service);
  return {found == statuses_.end() ? std::nullopt : std::optional(found->second), shut_down_};
}

Result<HealthCheckResponse> Health::Check(Call&, const HealthCheckRequest& request) {
  std::optional<Status> status = look(request.service()).status;
  if (!status) return not_found("the service " + request.service() + " is not on this host");
  return response_of(status);
}

Result<HealthListResponse> Health::List(Call&, const HealthListRequest&) {
  HealthListResponse response;
  std::lock_guard lock(mutex_);
  for (const auto& [service, status] : statuses_) (*response.mutable_statuses())[service] = response_of(status);
  return response;
}

Result<void> Health::Watch(Call& call, const HealthCheckRequest& request, Writer<HealthCheckResponse>& out) {
  auto watcher = std::make_shared<Watcher>();
  {
    std::lock_guard lock(mutex_);
    watchers_.insert(watcher);
  }
  struct Leave {
    Health& health;
    const std::shared_ptr<Watcher>& watcher;
    ~Leave() {
      std::lock_guard lock(health.mutex_);
      health.watchers_.erase(watcher);
    }
  } leave{*this, watcher};

  for (std::optional<Seen> told;;) {
    Seen now = look(request.service());
    if (!told || told->status != now.status) HOLON_TRY(out.write(response_of(now.status)));
    if (now.last) return unavailable("the host is stopping");
    told = now;
    HOLON_TRY(fiber::wait(watcher->changed, call));
  }
}

}  // namespace holon::app
