#include <algorithm>
#include <map>

#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"
#include "node/deployment.h"
#include "node/log_file.h"

namespace holon::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto look_every = std::chrono::milliseconds(50);

bool wanted(const std::string& host, const std::vector<std::string>& hosts) {
  return hosts.empty() || std::ranges::any_of(hosts, [&](const std::string& name) {
           return host == name || host.substr(0, host.rfind('.')) == name;
         });
}

/// The log files that are asked for, by host.
std::map<std::string, fs::path> files_of(const LogsOptions& options) {
  std::map<std::string, fs::path> files;
  fs::path folder = node::folder_of(options.file).path() / "logs";
  for (const fs::path& file : env::os().disk().list(folder).value_or({})) {
    std::string host = file.stem();
    if (file.extension() == ".log" && wanted(host, options.hosts)) files[host] = file;
  }
  return files;
}

void print_line(const std::string& host, std::string_view line) {
  static const Paint paint(stdout);
  std::string prefix = paint.by_name(host, host + " |");
  std::printf("%s %.*s\n", prefix.c_str(), static_cast<int>(line.size()), line.data());
}

/// Prints what is added, until the person has seen enough (Ctrl-C) or nobody reads any more.
void follow(const LogsOptions& options, std::map<std::string, node::LogFollower> followers) {
  env::Environment& world = env::os();
  std::unique_ptr<env::Reactor> reactor = world.make_reactor();
  while (std::fflush(stdout) == 0) {
    for (const auto& [host, file] : files_of(options)) {
      node::LogFollower& follower = followers.try_emplace(host, world.disk(), file, 0).first->second;
      follower.poll([&host = host](std::string_view line) { print_line(host, line); });
    }
    const env::Time until = world.now() + look_every;
    while (world.now() < until) reactor->wait(until);
  }
}

}  // namespace

int logs(const LogsOptions& options) {
  env::Disk& disk = env::os().disk();
  std::map<std::string, fs::path> files = files_of(options);
  if (files.empty() && !options.follow) {
    say("there are no logs " +
        std::string(options.hosts.empty() ? "here; `holon up` starts the application" : "of these hosts"));
    return failed;
  }
  std::map<std::string, node::LogFollower> followers;
  for (const auto& [host, file] : files) {
    followers.try_emplace(host, disk, file, disk.size(file).value_or(0));
    for (const std::string& line : node::last_lines(disk, file, options.tail)) print_line(host, line);
  }
  if (options.follow) follow(options, std::move(followers));
  return succeeded;
}

}  // namespace holon::cli
