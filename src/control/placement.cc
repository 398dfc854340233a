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

HostSpec own_host(const ServiceSpec& service) {
  return {.name = service.name, .program = service.program, .services = {service.name}, .replicas = service.replicas};
}

std::vector<HostSpec> hosts_of(const Application& application, const PlacementSpec& placement) {
  if (!placement.each) return placement.hosts;
  std::vector<HostSpec> hosts;
  for (const ServiceSpec& service : application.services) hosts.push_back(own_host(service));
  return hosts;
}

/// The program of a host that names none: its services' own, if they agree.
std::optional<Named> program_of(const Application& application, const HostSpec& host) {
  if (host.program) return host.program;
  std::optional<Named> common;
  for (const Named& name : host.services) {
    const ServiceSpec* service = find_service(application, name.text);
    if (service == nullptr) continue;
    if (common && common->text != service->program.text) return std::nullopt;
    common = service->program;
  }
  return common;
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
    return planned;
  }

 private:
  PlannedHost plan_host(const HostSpec& host) {
    PlannedHost planned{.name = host.name.text, .program = {}, .services = {}, .replicas = host.replicas};
    std::optional<Named> program = program_of(application_, host);
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
    const ProgramService* built = find_built(program, name.text);
    if (built == nullptr) return refuse_missing(program, name);
    contracts_.insert(built->contract);
    callers_.push_back({name, built});
    planned.services.push_back({name.text, built->contract, service->owner, service->settings});
  }

  const ProgramService* find_built(const Named& program, const std::string& name) const {
    auto services = programs_.find(program.text);
    if (services == programs_.end()) return nullptr;
    auto found = std::ranges::find(services->second, name, &ProgramService::name);
    return found == services->second.end() ? nullptr : &*found;
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
        if (contracts_.contains(callee)) continue;
        problem(caller.name.place, caller.name.text + " calls " + callee +
                                       ", which no service of this application answers; " +
                                       "add the service to `services:` and to the placement");
      }
    }
  }

  void problem(Place place, std::string what) { problems_.push_back({place, std::move(what)}); }

  struct Caller {
    Named name;
    const ProgramService* service;
  };

  const Application& application_;
  const PlacementSpec& placement_;
  const Programs& programs_;
  Problems& problems_;
  std::map<std::string, std::string> placed_;  ///< host by service
  std::set<std::string> contracts_;
  std::vector<Caller> callers_;
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
  for (const HostSpec& host : hosts_of(application, placement)) {
    if (std::optional<Named> program = program_of(application, host)) programs.emplace(program->text, *program);
  }
  std::vector<Named> list;
  for (auto& [text, program] : programs) list.push_back(program);
  return list;
}

std::vector<PlannedHost> plan(const Application& application, const PlacementSpec& placement, const Programs& programs,
                              Problems& problems) {
  return Planner(application, placement, programs, problems).plan();
}

}  // namespace holon::control
