#include "node/manifest.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "app/limits.h"
#include "control/suggest.h"
#include "env/reactor.h"
#include "node/yaml.h"

namespace holon::node {
namespace {

using control::Application;
using control::GatewaySpec;
using control::HostSpec;
using control::Named;
using control::Place;
using control::PlacementSpec;
using control::Problems;
using control::ServiceSpec;
using Kind = YamlNode::Kind;

constexpr int replicas_max = 100;
constexpr std::size_t name_length_max = 40;  // names become parts of socket paths, which are short

/// Reads one document, gathering problems. `where` is what a value belongs to, for people: "service cart".
class Reader {
 public:
  explicit Reader(Problems& problems) : problems_(problems) {}

  Application application(const YamlNode& root) {
    Application app;
    if (!check_map(root, "holon.yaml", {"app", "services", "placements", "default", "gateway", "limits"})) return app;
    app.name = name(required(root, "app", "holon.yaml", "the application's name, as in `app: shop`"), "app");
    read_services(required(root, "services", "holon.yaml", "as in `services: {cart: {program: bin/cart}}`"), app);
    read_placements(root, app);
    if (const YamlNode* gateway = root.find("gateway")) app.gateway = read_gateway(*gateway);
    if (const YamlNode* limits = root.find("limits")) read_limits(*limits, app);
    return app;
  }

 private:
  void read_services(const YamlNode* services, Application& app) {
    if (services == nullptr || !check_map(*services, "services")) return;
    if (services->entries.empty()) problem(services->place, "there is no service; name at least one");
    for (const auto& [key, value] : services->entries) app.services.push_back(read_service(key, value));
  }

  ServiceSpec read_service(const YamlNode& key, const YamlNode& value) {
    ServiceSpec service{.name = name(&key, "service")};
    const std::string where = "service " + key.text;
    if (!check_map(value, where, {"program", "owner", "settings", "replicas"})) return service;
    if (const YamlNode* program =
            required(value, "program", where, "the path of its program, as in `program: bin/cart`")) {
      service.program = text(*program, "program");
    }
    if (const YamlNode* owner = value.find("owner")) service.owner = text(*owner, "owner").text;
    if (const YamlNode* replicas = value.find("replicas")) service.replicas = read_replicas(*replicas);
    if (const YamlNode* settings = value.find("settings")) read_settings(*settings, where, service);
    return service;
  }

  void read_settings(const YamlNode& settings, const std::string& where, ServiceSpec& service) {
    if (!check_map(settings, "settings of " + where)) return;
    for (const auto& [key, value] : settings.entries) {
      if (key.text.find('=') != std::string::npos) problem(key.place, "the name of a setting has no `=`");
      service.settings[key.text] = text(value, "setting " + key.text, true).text;
    }
  }

  // What the hosts would refuse when they start is refused here.
  void read_limits(const YamlNode& limits, Application& application) {
    std::vector<std::string> known;
    for (const app::Limit& limit : app::limits()) known.emplace_back(limit.name);
    if (!check_map(limits, "limits", known)) return;
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
        placements != nullptr && check_map(*placements, "placements")) {
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
            "there is no placement " + app.default_placement + control::suggestion(app.default_placement, known));
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
    if (host.name.text == "gateway") problem(key.place, "gateway is the name of holon's own host; choose another");
    if (value.kind == Kind::list) {
      host.services = read_names(value);
      return host;
    }
    if (!check_map(value, where, {"program", "services", "replicas"})) return host;
    if (const YamlNode* program = value.find("program")) host.program = text(*program, "program");
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

  int read_replicas(const YamlNode& value) {
    const std::string written = text(value, "replicas").text;
    int count = 0;
    auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), count);
    bool whole = error == std::errc() && end == written.data() + written.size() && std::to_string(count) == written;
    if (whole && count >= 1 && count <= replicas_max) return count;
    problem(value.place, "replicas is a number from 1 to " + std::to_string(replicas_max) + ", not " + written);
    return 1;
  }

  std::optional<GatewaySpec> read_gateway(const YamlNode& value) {
    if (!check_map(value, "gateway", {"listen"})) return std::nullopt;
    const YamlNode* listen = required(value, "listen", "gateway", "its address, as in `listen: \"127.0.0.1:8080\"`");
    if (listen == nullptr) return std::nullopt;
    Result<env::Address> address = env::Address::parse(text(*listen, "listen").text);
    if (address.ok() && address->kind == env::Address::Kind::ip) return GatewaySpec{address->host, address->port};
    problem(listen->place, "listen is an IP address and a port, as in \"127.0.0.1:8080\", not " + listen->text);
    return std::nullopt;
  }

  // ---- what all of them need ----

  const YamlNode* required(const YamlNode& map, const std::string& key, const std::string& where,
                           const std::string& what) {
    const YamlNode* value = map.find(key);
    if (value == nullptr) problem(map.place, where + " lacks `" + key + ":`, " + what);
    return value;
  }

  bool check_map(const YamlNode& value, const std::string& where) {
    if (value.kind == Kind::map) return true;
    problem(value.place, where + ": keys with values belong here, as in `{key: value}`");
    return false;
  }

  bool check_map(const YamlNode& value, const std::string& where, const std::vector<std::string>& known) {
    if (!check_map(value, where)) return false;
    for (const auto& [key, content] : value.entries) {
      if (std::ranges::find(known, key.text) != known.end()) continue;
      problem(key.place, "`" + key.text + ":` is not known in " + where + control::suggestion(key.text, known));
    }
    return true;
  }

  Named text(const YamlNode& value, const std::string& what, bool may_be_empty = false) {
    const Named named{value.text, value.place};
    if (value.kind == Kind::list || value.kind == Kind::map) {
      problem(value.place, what + " is a text, not a list or a map");
    } else if (value.kind == Kind::null || (value.text.empty() && !may_be_empty)) {
      problem(value.place, what + " has no value; write one (in quotes if it is the word null)");
    } else if (value.text.find('\0') != std::string::npos) {
      problem(value.place, what + " has a zero byte in it");
    }
    return named;
  }

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

  void problem(Place place, std::string what) { problems_.push_back({place, std::move(what)}); }

  Problems& problems_;
};

}  // namespace

std::optional<Application> read_manifest(const std::string& yaml, Problems& problems) {
  const std::size_t before = problems.size();
  std::optional<YamlNode> root = parse_yaml(yaml, problems);
  if (!root) return std::nullopt;
  Application application = Reader(problems).application(*root);
  if (problems.size() > before) return std::nullopt;
  return application;
}

std::string to_text(Problems problems, std::string_view file) {
  std::ranges::stable_sort(problems, [](const control::Problem& a, const control::Problem& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  std::string text;
  for (const control::Problem& problem : problems) {
    text += std::string(file) + ":" + std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) +
            ": " + problem.what + "\n";
  }
  return text;
}

}  // namespace holon::node
