#include "env/process.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include "env/os/capture.h"
#include "env/os/os.h"
#include "env/os/spare.h"
#include "env/os/spawn.h"
#include "env/os/usage.h"

namespace holon::env {
namespace {

struct Status {
  char state = 0;  ///< 'R', 'S', …; 'Z' has ended and was not collected yet
  std::uint64_t start = 0;
};

// proc(5): "pid (comm) state ppid …", start time is field 22. comm may hold spaces and parentheses, so count from its
// end.
std::optional<Status> status_of(int pid) {
  Result<std::string> text = os().disk().read("/proc/" + std::to_string(pid) + "/stat");
  if (!text.ok()) return std::nullopt;
  std::size_t end_of_comm = text->rfind(')');
  if (end_of_comm == std::string::npos || end_of_comm + 2 >= text->size()) return std::nullopt;
  Status status;
  status.state = (*text)[end_of_comm + 2];
  std::size_t place = end_of_comm + 2;
  for (int field = 3; field < 22; ++field) {
    place = text->find(' ', place);
    if (place == std::string::npos) return std::nullopt;
    ++place;
  }
  std::from_chars(text->data() + place, text->data() + text->size(), status.start);
  return status;
}

ExitCause cause_of(int wait_status) {
  ExitCause cause;
  if (WIFEXITED(wait_status)) cause.code = WEXITSTATUS(wait_status);
  if (WIFSIGNALED(wait_status)) cause.signal = WTERMSIG(wait_status);
  return cause;
}

Error gone(ProcessId process) { return not_found("process " + std::to_string(process.pid) + " is gone"); }

/// proc(5): /proc/uptime begins with the seconds since boot, to hundredths, by the clock that start times are of.
std::optional<double> seconds_since_boot() {
  const std::string text = os().disk().read("/proc/uptime").value_or("");
  double seconds = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec != std::errc()) return std::nullopt;
  return seconds;
}

// A process that cannot be looked at would be taken for one that is gone, and never be ended: so there are descriptors for that.
class OsProcesses final : public Processes {
 public:
  Result<ProcessId> spawn(const Spawn& what) override {
    int pid = HOLON_TRY(spawn_process(what, std::nullopt));
    return find(pid).value_or(ProcessId{pid, 0});
  }

  ExitCause reap(ProcessId process) override {
    int status = 0;
    int got = 0;
    do {
      got = ::waitpid(process.pid, &status, WNOHANG);
    } while (got < 0 && errno == EINTR);
    return got == process.pid ? cause_of(status) : ExitCause{};
  }

  std::optional<ProcessId> find(int pid) override {
    const Spare::Loan loan(spare_);
    std::optional<Status> status = status_of(pid);
    if (!status) return std::nullopt;
    return ProcessId{pid, status->start};
  }

  WallTime started_at(ProcessId process) override {
    const WallTime now = os().wall();
    const std::optional<double> uptime = seconds_since_boot();
    if (!uptime) return now;
    const std::chrono::duration<double> age(*uptime - static_cast<double>(process.start) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
    return now - std::chrono::duration_cast<WallTime::duration>(age);
  }

  bool alive(ProcessId process) override {
    const Spare::Loan loan(spare_);
    std::optional<Status> status = status_of(process.pid);
    return status && status->start == process.start && status->state != 'Z' && status->state != 'X';
  }

  // The pidfd is opened first and the identity checked after: from then on the descriptor means that process, whatever
  // becomes of its number. A group's number stays reserved while its leader was not collected, so kill() is as safe.
  Result<void> signal(ProcessId process, int signal, bool group) override {
    const Spare::Loan loan(spare_);
    Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    std::optional<Status> status = status_of(process.pid);
    if (!pidfd || !status || status->start != process.start) return gone(process);
    bool sent = group ? ::kill(-process.pid, signal) == 0
                      : ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0;
    if (sent) return {};
    if (errno == ESRCH) return gone(process);
    return os_error("cannot signal process " + std::to_string(process.pid), errno);
  }

  Result<Output> run(const Spawn& what, Time deadline) override {
    Capture capture = HOLON_TRY(Capture::open());
    int pid = HOLON_TRY(spawn_process(what, capture.child_end()));
    bool finished = capture.read_until_closed(deadline);
    // Who closed both ends may still be about to exit, and who was too late or too talkative has to.
    if (!finished) ::kill(-pid, SIGKILL);
    int status = HOLON_TRY(wait_until(pid, deadline));
    if (capture.overflowed()) return resource_exhausted(what.arguments[0] + " printed more than 64 MiB");
    if (!finished) return deadline_exceeded(what.arguments[0] + " did not end in time and was killed");
    return Output{cause_of(status), capture.take_output(), capture.take_error()};
  }

  Error become(const Become& what) override { return become_process(what); }
  ProcessId self() override { return find(::getpid()).value_or(ProcessId{::getpid(), 0}); }

  Usage usage() override { return read_usage(); }
  std::optional<std::string> port_owner(int port) override { return find_port_owner(port); }

 private:
  static Result<int> wait_until(int pid, Time deadline) {
    Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd || !wait_readable(pidfd.get(), deadline)) ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
      if (errno != EINTR) return os_error("cannot wait for process " + std::to_string(pid), errno);
    }
    return status;
  }

  Spare spare_;
};

}  // namespace

std::string ExitCause::to_string() const {
  if (code) return "exit code " + std::to_string(*code);
  if (!signal) return "ended while no node watched";
  const char* name = sigdescr_np(*signal);
  return "signal " + std::to_string(*signal) + " (" + (name != nullptr ? name : "unknown") + ")";
}

std::unique_ptr<Processes> make_processes() { return std::make_unique<OsProcesses>(); }

}  // namespace holon::env
