#include "node/supervisor.h"
#include "node/service_config.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include "client/endpoints.h"
#include "config/suggest.h"
#include "env/disk.h"
#include "node/fingerprint.h"

namespace holon::node {
namespace {

using control::HostState;
using std::chrono::milliseconds;

constexpr std::chrono::seconds wait_for_needs_max{30};
constexpr std::chrono::seconds look_at_disk_every{1};
constexpr std::uint64_t log_bytes_most = 16 << 20;
constexpr std::size_t last_lines_said = 5;

// What ends first when all ends: each kind needs those behind it.
constexpr HostKind ends_in_order[][2] = {{HostKind::gateway, HostKind::gateway},
                                         {HostKind::program, HostKind::command},
                                         {HostKind::outlet, HostKind::outlet}};

std::string seconds_text(env::Duration span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(span).count());
  return text;
}

std::map<std::string, std::set<std::string>> needs_of(const Deployment& deployment) {
  std::map<std::string, std::set<std::string>> needs;
  for (const HostPlan& plan : deployment.hosts) {
    needs[plan.host.name] = {plan.host.needs.begin(), plan.host.needs.end()};
  }
  return needs;
}

control::HostPolicy policy_of(const HostPlan& plan) {
  return {.restart = {}, .start_within = plan.host.health.start_within, .drain = drain_time};
}

}  // namespace

Supervisor::Supervisor(fiber::Loop& loop, const Deployment& deployment, const std::filesystem::path& holon,
                       std::function<void(const std::string&)> say)
    : loop_(loop),
      deployment_(deployment),
      holon_(holon),
      starts_(deployment, holon),
      say_(std::move(say)),
      order_(needs_of(deployment)),
      fault_timer_([this] { expire_faults(); }),
      wait_timer_([this] { start_waiting(); }),
      watches_(watching_) {
  bool calls = false;
  for (const HostPlan& plan : deployment.hosts) {
    add(plan, start_of(plan));
    calls |= calls_by_outlet(plan);
  }
  if (calls) add({.name = outlet_name, .program = holon_, .version = {}, .host = {}}, starts_.outlet(built(), {}));
  if (deployment.gateway) add({.name = gateway_name, .program = holon_, .version = {}, .host = {}}, starts_.gateway(built()));
}

Supervisor::~Supervisor() { watching_.cancel(); }

Supervisor::Member& Supervisor::add(HostPlan plan, HostStart start) {
  Member& member = *members_.emplace_back(std::make_unique<Member>());
  member.plan = std::move(plan);
  member.process = std::make_unique<HostProcess>(loop_, static_cast<HostEvents&>(*this), std::move(start), policy_of(member.plan));
  member.here = !shared(member);
  member.health = std::make_unique<HealthWatch>(*member.process, member.plan.host.health, [this, &member] { health_changed(member); });
  (void)watches_.spawn([this, &member](Call& call) { return member.health->run(call, loop_.environment(), changes_); });
  return member;
}

/// Of a command, as far as it is known before it has an address.
HostStart Supervisor::start_of(const HostPlan& plan) const {
  return plan.host.command.empty() ? starts_.program(plan) : starts_.command(plan, {}, std::nullopt);
}

std::int64_t Supervisor::built() const { return loop_.environment().disk().changed_ns(holon_).value_or(0); }

Result<void> Supervisor::write_gateway_config(const std::string& yaml) const {
  return loop_.environment().disk().exchange(deployment_.folder.gateway_config(), yaml);
}

std::optional<std::string> Supervisor::gateway_endpoint() const {
  const Member* gateway = find(gateway_name);
  if (gateway == nullptr || gateway->process->life().state() != HostState::ready) return std::nullopt;
  return gateway->process->start().listen.to_string();
}

void Supervisor::gateway_reloaded(const std::string& yaml) {
  if (Member* gateway = find(gateway_name)) {
    gateway->process->adopt_version(starts_.gateway_version(gateway->process->start().arguments, built(), yaml));
  }
  tell("reloaded", gateway_name, "the gateway runs by what holon.yaml says now", nullptr);
  changed();
}

