#include "identity/policy.h"

#include <algorithm>

namespace holon::identity {
namespace {

using Verdict = Policy::Verdict;

/// "shop.Cart" and "GetCart"
std::pair<std::string_view, std::string_view> parts_of(std::string_view method) {
  const std::size_t slash = std::min(method.find('/'), method.size());
  return {method.substr(0, slash), method.substr(std::min(slash + 1, method.size()))};
}

bool holds(const Policy::Rule& rule, std::string_view caller, std::string_view method) {
  return rule.callers.contains(std::string(caller)) && (rule.methods.empty() || rule.methods.contains(std::string(method)));
}

}  // namespace

Policy::Decision Policy::decide(const Proof& proof, std::string_view caller, std::string_view method) const {
  if (!callees.contains(parts_of(method).first)) return {};
  if (proof.certified) {
    for (const std::string& name : proof.names) {
      if (auto found = certificates.find(name); found != certificates.end()) return of_host(found->second, caller, method);
    }
    return {Verdict::refused, "its certificate is of no host of this application"};
  }
  if (auto found = processes.find(proof.process); found != processes.end()) return of_host(found->second, caller, method);
  // Whoever runs the application may look into it: by `holon call`, or any tool. The socket is open to that user alone.
  if (caller.empty()) return {};
  return {Verdict::unsettled, "it calls in the name of " + std::string(caller) + ", but is no host of this application"};
}

Policy::Decision Policy::of_host(const Host& host, std::string_view caller, std::string_view method) const {
  if (!host.callers.contains(std::string(caller))) {
    const std::string name = caller.empty() ? "nobody: a service calls by its Refs, or through HOLON_MESH"
                                            : std::string(caller) + ", which it does not run";
    return {Verdict::refused, host.name + " calls in the name of " + name};
  }
  const Result<void> may = may_call(caller, method);
  return may.ok() ? Decision{} : Decision{Verdict::refused, may.error().message()};
}

Result<void> Policy::may_call(std::string_view caller, std::string_view method) const {
  const auto [service, name] = parts_of(method);
  const auto callee = callees.find(service);
  if (callee == callees.end()) return {};
  const std::string known(caller), what(method);
  const std::string who = caller.empty() ? "the gateway" : known;
  if (!callee->second.callers.contains(known)) {
    return permission_denied(who + " does not declare that it calls " + std::string(service) +
                             ": it needs a Ref to it, or, if it is a command, its name under `calls:` in holon.yaml");
  }
  const auto& rules = callee->second.rules;
  const bool allowed = !rules || std::ranges::any_of(*rules, [&](const Rule& rule) { return holds(rule, known, name); });
  if (allowed) return {};
  return permission_denied("holon.yaml does not let " + who + " call " + what + ": see `allow:` of that service");
}

bool Policy::narrows() const {
  return std::ranges::any_of(callees, [](const auto& callee) { return callee.second.rules.has_value(); });
}

}  // namespace holon::identity
