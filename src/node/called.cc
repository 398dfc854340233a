#include "node/called.h"

#include <map>
#include <set>
#include <utility>

#include "client/endpoints.h"
#include "config/reader.h"
#include "config/suggest.h"
#include "holon/options.pb.h"

namespace holon::node {
namespace {

using config::Key;
using config::YamlNode;
using control::CalledSpec;
using control::CallSpec;
using control::ServiceSpec;

constexpr std::uint64_t attempts_most = 100;

/// What may be said of a service, and of one of its methods as well.
std::vector<Key> call_keys(const std::string& below) {
  return {
      {.path = below + "/attempts_max", .forms = Key::number, .meaning = "attempts of one call; 1 means that none is repeated",
       .example = "2", .least = 1, .most = attempts_most},
      {.path = below + "/hedges_max", .forms = Key::number,
       .meaning = "beside an attempt whose answer is late, of idempotent methods; 0 means that none is", .example = "0", .least = 0,
       .most = 1},
      {.path = below + "/hedge_after", .forms = Key::duration,
       .meaning = "an answer is late by then; without it, when it is later than 95 % of the method's, and by plain HTTP never",
       .example = "20ms"},
      {.path = below + "/retry_wait_first", .forms = Key::duration, .meaning = "at most, before the second attempt", .example = "20ms"},
      {.path = below + "/retry_wait_most", .forms = Key::duration, .meaning = "at most, before any", .example = "1s"},
  };
}

class CalledReader : private config::Reader {
 public:
  explicit CalledReader(config::Problems& problems) : config::Reader(problems) {}

  CalledSpec called(const YamlNode& map, const std::string& where) {
    CalledSpec spec;
    if (!is_map(map, "called of " + where, names_of(service_keys))) return spec;
    spec.calls = calls(map);
    if (const YamlNode* value = map.find("retry_budget_percent")) spec.retry_budget_percent = count(*value, "retry_budget_percent");
    if (const YamlNode* value = map.find("retry_budget_per_second")) {
      spec.retry_budget_per_second = count(*value, "retry_budget_per_second");
    }
    if (const YamlNode* value = map.find("balance")) spec.balance = one_of(*value, "balance", balances());
    const YamlNode* methods = map.find("methods");
    if (methods == nullptr || !is_map(*methods, "methods of " + where)) return spec;
    for (const auto& [key, value] : methods->entries) {
      if (!is_map(value, "method " + key.text + " of " + where, names_of(method_keys))) continue;
      spec.methods.push_back({{key.text, key.place}, calls(value)});
    }
    return spec;
  }

  static std::vector<std::string> balances() { return {"two_choices", "round_robin", "prequal"}; }
  static constexpr const char* service_keys = "services/*/called";
  static constexpr const char* method_keys = "services/*/called/methods/*";

 private:
  static std::vector<std::string> names_of(const char* map) { return config::Keys(called_keys()).below(map); }

  CallSpec calls(const YamlNode& map) {
    CallSpec spec;
    if (const YamlNode* value = map.find("attempts_max")) spec.attempts_max = count(*value, "attempts_max", 1, attempts_most);
    if (const YamlNode* value = map.find("hedges_max")) spec.hedges_max = count(*value, "hedges_max", 0, 1);
    if (const YamlNode* value = map.find("hedge_after")) spec.hedge_after = duration(*value, "hedge_after");
    if (const YamlNode* value = map.find("retry_wait_first")) spec.retry_wait_first = duration(*value, "retry_wait_first");
    if (const YamlNode* value = map.find("retry_wait_most")) spec.retry_wait_most = duration(*value, "retry_wait_most");
    return spec;
  }

  std::uint32_t count(const YamlNode& value, const char* what, std::uint64_t least = 0, std::uint64_t most = 1'000'000) {
    return static_cast<std::uint32_t>(number(value, what, least, most));
  }
};

ServiceOptions::Balance number_of(const std::string& balance) {
  if (balance == "two_choices") return ServiceOptions::TWO_CHOICES;
  if (balance == "round_robin") return ServiceOptions::ROUND_ROBIN;
  return balance == "prequal" ? ServiceOptions::PREQUAL : ServiceOptions::DEFAULT;
}

v1::CallTerms told(const CallSpec& spec) {
  v1::CallTerms terms;
  if (spec.attempts_max) terms.set_attempts_max(*spec.attempts_max);
  if (spec.hedges_max) terms.set_hedges_max(*spec.hedges_max);
  if (spec.hedge_after) terms.set_hedge_after_ns(spec.hedge_after->count());
  if (spec.retry_wait_first) terms.set_retry_wait_first_ns(spec.retry_wait_first->count());
  if (spec.retry_wait_most) terms.set_retry_wait_most_ns(spec.retry_wait_most->count());
  return terms;
}

/// Knows the contracts of services, and their methods.
class Called {
 public:
  Called(const std::vector<control::PlannedHost>& hosts, const v1::Manifest& contracts, config::Problems& problems)
      : problems_(problems) {
    for (const control::PlannedHost& host : hosts) {
      for (const control::PlannedService& service : host.services) {
        if (!service.contract.empty()) contracts_[service.name].push_back(service.contract);
        if (host.protocol == control::Protocol::http) speak_http_.insert(service.name);
      }
    }
    for (const google::protobuf::FileDescriptorProto& file : contracts.contracts().file()) {
      for (const google::protobuf::ServiceDescriptorProto& service : file.service()) {
        services_[(file.package().empty() ? "" : file.package() + ".") + service.name()] = &service;
      }
    }
  }