// ---- beginning -------------------------------------------------------------------------------------------

Result<void> Supervisor::start() {
  State earlier = HOLON_TRY(earlier_state());
  HOLON_TRY(place(earlier));
  if (Result<void> opened = open_all(earlier); !opened.ok()) {
    for (const auto& member : members_) member->process->close();
    return opened;
  }
  HOLON_TRY(
      loop_.environment().disk().exchange(deployment_.folder.contracts(), deployment_.contracts.SerializeAsString()));
  if (deployment_.gateway) HOLON_TRY(write_gateway_config(deployment_.gateway_yaml));
  for (const HostPlan& plan : deployment_.hosts) HOLON_TRY(write_configs(loop_.environment().disk(), deployment_.folder, plan.host));
  take_over(earlier);
  taking_over_ = false;
  changed();
  for (const auto& member : members_) {
    if (!member->here && member->process->life().running()) continue;  // its membership says what becomes of it
    if (!member->here || earlier.stopped.contains(member->plan.name)) {
      member->process->stop();
    } else {
      begin(*member);
    }
  }
  start_waiting();
  (void)watches_.spawn([this](Call& call) { return look_after_disk(call); });
  return {};
}

/// Hosts write to their files themselves, so that no reader and no node ever holds them up: their logs are cut. And what a full
/// disk kept from being written is written when it can be.
Result<void> Supervisor::look_after_disk(Call& call) {
  for (;;) {
    HOLON_TRY(sleep(call, look_at_disk_every));
    if (!saved_) save();
    std::vector<std::shared_ptr<RotatingLog>> logs;
    for (const auto& member : members_) logs.push_back(logs_.at(member->process->start().log));
    HOLON_TRY(blocking(call, [&] {
      for (const std::shared_ptr<RotatingLog>& log : logs) (void)log->rotate(log_bytes_most).ok();
    }));
  }
}

/// It starts when what it needs is there.
void Supervisor::begin(Member& member) {
  member.waits = !member.process->life().running();
  wait_until_ = loop_.environment().now() + wait_for_needs_max;
}

void Supervisor::start_waiting() {
  if (stopping_) return;
  bool waiting = false;
  for (const auto& member : members_) {
    if (!member->waits) continue;
    if (may_start(*member)) {
      member->waits = false;
      member->process->start_again();
    } else {
      waiting = true;
    }
  }
  waiting ? wait_timer_.start(wait_until_) : wait_timer_.stop();
}

/// Nobody waits for what was stopped, or keeps failing, or takes too long: it starts, and its calls fail or wait.
bool Supervisor::may_start(const Member& member) const {
  if (loop_.environment().now() >= wait_until_) return true;
  return std::ranges::all_of(order_.before(member.plan.host.name), [&](const std::string& host) {
    std::vector<const Member*> replicas = replicas_of(host);
    return std::ranges::any_of(replicas, [](const Member* replica) {
      const HostState state = replica->process->life().state();
      return state == HostState::ready || state == HostState::failed || (state == HostState::stopped && !replica->waits);
    });
  });
}

/// Opens the sockets of all hosts that do not run already.
Result<void> Supervisor::open_all(const State& earlier) {
  for (const auto& member : members_) {
    if (earlier.hosts.contains(member->plan.name) || !member->here) continue;
    Result<void> opened = member->process->open();
    if (opened.code() == Code::already_exists) {
      return already_exists(opened.error().message() + "; choose another by --port N");
    }
    if (!opened.ok()) return opened;
  }
  return {};
}

/// What an earlier node wrote down, without the hosts that are gone.
Result<State> Supervisor::earlier_state() const {
  Result<std::string> text = loop_.environment().disk().read(deployment_.folder.state());
  if (text.code() == Code::not_found || (text.ok() && text->empty())) return State{.boot = boot()};
  if (!text.ok()) return text.error();
  Result<State> state = parse_state(*text);
  if (!state.ok()) {
    return failed_precondition(deployment_.folder.state().string() + ": " + state.error().message() +
                               "; end the hosts of this application by hand, if any run, and remove the file");
  }
  if (state->boot != boot()) *state = {.boot = boot(), .directory = state->directory, .hosts = {}, .stopped = state->stopped};
  env::Processes& processes = loop_.environment().processes();
  std::erase_if(state->hosts, [&](const auto& entry) { return !processes.alive(entry.second.process); });
  return state;
}

