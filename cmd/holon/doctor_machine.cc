#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <vector>

#include "cmd/holon/doctor_report.h"
#include "env/disk.h"
#include "env/environment.h"

namespace holon::cli {
namespace {

constexpr int kernel_major_min = 5, kernel_minor_min = 11;  // pidfd_open 5.3, close_range 5.9, epoll_pwait2 5.11
constexpr rlim_t descriptors_min = 1024;

const std::filesystem::path control_groups = "/sys/fs/cgroup";

void check_kernel(Report& report) {
  utsname name{};
  ::uname(&name);
  int major = 0, minor = 0;
  std::sscanf(name.release, "%d.%d", &major, &minor);
  const std::string text = std::string("Linux ") + name.release;
  const bool enough = std::pair(major, minor) >= std::pair(kernel_major_min, kernel_minor_min);
  if (enough) return report.fine(text);
  report.wrong(text + " is too old: holon needs 5.11 (pidfd, close_range, epoll_pwait2), Debian 12 has 6.1");
}

void check_descriptors(Report& report) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::string text = std::to_string(limit.rlim_cur) + " open files a process";
  if (limit.rlim_cur >= descriptors_min) return report.fine(text);
  report.wrong(text + " are few; raise them by `ulimit -n 4096`");
}

/// Of /proc/self/cgroup, "ID:CONTROLLERS:PATH" a line: the path of this process by a controller, or of version 2, where it is "".
std::string group_of(const std::string& controller) {
  std::istringstream lines(env::os().disk().read("/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string wanted = "," + controller + ",";
    if (controllers == wanted || (!controller.empty() && controllers.find(wanted) != line.npos)) return line.substr(second + 1);
  }
  return "";
}

bool can_write(const std::filesystem::path& path) { return ::access(path.c_str(), W_OK) == 0; }

std::vector<std::string> words_of(const std::filesystem::path& file) {
  std::istringstream text(env::os().disk().read(file).value_or(""));
  return {std::istream_iterator<std::string>(text), {}};
}

/// Which of the three that holon limits by cannot be used.
std::vector<std::string> missing_of_version_2() {
  const std::filesystem::path own = control_groups.string() + group_of("");
  const std::vector<std::string> there = words_of(own / "cgroup.controllers");
  std::vector<std::string> missing;
  for (const char* controller : {"memory", "cpu", "pids"}) {
    const bool usable = std::ranges::find(there, controller) != there.end() && can_write(own / "cgroup.procs");
    if (!usable) missing.emplace_back(controller);
  }
  return missing;
}

std::vector<std::string> missing_of_version_1() {
  std::vector<std::string> missing;
  for (const char* controller : {"memory", "cpu", "pids"}) {
    if (!can_write(control_groups.string() + "/" + controller + group_of(controller))) missing.emplace_back(controller);
  }
  return missing;
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What cannot be limited is no fault of a machine whose holon.yaml asks for no limits, so it is told, and nothing fails.
void check_control_groups(Report& report) {
  const bool version_2 = env::os().disk().size(control_groups / "cgroup.controllers").ok();
  const bool version_1 = !version_2 && env::os().disk().size(control_groups / "memory/cgroup.procs").ok();
  if (!version_2 && !version_1) {
    return report.fine("no control groups: `resources:` of holon.yaml cannot be kept; mount them at " + control_groups.string());
  }
  const std::string name = version_2 ? "control groups, version 2" : "control groups, version 1";
  const std::vector<std::string> missing = version_2 ? missing_of_version_2() : missing_of_version_1();
  if (missing.empty()) return report.fine(name + ": memory, CPU and processes of a host can be limited");
  report.fine(name + ", but no limits of " + joined_words(missing) + " can be set by this user; " +
              (version_2 ? "`systemd-run --user --scope -p Delegate=yes holon up` runs it where they can"
                         : "who may write below " + control_groups.string() + " can"));
}

}  // namespace

void check_machine(Report& report) {
  check_kernel(report);
  check_control_groups(report);
  check_descriptors(report);
}

}  // namespace holon::cli
