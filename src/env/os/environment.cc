#include "env/environment.h"

#include <malloc.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "env/os/os.h"

namespace holon::env {
namespace {

class OsEnvironment final : public Environment {
 public:
  Time now() override { return std::chrono::steady_clock::now(); }
  WallTime wall() override { return std::chrono::system_clock::now(); }
  std::uint64_t random() override {
    thread_local std::uint64_t state = seed();
    // splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA'14), seeded by the kernel.
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::unique_ptr<Reactor> make_reactor() override { return env::make_reactor(); }
  Disk& disk() override { return *disk_; }
  Processes& processes() override { return *processes_; }
  Names& names() override { return *names_; }

 private:
  static std::uint64_t seed() {
    std::uint64_t value = 0;
    if (getrandom(&value, sizeof value, 0) != sizeof value) std::abort();  // cannot fail for 8 bytes (getrandom(2))
    return value;
  }

  std::unique_ptr<Disk> disk_ = make_disk();
  std::unique_ptr<Processes> processes_ = make_processes();
  std::unique_ptr<Names> names_ = make_names();
};

}  // namespace

Environment& os() {
  static OsEnvironment* world = new OsEnvironment;  // outlives every thread
  return *world;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Error os_error(const std::string& what, int error_number) {
  char text[128];
  const char* remedy = error_number == EMFILE ? "; a higher limit helps, `ulimit -n 65536`" : "";
  return unavailable(what + ": " + strerror_r(error_number, text, sizeof text) + remedy);
}

void keep_freed_memory() {
#if defined(__GLIBC__)
  ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 8 << 20);
#endif
}

}  // namespace holon::env