void Supervisor::take_over(const State& earlier) {
  directory_.start_from(earlier.directory);
  lease_ = earlier.lease;
  for (const auto& [name, known] : earlier.hosts) {
    Member* member = find(name);
    if (member == nullptr) member = scaled_before(name);
    if (member == nullptr) {  // the placement has changed
      say_(name + " is not wanted any more (pid " + std::to_string(known.process.pid) + "): ending it");
      HostStart nothing{.name = name, .arguments = {}, .version = {}, .listen = {}, .directory = {}, .log = {}};
      nothing.log = deployment_.folder.log(name);
      Member& old = add({.name = name, .program = {}, .version = {}, .host = {}}, std::move(nothing));
      old.retired = true;
      old.process->take_over(known);
      old.process->stop();
      continue;
    }
    bool same = known.version == member->process->start().version;
    say_(name + (same ? " runs already" : " runs with an older program or other arguments") + " (pid " +
         std::to_string(known.process.pid) + "): " + (same ? "taking it over" : "starting it anew"));
    member->process->take_over(known);
    if (known.ready && same) publish(*member);
    tell("taken over", name, "it ran already", nullptr);
  }
}

std::string Supervisor::boot() const {
  std::string id = loop_.environment().disk().read("/proc/sys/kernel/random/boot_id").value_or("");
  id.erase(std::ranges::find(id, '\n'), id.end());
  return id.empty() ? "unknown" : id;
}

// ---- what hosts say --------------------------------------------------------------------------------------

Result<void> Supervisor::attached(const v1::AttachRequest& request) {
  Member* member = find(request.host());
  if (member != nullptr && member->process->life().running() && member->process->process().pid == request.pid()) {
    return request.ready() ? member->process->say_ready(request.pid()) : Result<void>();
  }
  env::Processes& processes = loop_.environment().processes();
  std::optional<env::ProcessId> stray = processes.find(request.pid());
  if (stray) (void)processes.signal(*stray, SIGTERM, false).ok();
  say_("a process that is none of this node's attached as " + request.host() + " (pid " +
       std::to_string(request.pid()) + "): ending it");
  return failed_precondition("this node runs no host " + request.host() + " with pid " + std::to_string(request.pid()));
}

Result<void> Supervisor::ready(const std::string& host, int pid) {
  Member* member = find(host);
  if (member == nullptr) return not_found("this node runs no host " + host);
  return member->process->say_ready(pid);
}

// ---- what becomes of hosts -------------------------------------------------------------------------------

void Supervisor::started(HostProcess& host) {
  tell("started", host.name(), "started as pid " + std::to_string(host.process().pid), nullptr);
  directory_.renew();  // others hear whose process that is
  changed();
}

void Supervisor::ready(HostProcess& host) {
  publish(*find(host.name()));
  const env::Duration took = loop_.environment().wall() - host.started_at();
  tell("ready", host.name(), "ready " + seconds_text(took) + " after its start", nullptr);
  changed();
  start_waiting();
}

void Supervisor::ending(HostProcess& host) {
  directory_.remove(host.name());
  tell("stopping", host.name(), "told to end", nullptr);
  changed();
}

void Supervisor::ended(HostProcess& host) {
  directory_.remove(host.name());
  std::string text = host.name() + " ended: " + host.life().cause();
  if (host.life().stopped()) {
    tell("stopped", host.name(), host.life().cause(), &host);
    if (!host.life().ended_well()) say_(text);
  } else {
    env::Duration pause = host.life().wake() - loop_.environment().now();
    text += pause > milliseconds(50) ? "; it starts again in " + seconds_text(pause) : "; it starts again";
    tell("ended", host.name(), text, &host);
    const std::vector<std::string>& lines = host.last_lines();
    for (std::size_t i = lines.size() - std::min(lines.size(), last_lines_said); i < lines.size(); ++i) text += "\n    " + lines[i];
    say_(text);
  }
  if (Member& member = *find(host.name()); !member.here) close_doors(member);
  changed();
  if (stopping_ && host.life().stopped()) host.start().group.remove(loop_.environment());
  if (stopping_) return stop_next();
  start_waiting();
}