  void add(const ServiceSpec& service, std::vector<v1::CalledService>& all) {
    if (speak_http_.contains(service.name.text)) return add_http(service, all);
    const std::vector<std::string>& contracts = contracts_[service.name.text];
    if (contracts.empty()) {
      return problem(service.name, "`called:` is about services that others call, which " + service.name.text + " is not");
    }
    for (const auto& [name, spec] : service.called->methods) check(service, name, spec);
    for (const std::string& contract : contracts) all.push_back(told_of(contract, *service.called));
  }

 private:
  void add_http(const ServiceSpec& service, std::vector<v1::CalledService>& all) {
    const CalledSpec& spec = *service.called;
    for (const auto& [name, calls] : spec.methods) {
      problem(name, service.name.text + " speaks plain HTTP and has no methods: what is said holds for all its paths; say it below `called:`");
    }
    if (spec.calls.hedges_max.value_or(0) > 0 && !spec.calls.hedge_after) {
      problem(service.name, "hedges of plain HTTP need `hedge_after:`: what its paths take differs too much to learn when one is late");
    }
    if (spec.balance == "prequal") {
      problem(service.name, "`balance: prequal` asks replicas how busy they are, which plain HTTP has no way to; say two_choices");
    }
    all.push_back(told_of(client::http_endpoints_name(service.name.text), spec));
  }

  v1::CalledService told_of(const std::string& contract, const CalledSpec& spec) {
    v1::CalledService called;
    called.set_service(contract);
    *called.mutable_calls() = told(spec.calls);
    if (spec.retry_budget_percent) called.set_retry_budget_percent(*spec.retry_budget_percent);
    if (spec.retry_budget_per_second) called.set_retry_budget_per_second(*spec.retry_budget_per_second);
    called.set_balance(number_of(spec.balance));
    for (const auto& [name, calls] : spec.methods) {
      if (find(contract, name.text) != nullptr) (*called.mutable_methods())[name.text] = told(calls);
    }
    return called;
  }

  void check(const ServiceSpec& service, const config::Named& name, const CallSpec& spec) {
    std::vector<std::string> known;
    for (const std::string& contract : contracts_[service.name.text]) {
      if (const auto* method = find(contract, name.text)) return check(*method, name, spec);
      const auto described = services_.find(contract);
      if (described == services_.end()) continue;
      for (const auto& each : described->second->method()) known.push_back(each.name());
    }
    problem(name, service.name.text + " has no method " + name.text + config::suggestion(name.text, known));
  }

  void check(const google::protobuf::MethodDescriptorProto& method, const config::Named& name, const CallSpec& spec) {
    if (method.client_streaming() || method.server_streaming()) {
      return problem(name, name.text + " is a stream, which is never made again; take it away");
    }
    const bool hedged = spec.hedge_after || spec.hedges_max.value_or(0) > 0;
    if (!hedged || method.options().GetExtension(holon::method).idempotent()) return;
    problem(name, name.text + " is never made beside itself, since its contract does not say `idempotent: true`; say it there, or take "
                              "the hedges away");
  }

  const google::protobuf::MethodDescriptorProto* find(const std::string& contract, const std::string& name) const {
    const auto service = services_.find(contract);
    if (service == services_.end()) return nullptr;
    for (const auto& method : service->second->method()) {
      if (method.name() == name) return &method;
    }
    return nullptr;
  }

  void problem(const config::Named& at, std::string what) { problems_.push_back({at.place, std::move(what)}); }

  config::Problems& problems_;
  std::map<std::string, std::vector<std::string>> contracts_;  ///< by service
  std::set<std::string> speak_http_;
  std::map<std::string, const google::protobuf::ServiceDescriptorProto*> services_;  ///< by contract
};

}  // namespace

std::vector<Key> called_keys() {
  const std::string service = CalledReader::service_keys;
  const std::string method = CalledReader::method_keys;
  std::vector<Key> keys = {{.path = service, .forms = Key::map,
                            .meaning = "how others call it, in place of what contracts and limits say: docs/resilience.md",
                            .example = "{attempts_max: 2, methods: {Search: {hedge_after: 20ms}}}"}};
  for (Key& key : call_keys(service)) keys.push_back(std::move(key));
  keys.push_back({.path = service + "/retry_budget_percent", .forms = Key::number,
                  .meaning = "of a caller's calls that may be attempts beyond their first", .example = "10"});
  keys.push_back({.path = service + "/retry_budget_per_second", .forms = Key::number,
                  .meaning = "such attempts beside that, per loop of a caller", .example = "5"});
  keys.push_back({.path = service + "/balance", .forms = Key::words, .meaning = "which of its replicas takes a call", .example = "prequal",
                  .choices = CalledReader::balances()});
  keys.push_back({.path = service + "/methods", .forms = Key::named, .meaning = "the same of single methods, by their names",
                  .example = "{Search: {attempts_max: 1}}"});
  keys.push_back({.path = method, .forms = Key::map, .meaning = "holds before what is said of all of them"});
  for (Key& key : call_keys(method)) keys.push_back(std::move(key));
  return keys;
}

CalledSpec read_called(const YamlNode& called, const std::string& where, config::Problems& problems) {
  return CalledReader(problems).called(called, where);
}

std::vector<v1::CalledService> called_of(const control::Application& application, const std::vector<control::PlannedHost>& hosts,
                                         const v1::Manifest& contracts, config::Problems& problems) {
  Called called(hosts, contracts, problems);
  std::vector<v1::CalledService> all;
  for (const ServiceSpec& service : application.services) {
    if (service.called) called.add(service, all);
  }
  return all;
}

}  // namespace holon::node
