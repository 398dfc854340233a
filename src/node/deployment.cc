#include "node/deployment.h"

#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"
#include "gateway/contracts.h"
#include "gateway/read_config.h"
#include "node/manifest.h"
#include "node/programs.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Problems;
using control::Application;
using control::PlannedHost;

fs::path directory_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

Error refusal(const Problems& problems, const fs::path& file) {
  std::string text = config::to_text(problems, file.string());
  text.pop_back();  // the last line's end
  return failed_precondition(std::move(text));
}

std::vector<HostPlan> replicas_of(const std::vector<PlannedHost>& planned, const ProgramSet& programs) {
  std::vector<HostPlan> hosts;
  for (const PlannedHost& host : planned) {
    const Program& program = programs.at(host.program);
    for (int replica = 0; replica < host.replicas; ++replica) {
      hosts.push_back({host.name + "." + std::to_string(replica), program.path, program.version, host.services});
    }
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

Result<std::string> read_file(env::Environment& world, const fs::path& file) {
  Result<std::string> text = world.disk().read(file);
  if (text.code() != Code::not_found) return text;
  return not_found("there is no " + file.string() + " here; go where it is, or name it by -f FILE");
}

}  // namespace

Folder folder_of(const fs::path& file) { return Folder::beside(directory_of(file)); }

Result<Deployment> prepare(env::Environment& world, const DeploymentOptions& options) {
  std::string yaml = HOLON_TRY(read_file(world, options.file));
  Problems problems;
  std::optional<Manifest> manifest = read_manifest(yaml, directory_of(options.file), world, problems);
  if (!manifest) return refusal(problems, options.file);
  const Application& application = manifest->application;
  const control::PlacementSpec* placement = control::find_placement(application, options.placement, problems);
  if (placement == nullptr) return refusal(problems, options.file);

  Folder folder = folder_of(options.file);
  HOLON_TRY(folder.make(world.disk()));
  ProgramPlaces places{folder.path().parent_path(), options.bin, folder.cache()};
  ProgramSet programs = ask_programs(world, places, control::programs_of(application, *placement), problems);
  std::vector<PlannedHost> planned = control::plan(application, *placement, services_of(programs), problems);
  v1::Manifest contracts = merge_manifests(programs, problems);
  if (problems.empty()) check_gateway(contracts, *manifest, problems);
  if (!problems.empty()) return refusal(problems, options.file);

  GatewaySection gateway = gateway_of(std::move(manifest->gateway), std::move(yaml), options);
  return Deployment{.options = options,
                    .app = application.name.text,
                    .placement = placement->name.text,
                    .strict = options.strict,
                    .folder = std::move(folder),
                    .hosts = replicas_of(planned, programs),
                    .gateway = std::move(gateway.config),
                    .gateway_yaml = std::move(gateway.yaml),
                    .contracts = std::move(contracts),
                    .limits = application.limits};
}

Result<GatewaySection> read_gateway(env::Environment& world, const DeploymentOptions& options, const v1::Manifest& contracts) {
  std::string yaml = HOLON_TRY(read_file(world, options.file));
  Problems problems;
  std::optional<Manifest> manifest = read_manifest(yaml, directory_of(options.file), world, problems);
  if (manifest) check_gateway(contracts, *manifest, problems);
  if (!problems.empty()) return refusal(problems, options.file);
  return gateway_of(std::move(manifest->gateway), std::move(yaml), options);
}

}  // namespace holon::node
