#include "env/input.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <thread>

namespace holon::env {
namespace {

/// Wakes a poll, or is found signalled by the next one.
class Bell {
 public:
  Bell() = default;
  ~Bell() { ::close(descriptor_); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  int descriptor() const { return descriptor_; }
  void ring() {
    const std::uint64_t once = 1;
    (void)!::write(descriptor_, &once, sizeof once);
  }
  void silence() {
    std::uint64_t rings = 0;
    (void)!::read(descriptor_, &rings, sizeof rings);
  }

 private:
  int descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

}  // namespace

struct Input::Impl {
  Impl(int descriptor, std::function<void(std::string)> arrived)
      : descriptor(descriptor), arrived(std::move(arrived)), thread([this] { run(); }) {}
  ~Impl() {
    ending.ring();
    thread.join();
  }

  void run() {
    while (wait_for(wanted.descriptor())) {
      wanted.silence();
      if (!wait_for(descriptor)) return;
      std::string piece(bytes_at_once_max, '\0');
      ssize_t size = 0;
      do {
        size = ::read(descriptor, piece.data(), piece.size());
      } while (size < 0 && errno == EINTR);
      piece.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
      const bool end = piece.empty();
      arrived(std::move(piece));
      if (end) return;
    }
  }

  /// Until there is something to read. False if this ends.
  bool wait_for(int what) {
    pollfd both[] = {{what, POLLIN, 0}, {ending.descriptor(), POLLIN, 0}};
    while (::poll(both, 2, -1) < 0 && errno == EINTR) {
    }
    return both[1].revents == 0;
  }

  int descriptor;
  std::function<void(std::string)> arrived;
  Bell wanted;
  Bell ending;
  std::thread thread;  ///< last: it uses all of the above
};

Input::Input(int descriptor, std::function<void(std::string)> arrived)
    : impl_(std::make_unique<Impl>(descriptor, std::move(arrived))) {}
Input::~Input() = default;

void Input::more() { impl_->wanted.ring(); }

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

}  // namespace holon::env
