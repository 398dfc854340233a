#include "node/manifest.h"

#include <algorithm>
#include <vector>

#include "app/limits.h"
#include "config/reader.h"
#include "config/suggest.h"
#include "gateway/read_config.h"
#include "node/called.h"
#include "node/manifest_command.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

using config::Named;
using config::Problems;
using config::YamlNode;
using control::Application;
using control::HostSpec;
using control::PlacementSpec;
using control::ServiceSpec;
using Kind = YamlNode::Kind;

constexpr int replicas_max = 100;
constexpr std::size_t services_max = 1000;
constexpr const char* program_example = "the path of its program, as in `program: bin/cart`, or a `command:`";
constexpr std::size_t name_length_max = 40;  // names become parts of socket paths, which are short

/// Reads one document.
class ManifestReader : private config::Reader {
 public:
  explicit ManifestReader(Problems& problems) : config::Reader(problems), problems_(problems) {}

  Application application(const YamlNode& root) {
    Application app;
    if (!is_map(root, "holon.yaml", manifest_keys().below(""))) return app;
    app.name = name(required(root, "app", "holon.yaml", "the application's name, as in `app: shop`"), "app");
    read_services(required(root, "services", "holon.yaml", "as in `services: {cart: {program: bin/cart}}`"), app);
    read_placements(root, app);
    if (const YamlNode* limits = root.find("limits")) read_limits(*limits, app);
    return app;
  }

 private:
  void read_services(const YamlNode* services, Application& app) {
    if (services == nullptr || !is_map(*services, "services")) return;
    if (services->entries.empty()) problem(services->place, "there is no service; name at least one");
    if (services->entries.size() > services_max) {
      return problem(services->place, "there are " + std::to_string(services->entries.size()) + " services; an application has at most " +
                                          std::to_string(services_max));
    }
    for (const auto& [key, value] : services->entries) app.services.push_back(read_service(key, value));
    check_calls(app);
  }

  void check_calls(const Application& app) {
    std::vector<std::string> known;
    for (const ServiceSpec& service : app.services) known.push_back(service.name.text);
    for (const ServiceSpec& service : app.services) {
      for (const Named& callee : service.calls) {
        if (callee.text.empty() || std::ranges::find(known, callee.text) != known.end()) continue;
        problem(callee.place, "there is no service " + callee.text + config::suggestion(callee.text, known));
      }
    }
  }

  ServiceSpec read_service(const YamlNode& key, const YamlNode& value) {
    ServiceSpec service{.name = name(&key, "service")};
    const std::string where = "service " + key.text;
    if (!is_map(value, where, manifest_keys().below("services/*"))) return service;
    refuse_gateway(service.name);
    read_process(value, where, problems_, service);
    if (const YamlNode* program = service.command.empty() ? required(value, "program", where, program_example) : nullptr) {
      service.program = text(*program, "program");
    }
    if (const YamlNode* owner = value.find("owner")) service.owner = text(*owner, "owner").text;
    if (const YamlNode* allow = value.find("allow")) service.allow = read_allow(*allow, where);
    if (const YamlNode* called = value.find("called")) service.called = read_called(*called, where, problems_);
    if (const YamlNode* replicas = value.find("replicas")) service.replicas = read_replicas(*replicas);
    if (const YamlNode* settings = value.find("settings")) read_settings(*settings, where, service);
    if (const YamlNode* config = value.find("config")) service.config = *config;
    refuse_for_commands(value, where, service);
    return service;
  }

  std::vector<control::AllowSpec> read_allow(const YamlNode& allow, const std::string& where) {
    std::vector<control::AllowSpec> allowed;
    if (!is_map(allow, "allow of " + where)) return allowed;
    for (const auto& [key, value] : allow.entries) {
      control::AllowSpec spec{.caller = {key.text, key.place}, .methods = texts(value, "methods")};
      const bool all = spec.methods.size() == 1 && spec.methods.front().text == "all";
      if (all) spec.methods.clear();
      if (!all && spec.methods.empty()) problem(value.place, "methods belong here, as in `[Charge]`, or `all`");
      allowed.push_back(std::move(spec));
    }
    return allowed;
  }

  /// A command knows nothing of holon, so it cannot ask for these.
  void refuse_for_commands(const YamlNode& value, const std::string& where, const ServiceSpec& service) {
    if (service.command.empty()) return;
    for (const char* key : {"settings", "config"}) {
      const YamlNode* given = value.find(key);
      if (given == nullptr) continue;
      problem(given->place, std::string("`") + key + ":` is for a service that is a `program:`; the command of " + where +
                                " gets `environment:`");
    }
  }

  void read_settings(const YamlNode& settings, const std::string& where, ServiceSpec& service) {
    if (!is_map(settings, "settings of " + where)) return;
    for (const auto& [key, value] : settings.entries) {
      if (key.text.find('=') != std::string::npos) problem(key.place, "the name of a setting has no `=`");
      service.settings[key.text] = text(value, "setting " + key.text, true).text;
      if (!value.secret.empty()) refuse_secret(value.place, "setting " + key.text);
    }
  }

  // Whoever has a login can read the arguments of all processes.
  void refuse_secret(config::Place place, const std::string& what) {
    problem(place, what + " has a secret, and becomes an argument, which others on this machine can read; hand it over by "
                          "`config:` or `environment:`");
  }

