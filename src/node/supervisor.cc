#include "node/supervisor.h"
#include "node/service_config.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "config/suggest.h"
#include "env/disk.h"
#include "node/fingerprint.h"
#include "node/log_file.h"

namespace holon::node {
namespace {

using control::HostState;
using std::chrono::milliseconds;

constexpr std::chrono::seconds wait_for_needs_max{30};
constexpr std::chrono::seconds look_at_log_sizes_every{1};
constexpr std::uint64_t log_bytes_most = 16 << 20;
constexpr std::size_t last_lines_said = 5;
constexpr int replicas_max = 100;

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

/// In whose name a command calls.
std::string caller_of(const HostPlan& plan) {
  const control::PlannedService& service = plan.host.services.front();
  return service.contract.empty() ? service.name : service.contract;
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
      wait_timer_([this] { start_waiting(); }),
      watches_(watching_) {
  bool calls = false;
  for (const HostPlan& plan : deployment.hosts) {
    add(plan, start_of(plan));
    calls |= !plan.host.command.empty() && !plan.host.calls.empty();
  }
  if (calls) add({.name = outlet_name, .program = holon_, .version = {}, .host = {}}, starts_.outlet(built(), {}));
  if (deployment.gateway) add({.name = gateway_name, .program = holon_, .version = {}, .host = {}}, starts_.gateway(built()));
}

Supervisor::~Supervisor() { watching_.cancel(); }

Supervisor::Member& Supervisor::add(HostPlan plan, HostStart start) {
  Member& member = *members_.emplace_back(std::make_unique<Member>());
  member.plan = std::move(plan);
  member.process = std::make_unique<HostProcess>(loop_, static_cast<HostEvents&>(*this), std::move(start), policy_of(member.plan));
  member.health = std::make_unique<HealthWatch>(*member.process, member.plan.host.health, [this, &member] { health_changed(member); });
  (void)watches_.spawn([this, &member](Call& call) { return member.health->run(call, loop_.environment(), changes_); });
  return member;
}

/// Of a command, as far as it is known before it has an address.
HostStart Supervisor::start_of(const HostPlan& plan) const {
  return plan.host.command.empty() ? starts_.program(plan) : starts_.command(plan, {}, {});
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
    if (earlier.stopped.contains(member->plan.name)) {
      member->process->stop();
    } else {
      begin(*member);
    }
  }
  start_waiting();
  (void)watches_.spawn([this](Call& call) { return keep_logs_small(call); });
  return {};
}

/// Hosts write to their files themselves, so that no reader and no node ever holds them up.
Result<void> Supervisor::keep_logs_small(Call& call) {
  for (;;) {
    HOLON_TRY(sleep(call, look_at_log_sizes_every));
    std::vector<std::filesystem::path> logs;
    for (const auto& member : members_) logs.push_back(member->process->start().log);
    HOLON_TRY(blocking(call, [&] {
      for (const std::filesystem::path& log : logs) (void)rotate_log(loop_.environment().disk(), log, log_bytes_most).ok();
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

/// Finds addresses for those who open theirs themselves; who runs already keeps its own.
Result<void> Supervisor::place(const State& earlier) {
  for (const auto& [name, known] : earlier.hosts) {
    if (Result<env::Address> address = env::Address::parse(known.address); address.ok()) ports_.take(address->port);
  }
  HOLON_TRY(place_outlet(earlier));
  for (const auto& member : members_) {
    if (member->process->start().kind == HostKind::command) HOLON_TRY(place_command(*member, earlier));
  }
  prepare_commands();
  for (const auto& member : members_) bound(*member);
  return {};
}

/// What cannot be bounded runs all the same, and everybody is told.
void Supervisor::bound(Member& member) {
  if (!has_limits(member.plan.host.resources)) return;
  const std::string name = "holon." + Fingerprint().add(deployment_.folder.path().string()).hex() + "." + member.plan.name;
  Result<Cgroup> group = Cgroup::make(loop_.environment(), name, member.plan.host.resources);
  if (!group.ok()) {
    say_(member.plan.name + ": " + group.error().message());
    return tell("warning", member.plan.name, group.error().message(), nullptr);
  }
  HostStart start = member.process->start();
  start.group = std::move(*group);
  start.holon = holon_.string();
  member.process->prepare(std::move(start));
}

Result<void> Supervisor::place_outlet(const State& earlier) {
  Member* outlet = find(outlet_name);
  if (outlet == nullptr) return {};
  const auto known = earlier.hosts.find(outlet_name);
  const std::vector<std::string> doors = known != earlier.hosts.end() ? known->second.doors : std::vector<std::string>();
  std::set<std::string> callers;
  for (const auto& member : members_) {
    const bool calls = member->process->start().kind == HostKind::command && !member->plan.host.calls.empty();
    if (calls) callers.insert(caller_of(member->plan));
  }
  // If there are others than before, somebody gets another's door: its caller has another address then, and starts anew.
  for (const std::string& caller : callers) {
    env::Address& door = outlet_doors_[caller];
    const std::size_t index = outlet_doors_.size() - 1;
    if (index < doors.size()) {
      door = HOLON_TRY(env::Address::parse(doors[index]));
    } else {
      door = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
    }
  }
  outlet->process->prepare(starts_.outlet(built(), outlet_doors_));
  return {};
}

Result<void> Supervisor::place_command(Member& member, const State& earlier) {
  HostStart start = member.process->start();
  const auto known = earlier.hosts.find(member.plan.name);
  if (known != earlier.hosts.end()) {
    start.listen = HOLON_TRY(env::Address::parse(known->second.address));
  } else {
    start.listen = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
  }
  member.process->prepare(std::move(start));
  return {};
}

/// With the addresses of all it is known where each calls the others.
void Supervisor::prepare_commands() {
  for (const auto& member : members_) {
    const HostStart& start = member->process->start();
    if (start.kind == HostKind::command) {
      member->process->prepare(starts_.command(member->plan, start.listen, callees_of(*member)));
    }
  }
}

/// What speaks gRPC is called through the outlet; an HTTP server at its first replica, which is always there.
std::map<std::string, std::string> Supervisor::callees_of(const Member& member) const {
  std::map<std::string, std::string> callees;
  for (const std::string& service : member.plan.host.calls) {
    const Member* callee = find(host_of(service).value_or("") + ".0");
    const bool by_http = callee != nullptr && callee->plan.host.protocol == control::Protocol::http;
    callees[service] = by_http ? callee->process->start().listen.to_string() : outlet_doors_.at(caller_of(member.plan)).to_string();
  }
  return callees;
}

/// Opens the sockets of all hosts that do not run already.
Result<void> Supervisor::open_all(const State& earlier) {
  for (const auto& member : members_) {
    if (earlier.hosts.contains(member->plan.name)) continue;
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
  if (state->boot != boot()) state->hosts.clear();
  env::Processes& processes = loop_.environment().processes();
  std::erase_if(state->hosts, [&](const auto& entry) { return !processes.alive(entry.second.process); });
  return state;
}

void Supervisor::take_over(const State& earlier) {
  directory_.start_from(earlier.directory);
  for (const auto& [name, known] : earlier.hosts) {
    Member* member = find(name);
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
  std::vector<std::string> contracts;
  for (const control::PlannedService& service : member.plan.host.services) {
    if (!service.contract.empty()) contracts.push_back(service.contract);
  }
  if (!contracts.empty()) directory_.add(member.plan.name, member.process->start().listen.to_string(), contracts);
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

void Supervisor::save() const {
  State state{.boot = boot(), .directory = directory_.version(), .hosts = {}};
  for (const auto& member : members_) {
    if (std::optional<KnownHost> known = member->process->known()) state.hosts[member->plan.name] = *known;
    const bool stays = member->process->life().unwanted() && !member->retired && !stopping_;
    if (stays) state.stopped.insert(member->plan.name);
  }
  Result<void> saved = loop_.environment().disk().exchange(deployment_.folder.state(), to_text(state));
  if (!saved.ok()) {
    say_("the node's state is not saved, a later node could not take hosts over: " + saved.error().message());
  }
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

// ---- single hosts ----------------------------------------------------------------------------------------

Result<std::vector<std::string>> Supervisor::replicas(const std::vector<std::string>& names) const {
  std::vector<std::string> found, known;
  std::set<std::string> meant;
  for (const auto& member : members_) {
    const HostPlan& plan = member->plan;
    if (member->retired) continue;
    const std::string host = plan.name.substr(0, plan.name.rfind('.'));
    std::vector<std::string> called = {plan.name, host};
    for (const control::PlannedService& service : plan.host.services) {
      called.push_back(service.name);
      called.push_back(service.contract);
    }
    bool wanted = names.empty() && !plan.host.services.empty();
    for (const std::string& name : names) {
      if (std::ranges::find(called, name) == called.end()) continue;
      wanted = true;
      meant.insert(name);
    }
    if (wanted) found.push_back(plan.name);
    known.insert(known.end(), called.begin(), called.end());
  }
  for (const std::string& name : names) {
    if (!meant.contains(name)) return not_found("there is no host or service " + name + config::suggestion(name, known));
  }
  return found;
}

void Supervisor::stop(const std::string& replica) {
  Member& member = *find(replica);
  member.waits = false;
  const bool ran = member.process->life().running();
  member.process->stop();
  if (!ran) tell("stopped", replica, "it did not run", nullptr);
  changed();
  start_waiting();
}

void Supervisor::start(const std::string& replica) {
  Member& member = *find(replica);
  if (!member.process->life().unwanted()) return;
  begin(member);
  if (!member.waits) member.process->start_again();  // it is still ending
  for (const std::string& host : order_.before(member.plan.host.name)) {
    for (const Member* needed : replicas_of(host)) {
      if (!needed->waits) start(needed->plan.name);
    }
  }
  start_waiting();
  changed();
}

void Supervisor::restart(const std::string& replica) {
  Member& member = *find(replica);
  if (member.process->life().unwanted()) return start(replica);
  if (member.waits) return;
  tell("restarting", replica, "somebody asked for it", nullptr);
  member.process->restart();
  changed();
}

Result<void> Supervisor::scale(const std::string& host, int replicas) {
  if (replicas < 1 || replicas > replicas_max) {
    return invalid_argument("a host has 1 to " + std::to_string(replicas_max) + " replicas, not " + std::to_string(replicas));
  }
  const Member* first = find(host + ".0");
  if (first == nullptr || first->plan.host.services.empty()) return not_found("there is no host " + host);
  const HostPlan plan = first->plan;
  for (int replica = 1; replica < replicas; ++replica) {
    HostPlan next = replica_of(plan, replica);
    Member* member = find(next.name);
    if (member != nullptr && !member->retired) continue;
    if (member == nullptr) {
      HostStart start = start_of(next);
      if (start.kind == HostKind::command) {
        start.listen = HOLON_TRY(ports_.next(loop_.environment(), loop_.reactor()));
      }
      member = &add(std::move(next), std::move(start));
      if (member->process->start().kind == HostKind::command) {
        member->process->prepare(starts_.command(member->plan, member->process->start().listen, callees_of(*member)));
      }
      bound(*member);
    }
    member->retired = false;
    begin(*member);
    if (!member->waits) member->process->start_again();
  }
  for (const auto& member : members_) {
    if (member->plan.host.name != host || member->plan.replica < replicas) continue;
    member->retired = true;
    member->waits = false;
    member->process->stop();
  }
  tell("scaled", host, "from here on " + std::to_string(replicas) + (replicas == 1 ? " replica" : " replicas"), nullptr);
  start_waiting();
  changed();
  return {};
}

// ---- what others ask -------------------------------------------------------------------------------------

v1::Directory Supervisor::directory() const {
  v1::Directory out;
  out.set_version(directory_.version());
  for (const auto& [service, endpoints] : directory_.services()) {
    v1::ServiceEndpoints* entry = out.add_services();
    entry->set_service(service);
    for (const std::string& endpoint : endpoints) entry->add_endpoints(endpoint);
  }
  return out;
}

v1::ListReply Supervisor::list() const {
  v1::ListReply out;
  out.set_app(deployment_.app);
  out.set_placement(deployment_.placement);
  out.set_strict(deployment_.strict);
  out.set_pid(loop_.environment().processes().self().pid);
  out.set_gateway(gateway_url());
  for (const auto& member : members_) {
    if (!member->retired || member->process->life().running()) *out.add_hosts() = state_of(*member);
  }
  return out;
}

std::optional<v1::HostState> Supervisor::state(const std::string& replica) const {
  const Member* member = find(replica);
  if (member == nullptr) return std::nullopt;
  return state_of(*member);
}

v1::HostState Supervisor::state_of(const Member& member) const {
  const HostProcess& process = *member.process;
  const HostStart& start = process.start();
  v1::HostState host;
  host.set_host(member.plan.name);
  const bool ready = process.life().state() == HostState::ready;
  const std::string& trouble = member.health->trouble();
  host.set_state(ready && !trouble.empty() ? "unhealthy" : std::string(control::to_string(process.life().state())));
  if (process.life().running()) {
    host.set_pid(process.process().pid);
    auto since_1970 = process.started_at().time_since_epoch();
    host.set_started_unix_ms(std::chrono::duration_cast<milliseconds>(since_1970).count());
    host.set_health(trouble);
  } else if (member.waits) {
    host.set_state("starting");
    host.set_health("it waits for what it calls");
  }
  for (const control::PlannedService& service : member.plan.host.services) {
    host.add_services(service.contract.empty() ? service.name : service.contract);
    host.add_owners(service.owner);
  }
  host.set_restarts(process.life().restarts());
  host.set_cause(process.life().cause());
  host.set_log(start.log.string());
  host.set_endpoint((start.kind == HostKind::gateway && !start.doors.empty() ? start.doors.front() : start.listen).to_string());
  host.set_kind(std::string(to_string(start.kind)));
  host.mutable_last_lines()->Assign(process.last_lines().begin(), process.last_lines().end());
  return host;
}

std::vector<std::pair<std::string, std::string>> Supervisor::endpoints() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& member : members_) {
    const HostStart& start = member->process->start();
    if (member->process->life().state() != HostState::ready || start.kind == HostKind::command) continue;
    out.emplace_back(member->plan.name, start.listen.to_string());
  }
  return out;
}

std::string Supervisor::gateway_url() const {
  const Member* gateway = find(gateway_name);
  if (gateway == nullptr || gateway->process->start().doors.empty() || !deployment_.gateway) return {};
  const bool secure = !deployment_.gateway->listen.front().certificates.empty();
  return (secure ? "https://" : "http://") + gateway->process->start().doors.front().to_string();
}

std::vector<const Supervisor::Member*> Supervisor::replicas_of(const std::string& host) const {
  std::vector<const Member*> replicas;
  for (const auto& member : members_) {
    if (member->plan.host.name == host && !member->retired) replicas.push_back(member.get());
  }
  return replicas;
}

std::optional<std::string> Supervisor::host_of(const std::string& service) const {
  for (const auto& member : members_) {
    for (const control::PlannedService& planned : member->plan.host.services) {
      if (planned.name == service) return member->plan.host.name;
    }
  }
  return std::nullopt;
}

const Supervisor::Member* Supervisor::find(const std::string& name) const {
  auto found =
      std::ranges::find(members_, name, [](const auto& member) -> const std::string& { return member->plan.name; });
  return found == members_.end() ? nullptr : found->get();
}

Supervisor::Member* Supervisor::find(const std::string& name) {
  return const_cast<Member*>(std::as_const(*this).find(name));
}

}  // namespace holon::node
