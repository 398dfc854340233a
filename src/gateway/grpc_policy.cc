#include "gateway/grpc_policy.h"

#include <algorithm>

#include "fiber/call.h"
#include "gateway/admission.h"
#include "gateway/visitor.h"

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

/// What a call says of itself, as an HTTP request would.
server::HttpRequest request_of(const Call& call, std::string_view path, const server::Arrival* arrival) {
  server::HttpRequest request{.method = "POST", .target = std::string(path)};
  request.headers.assign(call.metadata().begin(), call.metadata().end());
  if (arrival == nullptr) return request;
  request.authority = arrival->authority;
  request.secure = arrival->secure;
  request.peer = arrival->peer;
  return request;
}

}  // namespace

Result<std::unique_ptr<CallPolicy::Admission>> GrpcPolicy::admit(Call& call, std::string_view path,
                                                                 const server::Arrival* arrival) const {
  std::shared_ptr<const Edition> edition = pipeline_.edition();
  const server::HttpRequest request = request_of(call, path, arrival);
  std::uint64_t random[] = {call.trace().trace_high, call.trace().trace_low};
  const Visitor visitor = HOLON_TRY(identify(request, edition->trusted(), random));
  const RequestPath read = HOLON_TRY(read_path(path));
  const Rule* rule = HOLON_TRY(edition->find({visitor.host, read, "POST", request.headers}));
  if (rule == nullptr || !leads_there(*rule, service_of(path))) {
    return unimplemented("no route of this gateway leads to " + std::string(path));
  }
  gateway::Admission admission = gateway::admit(*edition, *rule, call, visitor, request.headers, world_.now());
  if (admission.refused) return *admission.refused;
  if (rule->route.timeout) CallAccess::set_deadline(call, std::min(call.deadline(), world_.now() + *rule->route.timeout));
  return std::unique_ptr<CallPolicy::Admission>(std::make_unique<Entered>(std::move(edition), *std::move(admission.permit)));
}

}  // namespace holon::gateway