  // What the hosts would refuse when they start is refused here.
  void read_limits(const YamlNode& limits, Application& application) {
    const std::vector<std::string> known = manifest_keys().below("limits");
    if (!is_map(limits, "limits", known)) return;
    app::HostLimits tried;
    for (const auto& [key, value] : limits.entries) {
      const std::string written = text(value, "limit " + key.text).text;
      if (std::ranges::find(known, key.text) == known.end() || written.empty()) continue;
      Result<void> set = app::set_limit(tried, key.text, written);
      if (!set.ok()) problem(value.place, set.error().message());
      application.limits[key.text] = written;
    }
  }

  void read_placements(const YamlNode& root, Application& app) {
    if (const YamlNode* placements = root.find("placements");
        placements != nullptr && is_map(*placements, "placements")) {
      for (const auto& [key, value] : placements->entries) app.placements.push_back(read_placement(key, value));
    }
    if (app.placements.empty()) {
      app.placements.push_back({.name = {"split", app.name.place}, .each = true, .hosts = {}});
    }
    app.default_placement = app.placements.front().name.text;
    if (const YamlNode* chosen = root.find("default")) read_default(*chosen, app);
  }

  void read_default(const YamlNode& chosen, Application& app) {
    app.default_placement = text(chosen, "default").text;
    std::vector<std::string> known;
    for (const PlacementSpec& placement : app.placements) known.push_back(placement.name.text);
    if (std::ranges::find(known, app.default_placement) != known.end()) return;
    problem(chosen.place,
            "there is no placement " + app.default_placement + config::suggestion(app.default_placement, known));
  }

  PlacementSpec read_placement(const YamlNode& key, const YamlNode& value) {
    PlacementSpec placement{.name = name(&key, "placement"), .each = false, .hosts = {}};
    if (value.kind == Kind::scalar && value.text == "each") {
      placement.each = true;
    } else if (value.kind != Kind::map) {
      problem(value.place, "placement " + key.text +
                               " is either `each` or hosts with their services, as in `{shop: {program: "
                               "bin/shop, services: [cart, payment]}}`");
    } else {
      for (const auto& [host, content] : value.entries) placement.hosts.push_back(read_host(host, content));
    }
    return placement;
  }

  HostSpec read_host(const YamlNode& key, const YamlNode& value) {
    HostSpec host{.name = name(&key, "host"), .program = {}, .services = {}};
    const std::string where = "host " + key.text;
    refuse_gateway(host.name);
    if (value.kind == Kind::list) {
      host.services = read_names(value);
      return host;
    }
    if (!is_map(value, where, manifest_keys().below("placements/*/*"))) return host;
    if (const YamlNode* program = value.find("program")) host.program = text(*program, "program");
    if (const YamlNode* command = value.find("command")) {
      host.command = read_command(*command, where, problems_);
      if (host.program) problem(command->place, where + " has a program or a command; take one of the two away");
    }
    if (const YamlNode* replicas = value.find("replicas")) host.replicas = read_replicas(*replicas);
    const YamlNode* services =
        required(value, "services", where, "the services it runs, as in `services: [cart, payment]`");
    if (services != nullptr) host.services = read_names(*services);
    return host;
  }

  std::vector<Named> read_names(const YamlNode& list) {
    std::vector<Named> names;
    if (list.kind != Kind::list || list.items.empty()) {
      problem(list.place, "a list of services belongs here, as in `[cart]`");
    }
    for (const YamlNode& item : list.items) names.push_back(text(item, "a service's name"));
    return names;
  }

  void refuse_gateway(const Named& name) {
    if (name.text != "gateway" && name.text != "outlet") return;
    problem(name.place, name.text + " is the name of a host of holon's own; choose another");
  }

  int read_replicas(const YamlNode& value) { return static_cast<int>(number(value, "replicas", 1, replicas_max)); }

  // A name becomes part of file names and arguments.
  Named name(const YamlNode* value, const std::string& what) {
    if (value == nullptr) return {};
    Named named = text(*value, what);
    const std::string& word = named.text;
    bool plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
    bool fine = word.empty() || (plain && word[0] >= 'a' && word[0] <= 'z' && word.size() <= name_length_max);
    if (!fine) {
      problem(value->place, "the name of a" + std::string(what == "app" ? "n " : " ") + what +
                                " starts with a letter, then has a-z, 0-9, _ and -, at most " +
                                std::to_string(name_length_max) + " in all; " + word + " does not");
    }
    return named;
  }

  Problems& problems_;
};

gateway::KnownServices known_services(const Application& application) {
  gateway::KnownServices known;
  for (const ServiceSpec& service : application.services) {
    (service.protocol == control::Protocol::http ? known.http : known.grpc).push_back(service.name.text);
  }
  return known;
}

}  // namespace

std::optional<Manifest> read_manifest(const YamlNode& root, const std::filesystem::path& base, env::Environment& world,
                                      Problems& problems) {
  const std::size_t before = problems.size();
  Manifest manifest{.application = ManifestReader(problems).application(root), .gateway = {}, .gateway_place = {},
                    .dashboard = {}, .cluster = {}};
  if (const YamlNode* section = root.find("gateway")) {
    const gateway::KnownServices services = known_services(manifest.application);
    manifest.gateway = gateway::read_config(*section, base, world, problems, &services);
    manifest.gateway_place = section->place;
  }
  if (const YamlNode* section = root.find("dashboard")) manifest.dashboard = read_dashboard(*section, problems);
  if (const YamlNode* section = root.find("cluster")) manifest.cluster = read_cluster(*section, base, world, problems);
  if (problems.size() > before) return std::nullopt;
  return manifest;
}

}  // namespace holon::node