/// Who says that it is not serving is not called; who does not answer is, until it is started anew: the check may be late.
void Supervisor::health_changed(Member& member) {
  const std::string& trouble = member.health->trouble();
  const bool ready = member.process->life().state() == HostState::ready;
  if (ready && !member.health->not_serving()) publish(member);
  if (member.health->not_serving()) directory_.remove(member.plan.name);
  if (ready) tell(trouble.empty() ? "healthy" : "unhealthy", member.plan.name, trouble.empty() ? "well again" : trouble, nullptr);
  changed();
}

void Supervisor::publish(const Member& member) {
  std::vector<std::string> names;
  for (const control::PlannedService& service : member.plan.host.services) {
    names.push_back(service.contract.empty() ? client::http_endpoints_name(service.name) : service.contract);
  }
  if (!names.empty()) directory_.add({.address = member.process->start().listen.to_string(), .host = member.plan.name}, names);
}

/// @param ended  the host, if it is about its end
void Supervisor::tell(const std::string& kind, const std::string& host, const std::string& text, const HostProcess* ended) {
  v1::Event event;
  const auto since_1970 = loop_.environment().wall().time_since_epoch();
  event.set_unix_us(std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count());
  event.set_kind(kind);
  event.set_host(host);
  event.set_text(text);
  if (ended != nullptr) {
    event.set_cause(ended->life().cause());
    if (!ended->life().stopped()) event.mutable_last_lines()->Assign(ended->last_lines().begin(), ended->last_lines().end());
  }
  events_.add(std::move(event));
}

// Written down before anybody hears of it, so that a later node never counts from an older version. It need not survive
// a power cut: then the hosts are gone too.
void Supervisor::changed() {
  if (taking_over_) return;  // what is not taken over yet would be forgotten
  save();
  changes_.notify();
}

void Supervisor::save() {
  State state{.boot = boot(), .directory = directory_.version(), .hosts = {}, .lease = lease_};
  for (const auto& member : members_) {
    if (std::optional<KnownHost> known = member->process->known()) state.hosts[member->plan.name] = *known;
    const bool stays = member->process->life().unwanted() && member->here && !member->retired && !stopping_;
    if (stays) state.stopped.insert(member->plan.name);
  }
  Result<void> saved = loop_.environment().disk().exchange(deployment_.folder.state(), to_text(state));
  if (saved.ok() == std::exchange(saved_, saved.ok())) return;
  const std::string text = saved.ok() ? "the node's state is saved again"
                                      : "the node's state is not saved, a later node could not take these hosts over: " +
                                            saved.error().message() + "; it is tried again every second";
  say_(text);
  tell(saved.ok() ? "saved" : "warning", "", text, nullptr);
}

// ---- the end ---------------------------------------------------------------------------------------------

void Supervisor::stop() {
  stopping_ = true;
  wait_timer_.stop();
  stop_next();
  changed();
}

// Not before those who need it are gone: what they have begun needs the others.
void Supervisor::stop_next() {
  for (const auto& kinds : ends_in_order) {
    bool ended = true;
    for (const auto& member : members_) {
      const HostKind kind = member->process->start().kind;
      if (kind != kinds[0] && kind != kinds[1]) continue;
      if (!member->process->life().stopped()) member->process->stop();
      ended &= member->process->life().stopped();
    }
    if (!ended) return;
  }
}

void Supervisor::kill() {
  stopping_ = true;
  for (const auto& member : members_) member->process->kill();
  changed();
}

bool Supervisor::stopped() const {
  return stopping_ && std::ranges::all_of(members_, [](const auto& member) { return member->process->life().stopped(); });
}

}  // namespace holon::node
