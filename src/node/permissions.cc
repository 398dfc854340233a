#include "node/permissions.h"

#include <algorithm>
#include <map>
#include <set>

#include "config/suggest.h"
#include "node/identities.h"

namespace holon::node {
namespace {

using control::AllowSpec;
using control::PlannedHost;
using control::ServiceSpec;

constexpr const char* gateway_service = "gateway";

/// Gathers what is declared, then narrows it.
class Permissions {
 public:
  Permissions(const control::Application& application, const std::vector<PlannedHost>& hosts, const v1::Manifest& contracts,
              bool gateway, config::Problems& problems)
      : application_(application), gateway_(gateway), problems_(problems) {
    for (const PlannedHost& host : hosts) {
      for (const control::PlannedService& service : host.services) {
        if (!service.contract.empty()) contracts_[service.name].push_back(service.contract);
      }
    }
    for (const v1::ManifestService& service : contracts.services()) {
      for (const std::string& callee : service.calls()) callers_[callee].insert(service.contract());
    }
    for (const PlannedHost& host : hosts) {
      if (!host.command.empty()) declare(host);
    }
    for (const google::protobuf::FileDescriptorProto& file : contracts.contracts().file()) note_methods(file);
  }

  std::vector<v1::CalleePermissions> callees() {
    std::vector<v1::CalleePermissions> all;
    for (const ServiceSpec& service : application_.services) {
      if (service.allow) check(service);
      for (const std::string& contract : contracts_[service.name.text]) all.push_back(callee(service, contract));
    }
    return all;
  }

 private:
  void declare(const PlannedHost& host) {
    for (const std::string& callee : host.calls) {
      for (const std::string& contract : contracts_[callee]) {
        for (const std::string& caller : callers_of(host)) callers_[contract].insert(caller);
      }
    }
  }

  void note_methods(const google::protobuf::FileDescriptorProto& file) {
    for (const google::protobuf::ServiceDescriptorProto& service : file.service()) {
      std::vector<std::string>& names = methods_[(file.package().empty() ? "" : file.package() + ".") + service.name()];
      for (const google::protobuf::MethodDescriptorProto& method : service.method()) names.push_back(method.name());
    }
  }

  v1::CalleePermissions callee(const ServiceSpec& service, const std::string& contract) {
    v1::CalleePermissions permissions;
    permissions.set_service(contract);
    for (const std::string& caller : callers_[contract]) permissions.add_callers(caller);
    if (gateway_) permissions.add_callers("");
    permissions.set_narrowed(service.allow.has_value());
    for (const AllowSpec& allow : service.allow.value_or(std::vector<AllowSpec>())) {
      v1::Allowance* allowed = permissions.add_allowed();
      for (const std::string& caller : callers_named(allow.caller.text)) allowed->add_callers(caller);
      for (const config::Named& method : allow.methods) allowed->add_methods(method.text);
    }
    return permissions;
  }

  /// What services are called among themselves: "checkout" is "shop.Checkout"; one without contract keeps its name.
  std::vector<std::string> callers_named(const std::string& service) {
    if (service == gateway_service) return {""};
    const std::vector<std::string>& contracts = contracts_[service];
    return contracts.empty() ? std::vector{service} : contracts;
  }

  void check(const ServiceSpec& service) {
    if (contracts_[service.name.text].empty()) {
      return problem(service.name, "`allow:` is about methods of a contract, which " + service.name.text + " does not have");
    }
    for (const AllowSpec& allow : *service.allow) {
      check_caller(service, allow.caller);
      for (const config::Named& method : allow.methods) check_method(service, method);
    }
  }

  void check_caller(const ServiceSpec& service, const config::Named& caller) {
    std::vector<std::string> known = {gateway_service};
    for (const ServiceSpec& each : application_.services) known.push_back(each.name.text);
    if (std::ranges::find(known, caller.text) == known.end()) {
      return problem(caller, "there is no service " + caller.text + config::suggestion(caller.text, known));
    }
    if (caller.text == gateway_service ? gateway_ : declares(caller.text, service.name.text)) return;
    problem(caller, caller.text + (caller.text == gateway_service ? ": there is no `gateway:` in this application"
                                                                  : " does not call " + service.name.text) +
                        ", so there is nothing to allow; take it away");
  }

  bool declares(const std::string& caller, const std::string& callee) {
    const std::vector<std::string> names = callers_named(caller);
    return std::ranges::any_of(contracts_[callee], [&](const std::string& contract) {
      return std::ranges::any_of(names, [&](const std::string& name) { return callers_[contract].contains(name); });
    });
  }

  void check_method(const ServiceSpec& service, const config::Named& method) {
    std::vector<std::string> known;
    for (const std::string& contract : contracts_[service.name.text]) {
      known.insert(known.end(), methods_[contract].begin(), methods_[contract].end());
    }
    if (std::ranges::find(known, method.text) != known.end()) return;
    problem(method, service.name.text + " has no method " + method.text + config::suggestion(method.text, known));
  }

  void problem(const config::Named& at, std::string what) { problems_.push_back({at.place, std::move(what)}); }

  const control::Application& application_;
  const bool gateway_;
  config::Problems& problems_;
  std::map<std::string, std::vector<std::string>> contracts_;  ///< by service
  std::map<std::string, std::set<std::string>> callers_;       ///< full names, by contract
  std::map<std::string, std::vector<std::string>> methods_;    ///< by contract
};

void add_identity(const std::string& host, const std::string& app, const std::vector<std::string>& callers,
                  v1::Permissions& into) {
  v1::HostIdentity* identity = into.add_hosts();
  identity->set_host(host);
  identity->set_certificate("URI:" + spiffe_id_of(host, app));
  identity->mutable_callers()->Assign(callers.begin(), callers.end());
}

}  // namespace

std::vector<std::string> callers_of(const PlannedHost& host) {
  std::vector<std::string> callers;
  for (const control::PlannedService& service : host.services) {
    callers.push_back(service.contract.empty() ? service.name : service.contract);
  }
  return callers;
}

v1::Permissions permissions_of(const control::Application& application, const std::vector<PlannedHost>& hosts,
                               const v1::Manifest& contracts, bool gateway, config::Problems& problems) {
  v1::Permissions permissions;
  for (v1::CalleePermissions& callee : Permissions(application, hosts, contracts, gateway, problems).callees()) {
    *permissions.add_callees() = std::move(callee);
  }
  const std::string& app = application.name.text;
  std::vector<std::string> commands;
  for (const PlannedHost& host : hosts) {
    const std::vector<std::string> callers = callers_of(host);
    if (host.command.empty()) {
      add_identity(host.name, app, callers, permissions);
    } else {
      commands.insert(commands.end(), callers.begin(), callers.end());
    }
  }
  add_identity("gateway", app, {""}, permissions);
  add_identity("outlet", app, commands, permissions);
  return permissions;
}

}  // namespace holon::node
