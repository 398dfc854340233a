#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "cmd/holon/doctor_report.h"
#include "env/environment.h"
#include "node/cgroup.h"

namespace holon::cli {
namespace {

constexpr int kernel_major_min = 5, kernel_minor_min = 11;  // pidfd_open 5.3, close_range 5.9, epoll_pwait2 5.11
constexpr rlim_t descriptors_min = 1024;

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

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What cannot be limited is no fault of a machine whose holon.yaml asks for no limits, so it is told, and nothing fails.
void check_control_groups(Report& report) {
  const node::Cgroups groups(env::os());
  if (groups.version() == 0) return report.fine("no control groups: `resources:` of holon.yaml cannot be kept; " + groups.remedy());
  const std::string name = "control groups, version " + std::to_string(groups.version());
  const std::vector<std::string> missing = groups.missing();
  if (missing.empty()) return report.fine(name + ": memory, CPU and processes of a host can be limited");
  report.fine(name + ", but no limits of " + joined_words(missing) + " can be set by this user; " + groups.remedy());
}

}  // namespace

void check_machine(Report& report) {
  check_kernel(report);
  check_control_groups(report);
  check_descriptors(report);
}

}  // namespace holon::cli
