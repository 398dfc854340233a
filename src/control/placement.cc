#include "control/placement.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "config/suggest.h"

namespace holon::control {

using config::Place;
using config::Problems;

namespace {

const ServiceSpec* find_service(const Application& application, const std::string& name) {
  auto found =
      std::ranges::find(application.services, name, [](const ServiceSpec& service) { return service.name.text; });
  return found == application.services.end() ? nullptr : &*found;
}

std::vector<std::string> service_names(const Application& application) {
  std::vector<std::string> names;
  for (const ServiceSpec& service : application.services) names.push_back(service.name.text);
  return names;
}

bool is_command(const ServiceSpec& service) { return !service.command.empty(); }

HostSpec own_host(const ServiceSpec& service) {
  HostSpec host;
  host.name = service.name;
  host.command = service.command;
  host.services = {service.name};
  host.replicas = service.replicas;
  if (!is_command(service)) host.program = service.program;
  return host;
}

bool has_host(const PlacementSpec& placement, const std::string& service) {
  return std::ranges::any_of(placement.hosts, [&](const HostSpec& host) {
    return std::ranges::find(host.services, service, &Named::text) != host.services.end();
  });
}

std::vector<HostSpec> hosts_of(const Application& application, const PlacementSpec& placement) {
  std::vector<HostSpec> hosts = placement.hosts;
  for (const ServiceSpec& service : application.services) {
    const bool own = placement.each || (is_command(service) && !has_host(placement, service.name.text));
    if (own) hosts.push_back(own_host(service));
  }
  return hosts;
}

/// The program of a host that names none: its services' own, if they agree.
std::optional<Named> program_of(const Application& application, const HostSpec& host) {
  if (host.program) return host.program;
  std::optional<Named> common;
  for (const Named& name : host.services) {
    const ServiceSpec* service = find_service(application, name.text);
    if (service == nullptr || is_command(*service)) continue;
    if (common && common->text != service->program.text) return std::nullopt;
    common = service->program;
  }
  return common.value_or(Named());
}

/// What the services of a host together may use. Who says nothing may use all, and so may the host then.
ResourceLimits sum(const ResourceLimits& a, const ResourceLimits& b) {
  const auto add = [](auto x, auto y) { return x == 0 || y == 0 ? decltype(x + y)(0) : x + y; };
  return {.memory_bytes = add(a.memory_bytes, b.memory_bytes), .cpu = add(a.cpu, b.cpu),
          .processes = static_cast<int>(add(a.processes, b.processes))};
}

/// Plans one placement, gathering what stands against it.
class Planner {
 public:
  Planner(const Application& application, const PlacementSpec& placement, const Programs& programs, Problems& problems)
      : application_(application), placement_(placement), programs_(programs), problems_(problems) {}

  std::vector<PlannedHost> plan() {
    std::vector<PlannedHost> planned;
    for (const HostSpec& host : hosts_of(application_, placement_)) planned.push_back(plan_host(host));
    refuse_unplaced();
    refuse_unanswered();
    connect_commands();
    for (PlannedHost& host : planned) connect(host);
    return planned;
  }

 private:
  PlannedHost plan_host(const HostSpec& host) {
    PlannedHost planned;
    planned.name = host.name.text;
    planned.replicas = host.replicas;
    for (const Named& word : host.command) planned.command.push_back(word.text);
    std::optional<Named> program = host.command.empty() ? program_of(application_, host) : Named();
    if (!program) {
      problem(host.name.place, "the services of host " + host.name.text +
                                   " are in different programs; name one that has them all, as in `" + host.name.text +
                                   ": {program: bin/" + host.name.text + ", services: […]}`");
      for (const Named& name : host.services) placed_.emplace(name.text, host.name.text);
      return planned;
    }
    planned.program = program->text;
    for (const Named& name : host.services) plan_service(host, *program, name, planned);
    return planned;
  }

  void plan_service(const HostSpec& host, const Named& program, const Named& name, PlannedHost& planned) {
    const ServiceSpec* service = find_service(application_, name.text);
    if (service == nullptr) {
      return problem(name.place,
                     "there is no service " + name.text + config::suggestion(name.text, service_names(application_)));
    }
    auto [already, fresh] = placed_.emplace(name.text, host.name.text);
    if (!fresh) {
      return problem(name.place, name.text + " is in host " + already->second +
                                     " already; a service has one host, and " +
                                     "`replicas:` if one process is not enough");
    }
    if (is_command(*service)) {
      if (host.services.size() > 1 || host.program) return refuse_company(host, name);
      plan_command(*service, planned);
    } else {
      plan_built(*service, host.command.empty() ? program : service->program, name, planned);
    }
    add_process(*service, planned);
  }

  /// A service that a program has; it may be that a command stands in for the program.
  void plan_built(const ServiceSpec& service, const Named& program, const Named& name, PlannedHost& planned) {
    const ProgramService* built = find_built(program, name.text);
    if (built == nullptr) return refuse_missing(program, name);
    name_by_contract_[built->contract] = name.text;
    callers_.push_back({name, built, planned.name});
    planned.services.push_back({name.text, built->contract, service.owner, service.settings});
    if (!planned.command.empty()) planned.health.kind = HealthSpec::Kind::grpc;
  }

