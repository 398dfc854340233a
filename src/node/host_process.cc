#include "node/host_process.h"

#include <algorithm>
#include <csignal>
#include <iterator>
#include <utility>

#include "env/disk.h"
#include "node/debugger.h"
#include "node/log_file.h"

namespace holon::node {

using control::Step;

namespace {

constexpr std::size_t last_lines_kept = 10;
constexpr std::size_t last_line_bytes_max = 1'000;
constexpr int first_descriptor = 3;  // of those that a host gets
constexpr auto watch_again_after = std::chrono::milliseconds(100);

}  // namespace

std::string_view to_string(HostKind kind) {
  switch (kind) {
    case HostKind::program: return "program";
    case HostKind::command: return "command";
    case HostKind::gateway: return "gateway";
    case HostKind::outlet: return "outlet";
  }
  return "unknown";
}

HostProcess::HostProcess(fiber::Loop& loop, HostEvents& events, HostStart start, control::HostPolicy policy)
    : loop_(loop), events_(events), start_(std::move(start)), life_(policy), timer_([this] { step(); }),
      watch_timer_([this] { watch_again(); }) {}

// The folder of the sockets is this node's alone. Who still answers there was started by an earlier node that died
// before it wrote that down: it loses its name here, and its life when it attaches.
Result<void> HostProcess::open() {
  if (listener_ != nullptr) return {};
  if (start_.kind == HostKind::command) {
    HOLON_TRY(loop_.reactor().listen(start_.listen));  // and closed again
    return {};
  }
  std::unique_ptr<env::Listener> listener = HOLON_TRY(listen(start_.listen));
  std::vector<std::unique_ptr<env::Listener>> doors;
  for (env::Address& door : start_.doors) {
    Result<std::unique_ptr<env::Listener>> opened = listen(door);
    if (!opened.ok()) {
      forget(start_.listen);
      return opened.error();
    }
    doors.push_back(std::move(*opened));
  }
  listener_ = std::move(listener);
  doors_ = std::move(doors);
  return {};
}

/// @param at  has the port afterwards, if the system chose it
Result<std::unique_ptr<env::Listener>> HostProcess::listen(env::Address& at) {
  forget(at);
  std::unique_ptr<env::Listener> listener = HOLON_TRY(loop_.reactor().listen(at));
  at = listener->address();
  return listener;
}

void HostProcess::forget(const env::Address& at) {
  if (at.kind == env::Address::Kind::unix_path) (void)world().disk().remove(at.host).ok();
}

void HostProcess::close() {
  if (std::exchange(listener_, nullptr) == nullptr) return;
  doors_.clear();
  forget(start_.listen);
  for (const env::Address& door : start_.doors) forget(door);
}

void HostProcess::run() { step(); }

void HostProcess::take_over(const KnownHost& known) {
  process_ = known.process;
  running_version_ = known.version;
  start_.listen = env::Address::parse(known.address).value_or(start_.listen);
  for (std::size_t i = 0; i < std::min(known.doors.size(), start_.doors.size()); ++i) {
    env::Address& door = start_.doors[i];
    if (door.port == 0) door = env::Address::parse(known.doors[i]).value_or(door);  // the system chose it: it stays
  }
  share_sockets();
  started_at_ = world().processes().started_at(process_);
  life_.taken_over(world().now());
  if (known.ready) life_.ready(world().now());
  if (known.version != start_.version) life_.restart(world().now());
  watch();
  step();
}

/// From here on they stay open when the process ends, as those that this node opened. Where it may not (ptrace(2)), there are new
/// ones then, and callers are refused for a moment.
void HostProcess::share_sockets() {
  const bool starts_again = !start_.arguments.empty();
  if (start_.kind == HostKind::command || !starts_again) return;
  std::vector<env::Address> wanted = {start_.listen};
  wanted.insert(wanted.end(), start_.doors.begin(), start_.doors.end());
  std::vector<std::unique_ptr<env::Listener>> shared;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto listener = loop_.reactor().adopt_from(process_.pid, first_descriptor + static_cast<int>(i));
    if (!listener.ok() || (*listener)->address().to_string() != wanted[i].to_string()) return;
    shared.push_back(std::move(*listener));
  }
  listener_ = std::move(shared.front());
  doors_.assign(std::move_iterator(shared.begin() + 1), std::move_iterator(shared.end()));
}

Result<void> HostProcess::say_ready(int pid) {
  if (!life_.running() || process_.pid != pid) return not_found(name() + " is not process " + std::to_string(pid));
  seen_well();
  return {};
}

void HostProcess::seen_well() {
  bool was_ready = life_.state() == control::HostState::ready;
  life_.ready(world().now());
  if (!was_ready && life_.state() == control::HostState::ready) events_.ready(*this);
  step();
}

