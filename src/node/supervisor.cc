#include "node/supervisor.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "env/disk.h"
#include "node/fingerprint.h"

namespace holon::node {
namespace {

using control::HostState;
using std::chrono::milliseconds;

constexpr const char* gateway_name = "gateway.0";
constexpr std::size_t first_door = 4;  // descriptor: 3 is its own socket

// The gateway ends first, so that requests in flight find their services; together they take no longer than 10 s.
constexpr milliseconds drain_time{5000};

constexpr control::HostPolicy policy{.restart = {}, .start_within = std::chrono::seconds(30), .drain = drain_time};

std::string seconds_text(env::Duration span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(span).count());
  return text;
}

std::string version_of(const std::string& program, const std::vector<std::string>& arguments) {
  Fingerprint fingerprint;
  fingerprint.add(program);
  for (const std::string& argument : arguments) fingerprint.add(argument);
  return fingerprint.hex();
}

}  // namespace

Supervisor::Supervisor(fiber::Loop& loop, const Deployment& deployment, const std::filesystem::path& holon,
                       std::function<void(const std::string&)> say)
    : loop_(loop), deployment_(deployment), holon_(holon), say_(std::move(say)) {
  for (const HostPlan& plan : deployment.hosts) add(plan, start_of(plan));
  if (deployment.gateway) {
    add({.name = gateway_name, .program = holon_, .version = {}, .services = {}}, gateway_start());
  }
}

void Supervisor::add(HostPlan plan, HostStart start) {
  auto process = std::make_unique<HostProcess>(loop_, static_cast<HostEvents&>(*this), std::move(start), policy);
  members_.push_back({std::move(plan), std::move(process)});
}

HostStart Supervisor::start_of(const HostPlan& plan) const {
  const Folder& folder = deployment_.folder;
  std::string names;
  for (const control::PlannedService& service : plan.services) names += (names.empty() ? "" : ",") + service.name;
  std::vector<std::string> arguments = {plan.program.string(),
                                        "--holon-host=" + plan.name,
                                        "--holon-services=" + names,
                                        "--holon-listen=fd:3",
                                        "--holon-node=" + folder.node_address(),
                                        "--holon-data=" + folder.data().string(),
                                        "--holon-drain-ms=" + std::to_string(drain_time.count())};
  if (deployment_.strict) arguments.push_back("--holon-strict");
  for (const auto& [name, value] : deployment_.limits) arguments.push_back("--holon-limit=" + name + "=" + value);
  for (const control::PlannedService& service : plan.services) {
    for (const auto& [name, value] : service.settings) {
      arguments.push_back("--holon-setting=" + service.name + "." + name + "=" + value);
    }
  }
  std::string version = version_of(plan.version, arguments);
  env::Address listen{.kind = env::Address::Kind::unix_path, .host = folder.socket(plan.name).string()};
  return {.name = plan.name,
          .arguments = std::move(arguments),
          .version = std::move(version),
          .listen = listen,
          .directory = folder.path().parent_path(),
          .log = folder.log(plan.name)};
}

HostStart Supervisor::gateway_start() const {
  const Folder& folder = deployment_.folder;
  std::vector<std::string> arguments = {holon_.string(),
                                        "gateway-host",
                                        std::string("--holon-host=") + gateway_name,
                                        "--holon-own=fd:3",
                                        "--holon-node=" + folder.node_address(),
                                        "--holon-contracts=" + folder.contracts().string(),
                                        "--holon-config=" + folder.gateway_config().string(),
                                        "--holon-base=" + folder.path().parent_path().string(),
                                        "--holon-drain-ms=" + std::to_string(drain_time.count())};
  std::vector<env::Address> doors;
  for (const gateway::ListenConfig& listener : deployment_.gateway->listen) {
    arguments.push_back("--holon-listen=fd:" + std::to_string(first_door + doors.size()));
    doors.push_back(env::Address::parse(listener.address).value_or({}));
  }
  env::Address own{.kind = env::Address::Kind::unix_path, .host = folder.socket(gateway_name).string()};
  std::string version = gateway_version(arguments, deployment_.gateway_yaml);
  return {.name = gateway_name,
          .arguments = std::move(arguments),
          .version = std::move(version),
          .listen = own,
          .doors = std::move(doors),
          .directory = folder.path().parent_path(),
          .log = folder.log(gateway_name)};
}

/// Of the program, its contracts, and what it was told.
std::string Supervisor::gateway_version(const std::vector<std::string>& arguments, const std::string& yaml) const {
  std::string built = std::to_string(loop_.environment().disk().changed_ns(holon_).value_or(0));
  for (const gateway::ListenConfig& listener : deployment_.gateway->listen) built += " " + listener.address;
  return version_of(deployment_.contracts.SerializeAsString() + built + yaml, arguments);
}

Result<void> Supervisor::write_gateway_config(const std::string& yaml) const {
  return loop_.environment().disk().exchange(deployment_.folder.gateway_config(), yaml);
}

std::optional<std::string> Supervisor::gateway_endpoint() const {
  for (const Member& member : members_) {
    if (is_gateway(*member.process) && member.process->life().state() == HostState::ready) {
      return member.process->start().listen.to_string();
    }
  }
  return std::nullopt;
}

void Supervisor::gateway_reloaded(const std::string& yaml) {
  for (Member& member : members_) {
    if (is_gateway(*member.process)) {
      member.process->adopt_version(gateway_version(member.process->start().arguments, yaml));
    }
  }
  changed();
}

// ---- beginning -------------------------------------------------------------------------------------------

