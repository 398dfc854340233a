#include "node/deployment.h"

#include <algorithm>

#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"
#include "gateway/contracts.h"
#include "gateway/read_config.h"
#include "node/called.h"
#include "node/commands.h"
#include "node/document.h"
#include "node/manifest.h"
#include "node/permissions.h"
#include "node/programs.h"
#include "node/service_config.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Problems;
using control::Application;
using control::PlannedHost;

Error refusal(const Problems& problems, const std::vector<std::string>& files) {
  std::string text = config::to_text(problems, files);
  text.pop_back();  // the last line's end
  return failed_precondition(std::move(text));
}

std::vector<HostPlan> replicas_of(env::Environment& world, const fs::path& base, const std::vector<PlannedHost>& planned,
                                  const ProgramSet& programs) {
  std::vector<HostPlan> hosts;
  for (const PlannedHost& host : planned) {
    HostPlan plan{.name = {}, .replica = 0, .program = {}, .version = {}, .host = host};
    if (host.command.empty()) {
      const Program& program = programs.at(host.program);
      plan.program = program.path;
      plan.version = program.version;
    } else {
      plan.version = command_version(world, base, host.command);
    }
    for (int replica = 0; replica < host.replicas; ++replica) hosts.push_back(replica_of(plan, replica));
  }
  return hosts;
}

/// The gateway that is asked for: `--port` moves its first door, or makes one.
GatewaySection gateway_of(std::optional<gateway::Config> config, std::string yaml, const DeploymentOptions& options) {
  if (!options.port) return {std::move(config), std::move(yaml)};
  if (!config) {
    yaml = "gateway: {listen: \"127.0.0.1:0\"}\n";
    config.emplace();
    config->listen = {{.address = "127.0.0.1:0"}};
    config->routes = {{.name = "contracts", .target = gateway::ToContracts()}};
  }
  env::Address door = env::Address::parse(config->listen.front().address).value_or({});
  if (door.kind == env::Address::Kind::ip) {
    door.port = *options.port;
    config->listen.front().address = door.to_string();
  }
  return {std::move(config), std::move(yaml)};
}

// What the gateway would refuse when it starts is refused here.
void check_gateway(const v1::Manifest& contracts, const Manifest& manifest, Problems& problems) {
  Result<gateway::Contracts> loaded = gateway::Contracts::load(contracts);
  if (!loaded.ok()) return problems.push_back({manifest.application.name.place, loaded.error().message()});
  if (!manifest.gateway) return;
  Result<void> checked = gateway::check_contracts(*manifest.gateway, *loaded);
  if (!checked.ok()) problems.push_back({manifest.gateway_place, checked.error().message()});
}

/// holon.yaml as it is written, and what it means; the latter only if there were no problems.
struct ReadManifest {
  Document document;
  std::optional<Manifest> manifest;
};

Result<ReadManifest> read(env::Environment& world, const DeploymentOptions& options, Problems& problems) {
  ReadManifest read;
  read.document = HOLON_TRY(load_document(world, {options.file, options.overlays}, problems));
  if (read.document.root.kind == config::YamlNode::Kind::null) return read;
  Problems more;
  read.manifest = read_manifest(read.document.root, folder_of_file(options.file), world, more);
  // What could not be put in the place of a variable is no value's own mistake.
  std::erase_if(more, [&](const config::Problem& problem) {
    return std::ranges::find(problems, problem.place, &config::Problem::place) != problems.end();
  });
  problems.insert(problems.end(), more.begin(), more.end());
  if (!problems.empty()) read.manifest.reset();
  return read;
}

}  // namespace

HostPlan replica_of(HostPlan host, int replica) {
  host.replica = replica;
  host.name = host.host.name + "." + std::to_string(replica);
  return host;
}

Folder folder_of(const fs::path& file) { return Folder::beside(folder_of_file(file)); }

Result<Deployment> prepare(env::Environment& world, const DeploymentOptions& options) {
  Problems problems;
  auto [document, manifest] = HOLON_TRY(read(world, options, problems));
  Folder folder = folder_of(options.file);
  const fs::path beside = folder.path().parent_path();
  find_contracts(world, beside, document, problems);
  if (!manifest) return refusal(problems, document.files);
  const Application& application = manifest->application;
  const control::PlacementSpec* placement = control::find_placement(application, options.placement, problems);
  if (placement != nullptr) find_commands(world, beside, application, *placement, problems);
  if (!problems.empty()) return refusal(problems, document.files);

  HOLON_TRY(folder.make(world.disk()));
  ProgramPlaces places{beside, options.bin, folder.cache()};
  ProgramSet programs = ask_programs(world, places, control::programs_of(application, *placement), problems);
  read_commands(places.beside, application, programs, problems);
  std::vector<PlannedHost> planned = control::plan(application, *placement, services_of(programs), problems);
  v1::Manifest contracts = merge_manifests(programs, problems);
  configure(application, contracts, planned, problems);
  if (problems.empty()) check_gateway(contracts, *manifest, problems);
  const bool has_gateway = manifest->gateway || options.port;
  v1::Permissions permissions = permissions_of(application, planned, contracts, has_gateway, problems);
  std::vector<v1::CalledService> called = called_of(application, planned, contracts, problems);
  if (!problems.empty()) return refusal(problems, document.files);

  GatewaySection gateway = gateway_of(std::move(manifest->gateway), section_yaml(document, "gateway"), options);
  return Deployment{.options = options,
                    .app = application.name.text,
                    .placement = placement->name.text,
                    .strict = options.strict,
                    .folder = std::move(folder),
                    .hosts = replicas_of(world, places.beside, planned, programs),
                    .gateway = std::move(gateway.config),
                    .gateway_yaml = std::move(gateway.yaml),
                    .document = std::move(document),
                    .dashboard = manifest->dashboard,
                    .cluster = manifest->cluster,
                    .contracts = std::move(contracts),
                    .permissions = std::move(permissions),
                    .called = std::move(called),
                    .limits = application.limits};
}

Result<std::string> resolve(env::Environment& world, const DeploymentOptions& options) {
  Problems problems;
  auto [document, manifest] = HOLON_TRY(read(world, options, problems));
  find_contracts(world, folder_of_file(options.file), document, problems);
  if (!problems.empty()) return refusal(problems, document.files);
  return resolved_yaml(document);
}

Result<GatewaySection> read_gateway(env::Environment& world, const DeploymentOptions& options, const v1::Manifest& contracts) {
  Problems problems;
  auto [document, manifest] = HOLON_TRY(read(world, options, problems));
  if (manifest) check_gateway(contracts, *manifest, problems);
  if (!problems.empty()) return refusal(problems, document.files);
  GatewaySection section = gateway_of(std::move(manifest->gateway), section_yaml(document, "gateway"), options);
  section.document = std::move(document);
  return section;
}

}  // namespace holon::node
