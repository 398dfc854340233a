#include "env/processors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace holon::env {
namespace {

namespace fs = std::filesystem;

constexpr double unbounded = std::numeric_limits<double>::infinity();

double number_in(Disk& disk, const fs::path& file) {
  double number = -1;
  std::istringstream(disk.read(file).value_or("")) >> number;
  return number;
}

/// How many processors a group may use, less what bounds those above it.
double quota(Disk& disk, const fs::path& folder) {
  double quota = 0, period = 0;
  std::istringstream max(disk.read(folder / "cpu.max").value_or(""));
  if (!(max >> quota >> period)) {  // "max 100000", or version 1
    quota = number_in(disk, folder / "cpu.cfs_quota_us");
    period = number_in(disk, folder / "cpu.cfs_period_us");
  }
  return quota > 0 && period > 0 ? quota / period : unbounded;
}

double least_quota(Disk& disk, const fs::path& mount, fs::path folder) {
  double least = quota(disk, folder);
  while (folder != mount && folder.has_relative_path()) {
    folder = folder.parent_path();
    least = std::min(least, quota(disk, folder));
  }
  return least;
}

}  // namespace

fs::path ControlGroups::folder(Disk& disk, const std::string& controller) const {
  const fs::path top = mount / controller;
  std::istringstream lines(disk.read(own).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    if (names != "," + controller + "," && (controller.empty() || names.find("," + controller + ",") == std::string::npos)) continue;
    const fs::path folder = top / fs::path(line.substr(second + 1)).relative_path();
    if (disk.size(folder / "cgroup.procs").ok()) return folder;
  }
  return top;
}

unsigned processors(Disk& disk, const ControlGroups& groups, unsigned there) {
  double usable = std::max(1u, there);
  for (const char* controller : {"", "cpu"}) {
    usable = std::min(usable, least_quota(disk, groups.mount / controller, groups.folder(disk, controller)));
  }
  return static_cast<unsigned>(std::ceil(usable));
}

}  // namespace holon::env
