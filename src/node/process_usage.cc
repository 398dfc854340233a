#include "node/process_usage.h"

#include <unistd.h>

#include <optional>
#include <sstream>
#include <string>

#include "env/disk.h"

namespace holon::node {
namespace {

struct ProcessStat {
  int group = 0;
  std::uint64_t cpu_ticks = 0;
};

/// proc(5), /proc/PID/stat: the group is field 5, user and system time are 14 and 15; the name, field 2, may hold anything.
std::optional<ProcessStat> parse_stat(const std::string& text) {
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(end_of_name + 1));
  std::string state, skipped;
  ProcessStat stat;
  std::uint64_t user = 0, system = 0;
  fields >> state >> skipped >> stat.group;
  for (int field = 6; field < 14; ++field) fields >> skipped;
  fields >> user >> system;
  if (fields.fail() || state == "Z") return std::nullopt;
  stat.cpu_ticks = user + system;
  return stat;
}

/// proc(5), /proc/PID/statm: resident and shared pages are fields 2 and 3.
std::uint64_t own_pages(const std::string& text) {
  std::istringstream fields(text);
  std::uint64_t size = 0, resident = 0, shared = 0;
  fields >> size >> resident >> shared;
  return resident > shared ? resident - shared : 0;
}

}  // namespace

std::map<int, GroupUsage> usage_of_groups(env::Environment& world) {
  const std::uint64_t page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::int64_t ticks = ::sysconf(_SC_CLK_TCK);
  std::map<int, GroupUsage> groups;
  for (const std::filesystem::path& process : world.disk().list("/proc").value_or({})) {
    if (process.filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    const std::optional<ProcessStat> stat = parse_stat(world.disk().read(process / "stat").value_or(""));
    if (!stat) continue;
    GroupUsage& group = groups[stat->group];
    group.cpu += std::chrono::nanoseconds(static_cast<std::int64_t>(stat->cpu_ticks) * (1'000'000'000 / ticks));
    group.memory_bytes += own_pages(world.disk().read(process / "statm").value_or("")) * page;
    group.processes += 1;
    group.descriptors += static_cast<int>(world.disk().list(process / "fd").value_or({}).size());
  }
  return groups;
}

}  // namespace holon::node
