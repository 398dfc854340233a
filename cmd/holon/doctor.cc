// `holon doctor`: looks for what building and running needs, and names what is missing with the remedy.
#include <sys/resource.h>
#include <sys/utsname.h>

#include <cstdio>
#include <set>
#include <sstream>

#include "cmd/holon/terminal.h"
#include "cmd/holon/verbs.h"
#include "env/disk.h"
#include "env/environment.h"
#include "env/process.h"
#include "env/reactor.h"

namespace holon::cli {
namespace {

constexpr int kernel_major_min = 5, kernel_minor_min = 11;  // pidfd_open 5.3, close_range 5.9, epoll_pwait2 5.11
constexpr rlim_t descriptors_min = 1024;

/// Prints a line for each check, and remembers whether one failed.
class Report {
 public:
  void fine(const std::string& what) { line(paint_.green("ok  "), what); }
  void wrong(const std::string& what) {
    line(paint_.red("no  "), what);
    failed_ = true;
  }
  bool failed() const { return failed_; }

 private:
  void line(const std::string& mark, const std::string& what) { std::printf("%s%s\n", mark.c_str(), what.c_str()); }
  Paint paint_{stdout};
  bool failed_ = false;
};

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

void check_kernel(Report& report) {
  utsname name{};
  ::uname(&name);
  int major = 0, minor = 0;
  std::sscanf(name.release, "%d.%d", &major, &minor);
  std::string text = std::string("Linux ") + name.release;
  bool enough = std::pair(major, minor) >= std::pair(kernel_major_min, kernel_minor_min);
  if (enough) return report.fine(text);
  report.wrong(text + " is too old: holon needs 5.11 (pidfd, close_range, epoll_pwait2), Debian 12 has 6.1");
}

void check_limits(Report& report) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  std::string text = std::to_string(limit.rlim_cur) + " open files a process";
  if (limit.rlim_cur >= descriptors_min) return report.fine(text);
  report.wrong(text + " are few; raise them by `ulimit -n 4096`");
}

void check_port(int port, Report& report) {
  env::Address address{.kind = env::Address::Kind::ip, .host = "127.0.0.1", .port = port};
  std::unique_ptr<env::Reactor> reactor = env::os().make_reactor();
  Result<std::unique_ptr<env::Listener>> listener = reactor->listen(address);
  if (listener.ok()) return report.fine("port " + std::to_string(port) + " is free");
  report.wrong(listener.error().message() + "; `holon up --port N` takes another");
}

}  // namespace

int doctor(const DoctorOptions& options) {
  Report report;
  check_packages(options, report);
  check_kernel(report);
  check_limits(report);
  check_port(options.port, report);
  return report.failed() ? failed : succeeded;
}

}  // namespace holon::cli
