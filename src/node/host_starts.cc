#include "node/host_starts.h"

#include "node/fingerprint.h"

namespace holon::node {
namespace {

constexpr std::size_t first_door = 4;  // descriptor: 3 is its own socket

std::string version_of(const std::string& program, const std::vector<std::string>& arguments) {
  Fingerprint fingerprint;
  fingerprint.add(program);
  for (const std::string& argument : arguments) fingerprint.add(argument);
  return fingerprint.hex();
}

/// @param limits  who has none yet has to be started anew in the group that has them
std::string version_of(const std::string& program, const HostStart& start, const control::ResourceLimits& limits) {
  std::vector<std::string> words = start.arguments;
  if (has_limits(limits)) words.push_back("bounded");
  for (const auto& [name, value] : start.environment) words.push_back(name + "=" + value);
  return version_of(program, words);
}

/// "a,b"
std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// The node may have renewed its lease some time before, and the host must be gone when that ends.
std::chrono::milliseconds absence_longest(const ClusterConfig& cluster) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(cluster.lease) * 2 / 3;
}

std::string drain_argument() { return "--holon-drain-ms=" + std::to_string(drain_time.count()); }

}  // namespace

HostStart HostStarts::begin(const std::string& name, HostKind kind) const {
  const Folder& folder = deployment_.folder;
  HostStart start{.name = name, .kind = kind, .arguments = {}, .version = {}, .listen = {}, .directory = {}, .log = {}};
  start.listen = {.kind = env::Address::Kind::unix_path, .host = folder.socket(name).string()};
  start.directory = folder.path().parent_path();
  start.log = folder.log(name);
  return start;
}

/// By what it and the hosts of other nodes know each other.
void HostStarts::add_identity(HostStart& start, const std::string& host) const {
  const std::filesystem::path folder = deployment_.folder.identity();
  start.arguments.push_back("--holon-identity=" + (folder / (host + ".pem")).string());
  start.arguments.push_back("--holon-authority=" + (folder / "authority.pem").string());
}

HostStart HostStarts::program(const HostPlan& plan) const {
  const Folder& folder = deployment_.folder;
  HostStart start = begin(plan.name, HostKind::program);
  std::string names;
  std::string configs;
  for (const control::PlannedService& service : plan.host.services) names += (names.empty() ? "" : ",") + service.name;
  start.arguments = {plan.program.string(),
                     "--holon-host=" + plan.name,
                     "--holon-services=" + names,
                     "--holon-listen=fd:3",
                     "--holon-node=" + folder.node_address(),
                     "--holon-data=" + folder.data().string(),
                     drain_argument()};
  if (deployment_.cluster) {
    start.arguments.push_back("--holon-listen=tls:fd:" + std::to_string(first_door));
    start.doors.push_back(env::Address::parse(deployment_.cluster->address + ":0").value_or({}));
    add_identity(start, plan.host.name);
    if (!deployment_.cluster->goes_on) {
      start.arguments.push_back("--holon-node-absence-ms=" + std::to_string(absence_longest(*deployment_.cluster).count()));
    }
  }
  if (deployment_.strict) start.arguments.push_back("--holon-strict");
  for (const auto& [name, value] : deployment_.limits) start.arguments.push_back("--holon-limit=" + name + "=" + value);
  for (const control::PlannedService& service : plan.host.services) {
    for (const auto& [name, value] : service.settings) {
      start.arguments.push_back("--holon-setting=" + service.name + "." + name + "=" + value);
    }
    if (service.config.empty()) continue;
    start.arguments.push_back("--holon-config=" + service.name + "=" + folder.config(service.name).string());
    configs += service.config;
  }
  start.environment.assign(plan.host.environment.begin(), plan.host.environment.end());
  start.version = version_of(plan.version + configs, start, plan.host.resources);
  return start;
}

HostStart HostStarts::command(const HostPlan& plan, const env::Address& listen,
                              const std::optional<env::Address>& mesh) const {
  HostStart start = begin(plan.name, HostKind::command);
  start.arguments = plan.host.command;
  start.listen = listen;
  start.data = deployment_.folder.data() / plan.host.name;
  start.environment = {{"PORT", std::to_string(listen.port)},
                       {"HOLON_ADDRESS", listen.to_string()},
                       {"HOLON_SERVICE", plan.host.services.front().name},
                       {"HOLON_REPLICA", std::to_string(plan.replica)},
                       {"HOLON_DATA", start.data.string()}};
  if (mesh) start.environment.emplace_back("HOLON_MESH", mesh->to_string());
  for (const auto& variable : plan.host.environment) start.environment.push_back(variable);
  start.version = version_of(plan.version, start, plan.host.resources);
  return start;
}

/// A host that the holon program runs.
HostStart HostStarts::own(const std::string& name, HostKind kind, const std::string& verb) const {
  const Folder& folder = deployment_.folder;
  HostStart start = begin(name, kind);
  start.arguments = {holon_.string(),
                     verb,
                     "--holon-host=" + name,
                     "--holon-own=fd:3",
                     "--holon-node=" + folder.node_address(),
                     "--holon-contracts=" + folder.contracts().string(),
                     drain_argument()};
  for (const auto& [limit, value] : deployment_.limits) {
    if (limit.starts_with("client.")) start.arguments.push_back("--holon-limit=" + limit + "=" + value);
  }
  if (deployment_.cluster) add_identity(start, name.substr(0, name.rfind('.')));
  return start;
}

HostStart HostStarts::gateway(std::int64_t built) const {
  HostStart start = own(gateway_name, HostKind::gateway, "gateway-host");
  start.arguments.push_back("--holon-config=" + deployment_.folder.gateway_config().string());
  start.arguments.push_back("--holon-base=" + start.directory.string());
  for (const gateway::ListenConfig& listener : deployment_.gateway->listen) {
    start.arguments.push_back("--holon-listen=fd:" + std::to_string(first_door + start.doors.size()));
    start.doors.push_back(env::Address::parse(listener.address).value_or({}));
  }
  start.version = gateway_version(start.arguments, built, deployment_.gateway_yaml);
  return start;
}

/// Of the program, its contracts, and what it was told.
std::string HostStarts::gateway_version(const std::vector<std::string>& arguments, std::int64_t built,
                                        const std::string& yaml) const {
  std::string program = deployment_.contracts.SerializeAsString() + std::to_string(built);
  for (const gateway::ListenConfig& listener : deployment_.gateway->listen) program += " " + listener.address;
  return version_of(program + yaml, arguments);
}

HostStart HostStarts::outlet(std::int64_t built, const std::map<std::string, MeshCaller>& callers) const {
  HostStart start = own(outlet_name, HostKind::outlet, "outlet-host");
  std::string program = deployment_.contracts.SerializeAsString() + std::to_string(built);
  for (const auto& [name, caller] : callers) {
    start.arguments.push_back("--holon-caller=" + name + "=fd:" + std::to_string(first_door + start.doors.size()));
    start.doors.push_back(caller.door);
    program += " " + caller.door.to_string();
    for (const auto& [callee, contracts] : caller.callees) {
      start.arguments.push_back("--holon-callee=" + name + "/" + callee + (contracts.empty() ? "" : "=" + joined(contracts)));
    }
  }
  start.version = version_of(program, start.arguments);
  return start;
}

}  // namespace holon::node
