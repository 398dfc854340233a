// The parts of the real world, put together in environment.cc.
#pragma once

#include <memory>

#include "env/disk.h"
#include "env/names.h"
#include "env/process.h"
#include "env/reactor.h"

namespace holon::env {

std::unique_ptr<Reactor> make_reactor();
std::unique_ptr<Disk> make_disk();
std::unique_ptr<Processes> make_processes();
std::unique_ptr<Names> make_names();

/// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// UNAVAILABLE: "WHAT: strerror".
Error os_error(const std::string& what, int error_number);

}  // namespace holon::env
