#include "gateway/grpc_policy.h"

#include <algorithm>

#include "fiber/call.h"
#include "gateway/problem.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

using internal::CallAccess;

/// Keeps the edition whose rule the call was let in by, and its place.
class Entered final : public CallPolicy::Admission {
 public:
  Entered(std::shared_ptr<const Edition> edition, Concurrency::Permit permit)
      : edition_(std::move(edition)), permit_(std::move(permit)) {}

 private:
  std::shared_ptr<const Edition> edition_;
  Concurrency::Permit permit_;
};

/// "shop.Cart" of "/shop.Cart/GetCart".
std::string_view service_of(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

bool leads_there(const Rule& rule, std::string_view service) {
  const auto* to = std::get_if<ToContracts>(&rule.route.target);
  if (to == nullptr) return false;
  return to->services.empty() || std::ranges::find(to->services, service) != to->services.end();
}

}  // namespace

Result<std::unique_ptr<CallPolicy::Admission>> GrpcPolicy::admit(Call& call, std::string_view path, const server::Arrival* arrival) const {
  std::shared_ptr<const Edition> edition = pipeline_.edition();
  const std::vector<std::pair<std::string, std::string>> headers(call.metadata().begin(), call.metadata().end());
  const RequestPath read = HOLON_TRY(read_path(path));
  const std::string address = arrival != nullptr ? host_of(arrival->peer) : "";
  const Rule* rule = HOLON_TRY(edition->find({arrival != nullptr ? arrival->authority : std::string_view(), read, "POST", headers}));
  if (rule == nullptr || !leads_there(*rule, service_of(path))) {
    return unimplemented("no route of this gateway leads to " + std::string(path));
  }
  const AccessDecision decision = edition->access().decide(call, rule->access, headers, address);
  if (!rule->rates.none() && !rule->rates.ask({address, headers, decision.claims}).admitted) {
    telemetry::refused("gateway.rate", path, world_.now());
    return resource_exhausted("too many calls");
  }
  if (!decision.admitted()) return decision.error();
  std::optional<Concurrency::Permit> permit = rule->concurrency.enter();
  if (!permit) {
    telemetry::refused("gateway.concurrency", path, world_.now());
    return unavailable("too many requests of this route are under way; try again");
  }
  CallAccess::root(call).claims = decision.claims;
  if (rule->route.timeout) CallAccess::set_deadline(call, std::min(call.deadline(), world_.now() + *rule->route.timeout));
  return std::unique_ptr<Admission>(std::make_unique<Entered>(std::move(edition), *std::move(permit)));
}

}  // namespace holon::gateway
