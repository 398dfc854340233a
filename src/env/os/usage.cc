#include "env/os/usage.h"

#include <sys/resource.h>

#include <fstream>

namespace holon::env {
namespace {

Duration duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

// The lines "Private_Clean: 12 kB" and "Private_Dirty: 34 kB".
std::uint64_t private_bytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  std::uint64_t sum_kb = 0;
  for (std::string line; std::getline(rollup, line);) {
    if (line.starts_with("Private_")) sum_kb += std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
  }
  return sum_kb << 10;
}

}  // namespace

Usage read_usage() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {duration(usage.ru_utime) + duration(usage.ru_stime), private_bytes()};
}

}  // namespace holon::env
