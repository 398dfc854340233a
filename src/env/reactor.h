// Byte streams and readiness: how a loop waits for the world. One Reactor per thread.
//
// Readiness of a Stream is edge-triggered: after `ready(readable)` one reads until `blocked`, or an Io without `more`. Readiness of a Listener is
// level-triggered and exclusive: of several reactors that listen on one socket, one is woken per connection.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::env {

using Bytes = std::span<const std::byte>;

/// "unix:/path", "HOST:PORT" (an IP address, or localhost), "[::1]:80", or "fd:3", an open descriptor of this process.
struct Address {
  enum class Kind { unix_path, ip, descriptor };

  Kind kind = Kind::ip;
  std::string host;  ///< the path, or the IP address
  int port = 0;      ///< the port, or the descriptor

  static Result<Address> parse(std::string_view text);
  std::string to_string() const;
};

/// Whether it is one of IPv4 or IPv6, without brackets.
bool is_ip_address(const std::string& host);

enum class IoState { done, blocked, ended, failed };

/// What a read or write came to: `bytes` moved (done), or why not. `failed` carries errno.
struct Io {
  std::size_t bytes = 0;
  IoState state = IoState::done;
  int error = 0;
  bool more = true;  ///< of a read: whether reading on may give something; if not, `ready` tells when it does
};

/// Told when something may have become possible. Called on the reactor's thread, from Reactor::wait.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void ready(bool readable, bool writable) = 0;
};

/// A connected byte stream, never blocking. Destroying it closes it.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual Io read(std::span<std::byte> into) = 0;
  virtual Io write(std::span<const Bytes> pieces) = 0;
  /// Ends our direction; reading goes on.
  virtual void end_writing() = 0;
  /// From here on `watcher` is told. It must outlive the stream or be replaced.
  virtual void watch(Watcher& watcher) = 0;
  /// The other side, for logs: "127.0.0.1:5000", or "unix:pid=17,uid=0".
  virtual std::string peer() const = 0;
  /// The number of the process that connected, or listens, at the other side of a Unix socket; 0: that can't be told.
  virtual int peer_process() const { return 0; }
  /// Why a connect() that became writable failed; 0 if it did not.
  virtual int connect_error() = 0;
  /// What errno cannot say about a failure: why, and the remedy. Empty if there is no more to say.
  virtual std::string failure() const { return {}; }
};

class Listener {
 public:
  virtual ~Listener() = default;
  /// The next connection; null if there is none just now. An error when there are no descriptors left: wait, try again.
  virtual Result<std::unique_ptr<Stream>> accept() = 0;
  virtual void watch(Watcher& watcher) = 0;
  /// Tells nobody until the next `watch`; connections wait in the kernel's backlog.
  virtual void unwatch() = 0;
  /// Where it listens, with the port the system chose for port 0.
  virtual Address address() const = 0;
  /// The descriptor, to hand to a child process or to another reactor's `adopt`.
  virtual int descriptor() const = 0;
};

class Reactor {
 public:
  virtual ~Reactor() = default;

  /// Starts to connect; the stream becomes writable when it has, or readable with a connect_error.
  virtual Result<std::unique_ptr<Stream>> connect(const Address& address) = 0;
  /// Listens. A stale Unix socket file is replaced; one that somebody answers on is an error, as is a taken port (with its
  /// owner, where it can be told).
  virtual Result<std::unique_ptr<Listener>> listen(const Address& address) = 0;
  /// Takes part in a listening socket that is open already. The descriptor is duplicated.
  virtual Result<std::unique_ptr<Listener>> adopt(int descriptor) = 0;
  /// The same of one that another process has: takes the right to trace that (pidfd_getfd(2)).
  virtual Result<std::unique_ptr<Listener>> adopt_from(int pid, int descriptor) = 0;

  /// Calls `on_exit` once when the process ends. Handles children and others alike (pidfd). NOT_FOUND if it is gone already.
  virtual Result<void> watch_exit(int pid, std::function<void()> on_exit) = 0;
  /// Blocks these signals for the process (call before other threads start) and delivers them here instead.
  virtual Result<void> watch_signals(std::vector<int> signals, std::function<void(int)> on_signal) = 0;

  /// Waits until something is ready or `until`, and tells the watchers. Returns how many were told.
  virtual int wait(Time until) = 0;
  /// Ends a `wait`, this one or the next. Any thread.
  virtual void wake() = 0;
};

}  // namespace holon::env