  void plan_command(const ServiceSpec& service, PlannedHost& planned) {
    if (planned.command.empty()) {
      for (const Named& word : service.command) planned.command.push_back(word.text);
    }
    planned.protocol = service.protocol;
    const auto known = programs_.find(command_key(service));
    if (known != programs_.end()) {
      for (const ProgramService& answered : known->second) {
        name_by_contract_[answered.contract] = service.name.text;
        planned.services.push_back({service.name.text, answered.contract, service.owner, service.settings});
      }
    }
    if (planned.services.empty()) planned.services.push_back({service.name.text, "", service.owner, service.settings});
    commands_.push_back({&service, planned.name});
  }

  /// What is said of the process of a service holds for that of its host.
  void add_process(const ServiceSpec& service, PlannedHost& planned) {
    const bool first = planned.services.empty() || planned.services.front().name == service.name.text;
    planned.environment.insert(service.environment.begin(), service.environment.end());
    planned.resources = first ? service.resources : sum(planned.resources, service.resources);
    if (!first) return;
    const HealthSpec::Kind kind = planned.health.kind;
    planned.health = service.health;
    if (!is_command(service) && !planned.command.empty()) planned.health.kind = kind;
  }

  const ProgramService* find_built(const Named& program, const std::string& name) const {
    auto services = programs_.find(program.text);
    if (services == programs_.end()) return nullptr;
    auto found = std::ranges::find(services->second, name, &ProgramService::name);
    return found == services->second.end() ? nullptr : &*found;
  }

  void refuse_company(const HostSpec& host, const Named& name) {
    problem(name.place, name.text + " is a command, which has a host of its own; take it out of the list of host " +
                            host.name.text);
  }

  void refuse_missing(const Named& program, const Named& name) {
    if (!programs_.contains(program.text)) return;  // said already, by whoever asked the program
    std::string target = std::filesystem::path(program.text).filename();
    problem(name.place, name.text + " is not in " + program.text + "; add it to holon_program(" + target + " …)");
  }

  void refuse_unplaced() {
    for (const ServiceSpec& service : application_.services) {
      if (placed_.contains(service.name.text)) continue;
      problem(placement_.name.place, service.name.text + " is in no host of placement " + placement_.name.text +
                                         "; add it to one");
    }
  }

  // A service that could not be planned is missing here too: its callers are blamed only when all else is right.
  void refuse_unanswered() {
    if (!problems_.empty()) return;
    for (const Caller& caller : callers_) {
      for (const std::string& callee : caller.service->calls) {
        auto answered = name_by_contract_.find(callee);
        if (answered != name_by_contract_.end()) {
          calls_[caller.host].insert(answered->second);
        } else {
          problem(caller.name.place, caller.name.text + " calls " + callee +
                                         ", which no service of this application answers; " +
                                         "add the service to `services:` and to the placement");
        }
      }
    }
  }

  void connect_commands() {
    for (const auto& [service, host] : commands_) {
      for (const Named& callee : service->calls) {
        calls_[host].insert(callee.text);
        if (find_service(application_, callee.text) != nullptr) continue;
        problem(callee.place,
                "there is no service " + callee.text + config::suggestion(callee.text, service_names(application_)));
      }
    }
  }

  /// Services that share its host are no others'.
  void connect(PlannedHost& host) {
    std::set<std::string> needs;
    for (const std::string& callee : calls_[host.name]) {
      const auto at = placed_.find(callee);
      if (at == placed_.end() || at->second == host.name) continue;
      host.calls.push_back(callee);
      needs.insert(at->second);
    }
    host.needs.assign(needs.begin(), needs.end());
  }

  void problem(Place place, std::string what) { problems_.push_back({place, std::move(what)}); }

  struct Caller {
    Named name;
    const ProgramService* service;
    std::string host;
  };

  const Application& application_;
  const PlacementSpec& placement_;
  const Programs& programs_;
  Problems& problems_;
  std::map<std::string, std::string> placed_;  ///< host by service
  std::map<std::string, std::string> name_by_contract_;
  std::vector<Caller> callers_;
  std::vector<std::pair<const ServiceSpec*, std::string>> commands_;  ///< with their hosts
  std::map<std::string, std::set<std::string>> calls_;                ///< names of services, by the host that calls
};

}  // namespace

const PlacementSpec* find_placement(const Application& application, const std::string& name, Problems& problems) {
  const std::string& wanted = name.empty() ? application.default_placement : name;
  std::vector<std::string> known;
  for (const PlacementSpec& placement : application.placements) {
    if (placement.name.text == wanted) return &placement;
    known.push_back(placement.name.text);
  }
  problems.push_back({application.name.place, "there is no placement " + wanted + config::suggestion(wanted, known)});
  return nullptr;
}

std::vector<Named> programs_of(const Application& application, const PlacementSpec& placement) {
  std::map<std::string, Named> programs;
  const auto add = [&](const Named& program) {
    if (!program.text.empty()) programs.emplace(program.text, program);
  };
  for (const HostSpec& host : hosts_of(application, placement)) {
    if (host.command.empty()) {
      add(program_of(application, host).value_or(Named()));
      continue;
    }
    for (const Named& name : host.services) {
      if (const ServiceSpec* service = find_service(application, name.text)) add(service->program);
    }
  }
  std::vector<Named> list;
  for (auto& [text, program] : programs) list.push_back(program);
  return list;
}

std::string command_key(const ServiceSpec& service) { return "command of " + service.name.text; }

std::vector<PlannedHost> plan(const Application& application, const PlacementSpec& placement, const Programs& programs,
                              Problems& problems) {
  return Planner(application, placement, programs, problems).plan();
}

}  // namespace holon::control
