#include "app/own_services.h"

namespace holon::app {

void OwnServices::add_to(server::Router& router, const Assembly& services) {
  health_.set("", Health::Status::serving);
  services.each([this](const internal::ServiceInfo& contract, Service&) {
    health_.set(contract.name, Health::Status::serving);
    reflection_.add(contract);
  });
  add(router, services, grpc::health::v1::Health::info(), health_);
  reflection_.each([&](const internal::ServiceInfo& contract, Service& service) {
    add(router, services, contract, service);
  });
  router.add(node::v1::Host::info(), host_, server::Standing::own);  // not told of: it is between the host and its node
}

void OwnServices::add(server::Router& router, const Assembly& services, const internal::ServiceInfo& contract,
                      Service& service) {
  reflection_.add(contract);
  if (services.find(contract.name) == nullptr) router.add(contract, service, server::Standing::own);
}

void OwnServices::shut_down() {
  health_.shut_down();
  reflection_.shut_down();
}

bool is_own_method(std::string_view method) {
  for (std::string_view package : {"grpc.health.", "grpc.reflection.", "holon.node."}) {
    if (method.starts_with(package)) return true;
  }
  return false;
}

}  // namespace holon::app
