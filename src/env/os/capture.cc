#include "env/os/capture.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace holon::env {
namespace {

constexpr std::size_t output_bytes_max = std::size_t{64} << 20;

int milliseconds_left(Time deadline) {
  using std::chrono::milliseconds;
  if (deadline == Time::max()) return -1;
  auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

// Whether any is readable or closed before the deadline.
bool poll_until(std::span<pollfd> polled, Time deadline) {
  for (;;) {
    int left = milliseconds_left(deadline);
    int ready = ::poll(polled.data(), polled.size(), left);
    if (ready > 0) return true;
    if (ready == 0 ? milliseconds_left(deadline) == 0 : errno != EINTR) return false;
  }
}

}  // namespace

bool wait_readable(int descriptor, Time deadline) {
  pollfd polled{descriptor, POLLIN, 0};
  return poll_until({&polled, 1}, deadline);
}

Result<Capture> Capture::open() {
  Capture capture;
  for (std::size_t i = 0; i < 2; ++i) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return os_error("cannot make a pipe", errno);
    capture.read_[i] = Descriptor(ends[0]);
    capture.write_[i] = Descriptor(ends[1]);
  }
  return capture;
}

bool Capture::read_until_closed(Time deadline) {
  write_ = {};
  while (read_[0] || read_[1]) {
    pollfd polled[2] = {{read_[0].get(), POLLIN, 0}, {read_[1].get(), POLLIN, 0}};  // -1 is skipped
    if (!poll_until(polled, deadline)) return false;
    for (std::size_t i = 0; i < 2; ++i) {
      if (polled[i].revents != 0 && !read_once(i)) read_[i] = Descriptor();
    }
    if (overflowed_) return false;
  }
  return true;
}

bool Capture::read_once(std::size_t which) {
  char chunk[64 << 10];
  ssize_t got = ::read(read_[which].get(), chunk, sizeof chunk);
  if (got < 0) return errno == EINTR;
  text_[which].append(chunk, static_cast<std::size_t>(got));
  overflowed_ |= text_[which].size() > output_bytes_max;
  return got > 0;
}

}  // namespace holon::env
