// `holon doctor`: looks for what building and running needs, and names what is missing with the remedy.
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

#include "cmd/holon/doctor_report.h"
#include "cmd/holon/link.h"
#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "env/disk.h"
#include "env/environment.h"
#include "env/process.h"
#include "env/reactor.h"

namespace holon::cli {
namespace {

constexpr std::uint64_t free_bytes_min = 64 << 20;

std::set<std::string> installed_packages() {
  env::Spawn query;
  query.arguments = {"dpkg-query", "-W", "-f=${db:Status-Abbrev}${Package}\\n"};
  Result<env::Output> output = env::os().processes().run(query, env::os().now() + std::chrono::seconds(10));
  std::set<std::string> packages;
  if (!output.ok()) return packages;
  std::istringstream words(output->standard_output);
  for (std::string state, package; words >> state >> package;) {
    if (state == "ii") packages.insert(package);
  }
  return packages;
}

/// packages.txt: "[group]" headings, then "PACKAGE [FILE]"; a FILE that exists stands for the package.
void check_packages(const DoctorOptions& options, Report& report) {
  Result<std::string> list = env::os().disk().read(options.packages);
  if (!list.ok()) {
    return report.fine("no " + options.packages.string() + " here: packages for building are not looked for");
  }
  const std::set<std::string> installed = installed_packages();
  std::string missing;
  int needed = 0;
  std::istringstream lines(*list);
  for (std::string line, package, file; std::getline(lines, line);) {
    std::istringstream words(line);
    package.clear(), file.clear();
    words >> package >> file;
    if (package.empty() || package[0] == '#' || package[0] == '[') continue;
    ++needed;
    if (installed.contains(package) || (!file.empty() && env::os().disk().size(file).ok())) continue;
    missing += " " + package;
  }
  if (missing.empty()) {
    return report.fine("all " + std::to_string(needed) + " packages of " + options.packages.string());
  }
  report.wrong("packages are missing: apt-get install --no-install-recommends" + missing);
}

void check_state_folder(const std::filesystem::path& file, Report& report) {
  std::filesystem::path folder = node::folder_of(file).path();
  const std::string name = folder.string();
  while (!std::filesystem::exists(folder) && folder.has_parent_path() && folder != folder.parent_path()) folder = folder.parent_path();
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return report.wrong("the state folder " + name + " cannot be written; give " + folder.string() + " to this user by chown");
  }
  struct statvfs disk {};
  const bool told = ::statvfs(folder.c_str(), &disk) == 0;
  const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (told && free_bytes < free_bytes_min) {
    return report.wrong("the disk of the state folder " + name + " has only " + bytes_text(free_bytes) + " left; make room there");
  }
  report.fine("the state folder " + name + " can be written" + (told ? ", " + bytes_text(free_bytes) + " are free" : ""));
}

/// The node that runs, if one does.
std::optional<node::v1::ListReply> check_node(const std::filesystem::path& file, Report& report) {
  if (!has_node(file)) {
    report.fine("no node runs here");
    return std::nullopt;
  }
  Result<node::v1::ListReply> list = NodeLink(file).list();
  if (!list.ok()) {
    report.wrong(list.error().message());
    return std::nullopt;
  }
  std::string trouble;
  for (const node::v1::HostState& host : list->hosts()) {
    if (!host.warning().empty()) report.wrong(host.host() + ": " + host.warning());
    if (host.state() == "failed" || host.state() == "unhealthy") trouble += (trouble.empty() ? "" : ", ") + host.host();
  }
  const std::string text = "the node of " + list->app() + " runs, pid " + std::to_string(list->pid());
  if (trouble.empty()) {
    report.fine(text + ", with " + std::to_string(list->hosts_size()) + " hosts");
  } else {
    report.wrong(text + ", but all is not well with " + trouble + "; `holon ps` and `holon events` tell why");
  }
  return *list;
}

void check_port(int port, const std::optional<node::v1::ListReply>& running, Report& report) {
  const std::string name = "port " + std::to_string(port);
  if (running && running->gateway().ends_with(":" + std::to_string(port))) return report.fine(name + " is this application's gateway");
  env::Address address{.kind = env::Address::Kind::ip, .host = "127.0.0.1", .port = port};
  std::unique_ptr<env::Reactor> reactor = env::os().make_reactor();
  Result<std::unique_ptr<env::Listener>> listener = reactor->listen(address);
  if (listener.ok()) return report.fine(name + " is free");
  report.wrong(listener.error().message() + "; `holon up --port N` takes another");
}

std::optional<node::v1::ListReply> check_application(const DoctorOptions& options, Report& report) {
  if (!env::os().disk().size(options.file).ok()) {
    report.fine("no " + options.file.string() + " here: its state folder and node are not looked for");
    return std::nullopt;
  }
  check_state_folder(options.file, report);
  return check_node(options.file, report);
}

}  // namespace

bool Report::failed() const {
  return std::ranges::any_of(findings_, [](const Finding& finding) { return !finding.fine; });
}

void Report::print(bool json) const {
  const Paint paint(stdout);
  std::string checks;
  for (const Finding& finding : findings_) {
    if (json) {
      checks += std::string(checks.empty() ? "" : ",") + "{\"ok\":" + (finding.fine ? "true" : "false") +
                ",\"what\":" + contract::json_quote(finding.what) + "}";
    } else {
      const std::string mark = finding.fine ? paint.tinted(Tone::good, "ok  ") : paint.tinted(Tone::bad, "no  ");
      std::printf("%s%s\n", mark.c_str(), finding.what.c_str());
    }
  }
  if (json) std::printf("{\"ok\":%s,\"checks\":[%s]}\n", failed() ? "false" : "true", checks.c_str());
}

int doctor(const DoctorOptions& options) {
  Report report;
  check_packages(options, report);
  check_machine(report);
  check_port(options.port, check_application(options, report), report);
  report.print(options.json);
  return report.failed() ? failed : succeeded;
}

}  // namespace holon::cli