Result<void> Supervisor::start() {
  State earlier = HOLON_TRY(earlier_state());
  if (Result<void> opened = open_all(earlier); !opened.ok()) {
    for (Member& member : members_) member.process->close();
    return opened;
  }
  HOLON_TRY(
      loop_.environment().disk().exchange(deployment_.folder.contracts(), deployment_.contracts.SerializeAsString()));
  if (deployment_.gateway) HOLON_TRY(write_gateway_config(deployment_.gateway_yaml));
  take_over(earlier);
  taking_over_ = false;
  changed();
  for (Member& member : members_) member.process->run();
  return {};
}

/// Opens the sockets of all hosts that do not run already.
Result<void> Supervisor::open_all(const State& earlier) {
  for (Member& member : members_) {
    if (earlier.hosts.contains(member.plan.name)) continue;
    Result<void> opened = member.process->open();
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
      HostStart nothing;
      nothing.name = name;
      nothing.log = deployment_.folder.log(name);
      add({.name = name, .program = {}, .version = {}, .services = {}}, std::move(nothing));
      members_.back().process->take_over(known);
      members_.back().process->stop();
      continue;
    }
    bool same = known.version == member->process->start().version;
    say_(name + (same ? " runs already" : " runs with an older program or other arguments") + " (pid " +
         std::to_string(known.process.pid) + "): " + (same ? "taking it over" : "starting it anew"));
    member->process->take_over(known);
    if (known.ready && same) publish(*member);
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

void Supervisor::started(HostProcess&) { changed(); }

void Supervisor::ready(HostProcess& host) {
  publish(*find(host.name()));
  changed();
}

void Supervisor::ending(HostProcess& host) {
  directory_.remove(host.name());
  changed();
}

void Supervisor::ended(HostProcess& host) {
  directory_.remove(host.name());
  std::string text = host.name() + " ended: " + host.life().cause();
  if (host.life().stopped()) {
    if (!host.life().ended_well()) say_(text);
  } else {
    env::Duration pause = host.life().wake() - loop_.environment().now();
    text += pause > milliseconds(50) ? "; it starts again in " + seconds_text(pause) : "; it starts again";
    for (const std::string& line : host.last_lines(5)) text += "\n    " + line;
    say_(text);
  }
  changed();
  if (stopping_) stop_others();
}

void Supervisor::publish(Member& member) {
  if (is_gateway(*member.process)) return;
  std::vector<std::string> contracts;
  for (const control::PlannedService& service : member.plan.services) contracts.push_back(service.contract);
  directory_.add(member.plan.name, member.process->start().listen.to_string(), contracts);
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
  for (const Member& member : members_) {
    if (std::optional<KnownHost> known = member.process->known()) state.hosts[member.plan.name] = *known;
  }
  Result<void> saved = loop_.environment().disk().exchange(deployment_.folder.state(), to_text(state));
  if (!saved.ok()) {
    say_("the node's state is not saved, a later node could not take hosts over: " + saved.error().message());
  }
}

// ---- the end ---------------------------------------------------------------------------------------------

void Supervisor::stop() {
  stopping_ = true;
  for (Member& member : members_) {
    if (is_gateway(*member.process)) member.process->stop();
  }
  stop_others();
}

// Not before the gateway is gone: what it has begun needs the others.
void Supervisor::stop_others() {
  for (const Member& member : members_) {
    if (is_gateway(*member.process) && !member.process->life().stopped()) return;
  }
  for (Member& member : members_) {
    bool told = member.process->life().state() == HostState::stopping && !member.process->life().stopped();
    if (!told) member.process->stop();
  }
}

void Supervisor::kill() {
  stopping_ = true;
  for (Member& member : members_) member.process->kill();
}

bool Supervisor::stopped() const {
  return std::ranges::all_of(members_, [](const Member& member) { return member.process->life().stopped(); });
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
  for (const Member& member : members_) {
    const HostProcess& process = *member.process;
    v1::HostState* host = out.add_hosts();
    host->set_host(member.plan.name);
    host->set_state(std::string(control::to_string(process.life().state())));
    if (process.life().running()) {
      host->set_pid(process.process().pid);
      auto since_1970 = process.started_at().time_since_epoch();
      host->set_started_unix_ms(std::chrono::duration_cast<milliseconds>(since_1970).count());
    }
    for (const control::PlannedService& service : member.plan.services) {
      host->add_services(service.contract);
      host->add_owners(service.owner);
    }
    host->set_restarts(process.life().restarts());
    host->set_cause(process.life().cause());
    host->set_log(process.start().log.string());
    const HostStart& start = process.start();
    host->set_endpoint((start.doors.empty() ? start.listen : start.doors.front()).to_string());
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> Supervisor::endpoints() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Member& member : members_) {
    if (member.process->life().state() != HostState::ready) continue;
    out.emplace_back(member.plan.name, member.process->start().listen.to_string());
  }
  return out;
}

std::string Supervisor::gateway_url() const {
  for (const Member& member : members_) {
    if (!is_gateway(*member.process) || member.process->start().doors.empty() || !deployment_.gateway) continue;
    const bool secure = !deployment_.gateway->listen.front().certificates.empty();
    return (secure ? "https://" : "http://") + member.process->start().doors.front().to_string();
  }
  return {};
}

Supervisor::Member* Supervisor::find(const std::string& name) {
  auto found =
      std::ranges::find(members_, name, [](const Member& member) -> const std::string& { return member.plan.name; });
  return found == members_.end() ? nullptr : &*found;
}

bool Supervisor::is_gateway(const HostProcess& host) const { return host.name() == gateway_name; }

}  // namespace holon::node
