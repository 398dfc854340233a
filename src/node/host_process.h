// HostProcess: one host of this node, from its socket to its end. Does what control::HostLife decides.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/host.h"
#include "env/process.h"
#include "env/reactor.h"
#include "fiber/loop.h"
#include "node/cgroup.h"
#include "node/state.h"

namespace holon::node {

/// What runs in a host: a program of holon's services, a process that knows nothing of holon, or holon's own.
enum class HostKind { program, command, gateway, outlet };
std::string_view to_string(HostKind kind);

/// How to start a host.
struct HostStart {
  std::string holon = {};              ///< the path of that program, if `group` bounds something
  std::string name;                    ///< "cart.0"
  HostKind kind = HostKind::program;
  std::vector<std::string> arguments;  ///< the program first
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< beside the node's own
  std::string version;                 ///< fingerprint of program, arguments and environment
  env::Address listen;                 ///< what it gets as descriptor 3; a command opens it by itself
  std::vector<env::Address> doors = {};  ///< of a gateway or outlet, to others: 4, 5, …
  std::filesystem::path directory;     ///< where it runs
  Cgroup group = {};                   ///< what bounds it, if anything does
  std::filesystem::path data = {};     ///< a folder that is made before it starts, if there is one
  std::filesystem::path log;
};

class HostProcess;

/// Told what became of a host. Called on the loop, not on a fiber.
class HostEvents {
 public:
  virtual ~HostEvents() = default;
  virtual void started(HostProcess& host) = 0;
  virtual void ready(HostProcess& host) = 0;
  /// It ended, or could not be started; life() says why and what comes next.
  virtual void ended(HostProcess& host) = 0;
  /// It is being ended: nobody should call it any more.
  virtual void ending(HostProcess& host) = 0;
};

class HostProcess {
 public:
  HostProcess(fiber::Loop& loop, HostEvents& events, HostStart start, control::HostPolicy policy);
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;

  /// From its next start on it is this.
  void prepare(HostStart start) { start_ = std::move(start); }
  /// Opens its socket, so that callers may wait there already. Of a command it only looks whether the address is free.
  Result<void> open();
  /// Undoes that.
  void close();
  /// Starts it, at once or when it is due.
  void run();
  /// Takes over a process that an earlier node started. One of another version is ended, and started anew.
  void take_over(const KnownHost& known);

  /// The process says that it may be called. NOT_FOUND if it is not the one that runs here.
  Result<void> say_ready(int pid);
  /// Somebody looked: it answers.
  void seen_well();
  /// It does not, and is started anew.
  void seen_unwell(const std::string& why);
  void start_again();
  void restart();
  void stop();
  void kill();

  const std::string& name() const { return start_.name; }
  const HostStart& start() const { return start_; }
  /// What it runs is this version from here on: it has read its new configuration itself.
  void adopt_version(const std::string& version) { start_.version = running_version_ = version; }
  const control::HostLife& life() const { return life_; }
  env::ProcessId process() const { return process_; }
  env::WallTime started_at() const { return started_at_; }
  /// What the next node has to know; nothing while no process runs.
  std::optional<KnownHost> known() const;
  /// The last lines it wrote before it last ended by itself.
  const std::vector<std::string>& last_lines() const { return last_lines_; }

 private:
  Result<std::unique_ptr<env::Listener>> listen(env::Address& at);
  void forget(const env::Address& at);
  void share_sockets();
  bool is_held() const;
  void step();
  void spawn();
  Result<env::ProcessId> try_spawn();
  void watch();
  void watch_again();
  void on_exit(env::ProcessId process);
  void signal(int signal, bool group);
  env::Environment& world() const { return loop_.environment(); }

  fiber::Loop& loop_;
  HostEvents& events_;
  HostStart start_;
  control::HostLife life_;
  fiber::Timer timer_;
  fiber::Timer watch_timer_;
  std::unique_ptr<env::Listener> listener_;  ///< stays open while the host is down
  std::vector<std::unique_ptr<env::Listener>> doors_;  ///< the same
  env::ProcessId process_;
  std::string running_version_;
  env::WallTime started_at_{};
  std::uint64_t oom_kills_ = 0;  ///< of its group when it started
  std::uint64_t log_from_ = 0;  ///< where this start's output begins
  std::vector<std::string> last_lines_;
};

}  // namespace holon::node
