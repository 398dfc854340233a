#include "env/reactor.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <system_error>

#include "env/os/stream.h"

namespace holon::env {
namespace {

/// A descriptor whose readiness calls a function: the wake-up, pidfds, signals.
class Callback final : public Registered {
 public:
  Callback(EpollSet& epoll, Descriptor fd, std::uint32_t events, std::function<void(int)> call)
      : epoll_(epoll), fd_(std::move(fd)), call_(std::move(call)) {
    epoll_.add(fd_.get(), events, *this);
  }
  ~Callback() override { epoll_.forget(fd_.get(), *this); }
  int fd() const { return fd_.get(); }

 private:
  void dispatch(std::uint32_t) override { call_(fd_.get()); }

  EpollSet& epoll_;
  Descriptor fd_;
  std::function<void(int)> call_;
};

class EpollReactor final : public Reactor, private EpollSet {
 public:
  EpollReactor() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!epoll_ || !wake) throw std::system_error(errno, std::generic_category(), "cannot make a reactor");
    wake_ = std::make_unique<Callback>(set(), std::move(wake), EPOLLIN | EPOLLET, [](int) {});
  }

  Result<std::unique_ptr<Stream>> connect(const Address& address) override { return open_stream(*this, address); }
  Result<std::unique_ptr<Listener>> listen(const Address& address) override { return open_listener(*this, address); }
  Result<std::unique_ptr<Listener>> adopt(int descriptor) override {
    return adopt_listener(*this, Descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)));
  }

  Result<std::unique_ptr<Listener>> adopt_from(int pid, int descriptor) override {
    Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    Descriptor copy(pidfd ? static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd.get(), descriptor, 0)) : -1);
    if (!copy) return os_error("cannot share a socket of process " + std::to_string(pid), errno);
    return adopt_listener(*this, std::move(copy));
  }

  Result<void> watch_exit(int pid, std::function<void()> on_exit) override {
    Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd && errno == ESRCH) return not_found("process " + std::to_string(pid) + " is gone");
    if (!pidfd) return os_error("cannot watch process " + std::to_string(pid), errno);
    int key = pidfd.get();
    exits_[key] = std::make_unique<Callback>(set(), std::move(pidfd), EPOLLIN, [this, on_exit = std::move(on_exit)](int fd) {
      auto watch = exits_.extract(fd);  // this function lives in it: it goes when the call returns
      on_exit();
    });
    return {};
  }

  Result<void> watch_signals(std::vector<int> signals, std::function<void(int)> on_signal) override {
    sigset_t mask;
    sigemptyset(&mask);
    for (int signal : signals) sigaddset(&mask, signal);
    if (::pthread_sigmask(SIG_BLOCK, &mask, nullptr) != 0) return os_error("cannot block signals", errno);
    Descriptor fd(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) return os_error("cannot receive signals", errno);
    signals_ = std::make_unique<Callback>(set(), std::move(fd), EPOLLIN, [on_signal = std::move(on_signal)](int from) {
      signalfd_siginfo info;
      while (::read(from, &info, sizeof info) == sizeof info) on_signal(static_cast<int>(info.ssi_signo));
    });
    return {};
  }

  int wait(Time until) override {
    epoll_event* events = events_.data();
    timespec timeout{};
    bool forever = until == Time::max();
    if (!forever) {
      auto left = std::max<std::int64_t>(0, (until - std::chrono::steady_clock::now()).count());
      timeout = {static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    }
    int count = ::epoll_pwait2(epoll_.get(), events, static_cast<int>(events_.size()), forever ? nullptr : &timeout, nullptr);
    if (count <= 0) return 0;
    current_ = {events_.data(), static_cast<std::size_t>(count)};
    for (epoll_event& event : current_) {
      if (event.data.ptr != nullptr) static_cast<Registered*>(event.data.ptr)->dispatch(event.events);
    }
    current_ = {};
    return count;
  }

  void wake() override {
    std::uint64_t one = 1;
    [[maybe_unused]] ssize_t written = ::write(wake_->fd(), &one, sizeof one);  // full means awake already
  }

 private:
  void add(int fd, std::uint32_t events, Registered& target) override {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &target;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot watch a descriptor");
    }
  }

  EpollSet& set() { return *this; }

  // Closing a descriptor takes it out of the set only when no duplicate of it is left, in any process: so it is taken out
  // by hand, and its events of this turn are struck out.
  void forget(int fd, Registered& target) override {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (epoll_event& event : current_) {
      if (event.data.ptr == &target) event.data.ptr = nullptr;
    }
  }

  Descriptor epoll_;
  std::array<epoll_event, 256> events_;
  std::span<epoll_event> current_;
  std::unique_ptr<Callback> wake_;
  std::unique_ptr<Callback> signals_;
  std::map<int, std::unique_ptr<Callback>> exits_;  // by pidfd
};

}  // namespace

std::unique_ptr<Reactor> make_reactor() { return std::make_unique<EpollReactor>(); }

}  // namespace holon::env
