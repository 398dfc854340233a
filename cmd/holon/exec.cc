// `holon exec`: a command in the folder of a host, with its environment.
#include <cstdlib>

#include "cmd/holon/running_host.h"
#include "cmd/holon/verbs.h"
#include "env/disk.h"
#include "env/process.h"

namespace holon::cli {
namespace {

/// What it was started with; but a command that a person sees is for this person's terminal.
Result<std::vector<std::string>> environment_of(const node::v1::HostState& host) {
  const std::string block = HOLON_TRY(env::os().disk().read(process_file(host, "environ")));
  std::vector<std::string> variables;
  for (std::size_t at = 0; at < block.size();) {
    std::string variable = block.c_str() + at;
    at += variable.size() + 1;
    if (!variable.empty() && !variable.starts_with("TERM=")) variables.push_back(std::move(variable));
  }
  if (const char* terminal = std::getenv("TERM")) variables.push_back("TERM=" + std::string(terminal));
  return variables;
}

Result<env::Become> where_it_runs(const ExecOptions& options) {
  const node::v1::HostState host = HOLON_TRY(running_host(options.file, options.name));
  std::vector<std::string> environment = HOLON_TRY(environment_of(host));
  const std::filesystem::path folder = HOLON_TRY(process_link(host, "cwd"));
  return env::Become{options.command, std::move(environment), folder};
}

}  // namespace

int exec(const ExecOptions& options) {
  Result<env::Become> what = where_it_runs(options);
  if (!what.ok()) return say_failed(what.error());
  return say_failed(env::os().processes().become(*what));
}

}  // namespace holon::cli
