#include "gateway/contracts.h"

#include <google/protobuf/descriptor.h>

#include "contract/route.h"

namespace holon::gateway {
namespace {

Result<contract::Catalog::Files> nobody(const std::string& name) {
  return not_found("the manifest does not have the contract " + name);
}

}  // namespace

Result<Contracts> Contracts::load(const holon::node::v1::Manifest& manifest) {
  Contracts contracts;
  const auto& files = manifest.contracts().file();
  HOLON_TRY(contracts.catalog_.add({files.begin(), files.end()}, nobody));
  for (const auto& service : manifest.services()) HOLON_TRY(contracts.add_service(service.contract()));
  return contracts;
}

Result<void> Contracts::add_service(const std::string& name) {
  const google::protobuf::ServiceDescriptor* service = catalog_.pool().FindServiceByName(name);
  if (service == nullptr) return invalid_argument("the manifest has the service " + name + ", but no contract of it");
  for (int i = 0; i < service->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service->method(i);
    contract::Routes routes = contract::routes_of(method);
    if (!routes.mistakes.empty()) return invalid_argument(method.full_name() + ": " + routes.mistakes[0].what);
    for (contract::Route& route : routes.routes) HOLON_TRY(router_.add({std::move(route), &method}));
  }
  services_.push_back(service);
  return {};
}

}  // namespace holon::gateway
