#include "server/router.h"

#include <algorithm>

#include "telemetry/metrics.h"

namespace holon::server {

void Router::add(const internal::ServiceInfo& contract, Service& service, Standing standing) {
  services_.push_back(contract.name);
  const bool passes = standing == Standing::passing;
  const auto service_number = static_cast<std::uint32_t>(passes ? 0 : services_.size());
  std::uint32_t method_number = 0;
  for (const internal::MethodInfo& method : contract.methods) {
    std::uint32_t edge = telemetry::metrics().add_edge({telemetry::Way::served, "", std::string(method.name)});
    routes_["/" + std::string(method.name)] = {.method = &method,
                                               .service = &service,
                                               .edge = edge,
                                               .service_number = service_number,
                                               .method_number = passes ? 0 : method_number++,
                                               .own = standing == Standing::own};
  }
}

const Route* Router::find(std::string_view path) const {
  auto found = routes_.find(path);
  if (found != routes_.end()) return &found->second;
  return fallback_ ? fallback_(path) : nullptr;
}

Error Router::unknown(std::string_view path) const {
  std::string_view name = path.substr(std::min<std::size_t>(path.size(), 1));
  std::string_view service = name.substr(0, name.find('/'));
  bool known = std::find(services_.begin(), services_.end(), service) != services_.end();
  return unimplemented(known ? "there is no method " + std::string(name)
                             : "the service " + std::string(service) + " is not on this host");
}

}  // namespace holon::server
