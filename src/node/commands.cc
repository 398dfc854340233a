#include "node/commands.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "app/assembly.h"
#include "env/disk.h"
#include "node/contract_files.h"
#include "node/fingerprint.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Named;
using config::Problems;
using config::YamlNode;
using control::ServiceSpec;

/// `beside`, then each folder on the way to `file`: where its imports may be looked for.
std::vector<fs::path> roots_of(const fs::path& beside, const fs::path& file) {
  if (file.is_absolute()) return {file.parent_path()};
  std::vector<fs::path> roots = {beside};
  for (const fs::path& part : file.parent_path()) roots.push_back(roots.back() / part);
  return roots;
}

/// The files of one service, all named from the same folder: the first from which they compile. What is wrong is said as seen
/// from `beside`.
Result<ContractFiles> compile(const fs::path& beside, const std::vector<Named>& contracts) {
  Result<ContractFiles> first = invalid_argument("no contract");
  bool tried = false;
  for (const fs::path& root : roots_of(beside, contracts.front().text)) {
    std::vector<std::string> names;
    for (const Named& contract : contracts) {
      names.push_back((beside / contract.text).lexically_normal().lexically_relative(root.lexically_normal()).string());
    }
    Result<ContractFiles> compiled = read_contracts(names, {root});
    if (compiled.ok()) return compiled;
    if (!std::exchange(tried, true)) first = compiled;
  }
  return first;
}

/// Of the services of its contracts, the one of its own name ("ads" is shop.Ads), or all if none is called so.
std::vector<std::string> answered_by(const ServiceSpec& service, const std::vector<std::string>& contracts) {
  std::string name = service.name.text;
  std::ranges::replace(name, '-', '_');
  std::vector<std::string> named;
  std::ranges::copy_if(contracts, std::back_inserter(named), [&](const std::string& contract) { return app::short_name(contract) == name; });
  return named.empty() ? contracts : named;
}

Result<Program> read_command(const fs::path& beside, const ServiceSpec& service) {
  Program program;
  if (service.contracts.empty()) return program;
  ContractFiles compiled = HOLON_TRY(compile(beside, service.contracts));
  if (compiled.services.empty()) {
    return invalid_argument(service.contracts.front().text + " has no service; name the file that has the one " +
                            service.name.text + " answers");
  }
  for (contract::Catalog::File& file : compiled.files) *program.manifest.mutable_contracts()->add_file() = std::move(file);
  for (const std::string& name : answered_by(service, compiled.services)) {
    v1::ManifestService* answered = program.manifest.add_services();
    answered->set_name(service.name.text);
    answered->set_contract(name);
  }
  return program;
}

bool is_file(env::Environment& world, const fs::path& path) { return world.disk().size(path).ok(); }

bool on_path(env::Environment& world, const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string folders = variable != nullptr ? variable : "/usr/bin:/bin";
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    if (is_file(world, fs::path(folders.substr(begin, end - begin)) / name)) return true;
    begin = end + 1;
  }
  return false;
}

void find_command(env::Environment& world, const fs::path& beside, const std::vector<Named>& command, Problems& problems) {
  if (command.empty() || command.front().text.empty()) return;
  const Named& first = command.front();
  if (first.text.find('/') == std::string::npos) {
    if (!on_path(world, first.text)) {
      problems.push_back({first.place, "there is no program " + first.text + " in any folder of PATH; install it"});
    }
  } else if (!is_file(world, beside / first.text)) {
    problems.push_back({first.place, "there is no program " + (beside / first.text).lexically_normal().string()});
  }
}

void find_contract(env::Environment& world, const fs::path& beside, const YamlNode& file, Problems& problems) {
  if (file.kind != YamlNode::Kind::scalar || file.text.empty()) return;
  if (is_file(world, beside / file.text) || contract::own_file(file.text) != nullptr) return;
  problems.push_back({file.place, "there is no contract file " + (beside / file.text).lexically_normal().string()});
}

}  // namespace

void read_commands(const fs::path& beside, const control::Application& application, ProgramSet& programs,
                   Problems& problems) {
  for (const ServiceSpec& service : application.services) {
    if (service.command.empty()) continue;
    Result<Program> read = read_command(beside, service);
    if (read.ok()) {
      programs.emplace(control::command_key(service), std::move(*read));
    } else {
      problems.push_back({service.contracts.front().place, read.error().message()});
    }
  }
}

void find_contracts(env::Environment& world, const fs::path& beside, const Document& document, Problems& problems) {
  const YamlNode* services = document.root.find("services");
  if (services == nullptr) return;
  for (const auto& [name, service] : services->entries) {
    const YamlNode* contract = service.find("contract");
    if (contract == nullptr) continue;
    find_contract(world, beside, *contract, problems);
    for (const YamlNode& file : contract->items) find_contract(world, beside, file, problems);
  }
}

void find_commands(env::Environment& world, const fs::path& beside, const control::Application& application,
                   const control::PlacementSpec& placement, Problems& problems) {
  for (const ServiceSpec& service : application.services) find_command(world, beside, service.command, problems);
  for (const control::HostSpec& host : placement.hosts) find_command(world, beside, host.command, problems);
}

std::string command_version(env::Environment& world, const fs::path& beside, const std::vector<std::string>& command) {
  Fingerprint version;
  for (const std::string& word : command) {
    version.add(word);
    if (word.find_first_of("/.") == std::string::npos) continue;
    if (Result<std::int64_t> changed = world.disk().changed_ns(beside / word); changed.ok()) {
      version.add(std::to_string(*changed));
    }
  }
  return version.hex();
}

}  // namespace holon::node
