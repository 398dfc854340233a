#include "node/debugger.h"

#include <cstdlib>

#include "env/disk.h"

namespace holon::node {
namespace {

std::string proc(int pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

}  // namespace

// proc(5): the line "TracerPid:" of /proc/PID/status has 0 where nobody traces.
Result<std::optional<std::string>> debugger_of(env::Environment& world, int pid) {
  const Result<std::string> status = world.disk().read(proc(pid, "status"));
  if (status.code() == Code::not_found) return std::optional<std::string>();
  if (!status.ok()) return status.error();
  constexpr std::string_view heading = "TracerPid:\t";
  const std::size_t line = status->find(heading);
  const int tracer = line == std::string::npos ? 0 : std::atoi(status->c_str() + line + heading.size());
  if (tracer == 0) return std::optional<std::string>();
  std::string name = world.disk().read(proc(tracer, "comm")).value_or("a debugger\n");
  if (!name.empty()) name.pop_back();
  return name + " (pid " + std::to_string(tracer) + ")";
}

}  // namespace holon::node