void HostProcess::seen_unwell(const std::string& why) {
  life_.unwell(world().now(), why);
  step();
}

void HostProcess::start_again() {
  life_.start(world().now());
  step();
}

void HostProcess::restart() {
  life_.restart(world().now());
  step();
}

void HostProcess::stop() {
  life_.stop(world().now());
  step();
}

void HostProcess::kill() {
  life_.kill(world().now());
  step();
}

std::optional<KnownHost> HostProcess::known() const {
  if (!life_.running()) return std::nullopt;
  KnownHost known{.process = process_, .version = running_version_, .address = start_.listen.to_string(),
                  .ready = life_.state() == control::HostState::ready};
  for (const env::Address& door : start_.doors) known.doors.push_back(door.to_string());
  return known;
}

/// It need not become ready meanwhile. What this node cannot look at, it does not kill.
bool HostProcess::is_held() const {
  const Result<std::optional<std::string>> debugger = debugger_of(world(), process_.pid);
  return !debugger.ok() || debugger->has_value();
}

void HostProcess::step() {
  const bool late = life_.awake() && life_.state() != control::HostState::ready && life_.wake() <= world().now();
  if (late && is_held()) life_.held(world().now());
  for (;;) {
    switch (life_.due(world().now())) {
      case Step::none:
        if (life_.wake() == env::Time::max()) {
          timer_.stop();
        } else {
          timer_.start(life_.wake());
        }
        return;
      case Step::spawn:
        spawn();
        break;
      case Step::terminate:
        signal(SIGTERM, false);
        signal(SIGCONT, false);
        events_.ending(*this);
        break;
      case Step::kill:
        signal(SIGKILL, true);
        events_.ending(*this);
        break;
    }
  }
}

void HostProcess::spawn() {
  Result<env::ProcessId> started = try_spawn();
  if (!started.ok()) {
    last_lines_.clear();
    life_.ended(world().now(), {started.error().message(), false}, world().random());
    return events_.ended(*this);
  }
  process_ = *started;
  running_version_ = start_.version;
  started_at_ = world().wall();
  life_.started(world().now());
  events_.started(*this);
  watch();
}

Result<env::ProcessId> HostProcess::try_spawn() {
  HOLON_TRY(open());
  if (!start_.data.empty()) HOLON_TRY(world().disk().make_directories(start_.data));
  log_from_ = world().disk().size(start_.log).value_or(0);
  env::Spawn what;
  what.arguments = start_.group.bounds() ? start_.group.entering(start_.holon, start_.arguments) : start_.arguments;
  oom_kills_ = start_.group.oom_kills(world());
  what.environment = start_.environment;
  what.directory = start_.directory;
  what.output = start_.log;
  if (listener_ != nullptr) what.descriptors = {listener_->descriptor()};
  for (const std::unique_ptr<env::Listener>& door : doors_) what.descriptors.push_back(door->descriptor());
  return world().processes().spawn(what);
}

// A process that is gone before it can be watched has ended all the same. Who cannot be watched, since there are no descriptors
// left, is looked at again and again.
void HostProcess::watch() {
  watch_timer_.stop();
  const env::ProcessId process = process_;
  const Result<void> watched = loop_.reactor().watch_exit(process.pid, [this, process] { on_exit(process); });
  if (watched.ok()) return;
  if (watched.code() == Code::not_found) return loop_.post([this, process] { on_exit(process); });
  watch_timer_.start(world().now() + watch_again_after);
}

void HostProcess::watch_again() {
  if (!life_.running()) return;
  world().processes().alive(process_) ? watch() : on_exit(process_);
}

// Its group is ended while the process is a zombie, as long as its number cannot have become another's.
void HostProcess::on_exit(env::ProcessId process) {
  if (process != process_ || !life_.running()) return;
  signal(SIGKILL, true);
  env::ExitCause cause = world().processes().reap(process);
  last_lines_.clear();
  for (const std::string& line : node::last_lines(world().disk(), start_.log, last_lines_kept, log_from_)) {
    last_lines_.push_back(as_text(line, last_line_bytes_max));
  }
  const bool out_of_memory = start_.group.oom_kills(world()) > oom_kills_;
  const std::string why = (out_of_memory ? "out of memory: it needed more than `resources:` grants, " : "") + cause.to_string();
  life_.ended(world().now(), {why, cause.code == 0}, world().random());
  events_.ended(*this);
  step();
}

// Who is gone already is announced by its exit.
void HostProcess::signal(int signal, bool group) { (void)world().processes().signal(process_, signal, group).ok(); }

}  // namespace holon::node
