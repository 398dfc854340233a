// Processes: started with just the descriptors they are given, in a session and process group of their own (so a terminal's
// Ctrl-C does not reach them), known by pid and start time so that a reused pid is never mistaken for them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::env {

/// A process of this machine. `start` is the kernel's start time of it (clock ticks since boot): the pair is never reused.
struct ProcessId {
  int pid = 0;
  std::uint64_t start = 0;
  bool operator==(const ProcessId&) const = default;
};

struct Spawn {
  std::vector<std::string> arguments;                            ///< the executable first: a path, or a name found by PATH
  std::vector<std::pair<std::string, std::string>> environment;  ///< added to this process's own
  std::filesystem::path directory;                               ///< where it starts; here if empty
  std::filesystem::path output;                                  ///< standard output and error are appended to this file; this process's own if empty
  std::vector<int> descriptors;                                  ///< become 3, 4, … of the child; all others are closed
};

/// What a process becomes: another command, with just these variables.
struct Become {
  std::vector<std::string> arguments;    ///< the executable first: a path, or a name found by PATH of `environment`
  std::vector<std::string> environment;  ///< "NAME=VALUE", all of them
  std::filesystem::path directory;       ///< where it starts; here if empty
};

/// How a process ended: `exit code` or `signal`; neither when it was no child of ours.
struct ExitCause {
  std::optional<int> code;
  std::optional<int> signal;
  std::string to_string() const;  ///< "exit code 1", "signal 9 (Killed)", "ended while no node watched"
};

/// What a finished `run` came to.
struct Output {
  ExitCause cause;
  std::string standard_output;
  std::string standard_error;
};

/// CPU time, user and system, and resident memory that no other process shares.
struct Usage {
  Duration cpu{};
  std::uint64_t private_bytes = 0;
};

class Processes {
 public:
  virtual ~Processes() = default;

  virtual Result<ProcessId> spawn(const Spawn& what) = 0;
  /// Collects the end of a child that watch_exit announced; for others just tells that they are gone.
  virtual ExitCause reap(ProcessId process) = 0;
  /// The process that has this pid now, if there is one.
  virtual std::optional<ProcessId> find(int pid) = 0;
  /// When it started, to a few hundredths of a second.
  virtual WallTime started_at(ProcessId process) = 0;
  /// Whether that very process still runs (a zombie does not).
  virtual bool alive(ProcessId process) = 0;
  /// Signals the process, or its whole group. NOT_FOUND if that very process is gone: never a stranger.
  virtual Result<void> signal(ProcessId process, int signal, bool group) = 0;
  /// Runs a command to its end, or kills it at the deadline. Blocks the thread: for tools, never on a loop that serves.
  virtual Result<Output> run(const Spawn& what, Time deadline) = 0;
  /// This process goes on as that command, with its standard input, output and error; signals are as if nobody had touched
  /// them. Returns only if it could not.
  virtual Error become(const Become& what) = 0;
  /// This process.
  virtual ProcessId self() = 0;
  /// What this process has used so far.
  virtual Usage usage() = 0;
  /// Who listens on a TCP port: "nginx (pid 812)", if it can be told.
  virtual std::optional<std::string> port_owner(int port) = 0;
};

}  // namespace holon::env
