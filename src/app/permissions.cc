#include "app/permissions.h"

namespace holon::app {
namespace {

template <class Texts>
std::set<std::string> set_of(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

identity::Policy policy_of(const node::v1::Permissions& permissions) {
  identity::Policy policy;
  for (const node::v1::HostIdentity& told : permissions.hosts()) {
    identity::Policy::Host host{.name = told.host(), .callers = set_of(told.callers())};
    if (told.pid() != 0) policy.processes[told.pid()] = host;
    if (!told.certificate().empty()) policy.certificates[told.certificate()] = std::move(host);
  }
  for (const node::v1::CalleePermissions& told : permissions.callees()) {
    identity::Policy::Callee& callee = policy.callees[told.service()];
    callee.callers = set_of(told.callers());
    if (!told.narrowed()) continue;
    auto& rules = callee.rules.emplace();
    for (const node::v1::Allowance& each : told.allowed()) rules.push_back({set_of(each.callers()), set_of(each.methods())});
  }
  return policy;
}

}  // namespace holon::app
