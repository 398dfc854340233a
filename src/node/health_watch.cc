#include "node/health_watch.h"

#include "client/http.h"
#include "env/reactor.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "node/debugger.h"
#include "node/host_calls.h"

namespace holon::node {
namespace {

using control::HealthSpec;
using control::HostState;

constexpr auto look_while_starting_every = std::chrono::milliseconds(100);

/// An error says what is wrong; false, that it lives and wants no calls.
using Seen = Result<bool>;

Seen look_by_http(Call& call, const env::Address& address, const std::string& path) {
  client::HttpClient http({fiber::Loop::current()});
  const client::HttpAnswer answer = HOLON_TRY(client::fetch(call, http, "http://" + address.to_string() + path));
  if (answer.status >= 200 && answer.status < 400) return true;
  if (answer.status == 503) return false;
  return unavailable("GET " + path + " gave " + std::to_string(answer.status));
}

/// Until the connection is made, or is not.
class Connected final : public env::Watcher {
 public:
  void ready(bool, bool) override { waiter.wake(); }
  fiber::Waiter waiter;
};

Seen look_by_tcp(Call& call, const env::Address& address) {
  Connected connected;
  std::unique_ptr<env::Stream> stream = HOLON_TRY(fiber::Loop::current()->reactor().connect(address));
  stream->watch(connected);
  HOLON_TRY(fiber::wait(connected.waiter, call));
  if (stream->connect_error() != 0) return unavailable("nobody listens on " + address.to_string());
  return true;
}

Seen look_at(Call& call, const HealthSpec& spec, const env::Address& address) {
  switch (spec.kind) {
    case HealthSpec::Kind::http: return look_by_http(call, address, spec.path);
    case HealthSpec::Kind::tcp: return look_by_tcp(call, address);
    case HealthSpec::Kind::own:
    case HealthSpec::Kind::grpc: return check_health(call, address.to_string());
  }
  return true;
}

/// Why no answer is nothing that counts against a process.
std::optional<std::string> excuse_of(env::Environment& world, int pid) {
  const Result<std::optional<std::string>> debugger = debugger_of(world, pid);
  if (!debugger.ok()) return "the node itself cannot look: " + debugger.error().message();
  if (*debugger) return **debugger + " holds it";
  return std::nullopt;
}

}  // namespace

Result<void> HealthWatch::run(Call& call, env::Environment& world, Changes& changes) {
  for (;;) {
    const std::uint64_t seen = changes.count();
    if (host_.process() != process_) forget();
    if (!worth_a_look()) {
      if (host_.life().awake()) set_trouble("", false);
      HOLON_TRY(changes.wait(call, seen));
    } else if (world.now() < next_) {
      HOLON_TRY(changes.wait(call, seen, next_));
    } else {
      look(call, world);
      HOLON_TRY(call.check());
    }
  }
}

/// A program says itself when it is ready.
bool HealthWatch::worth_a_look() const {
  if (!host_.life().awake()) return false;
  return spec_.kind != HealthSpec::Kind::own || host_.life().state() == HostState::ready;
}

void HealthWatch::forget() {
  process_ = host_.process();
  next_ = {};
  failures_ = 0;
}

void HealthWatch::look(Call& call, env::Environment& world) {
  const env::ProcessId process = host_.process();
  internal::RootCall bounded(std::min(call.deadline(), world.now() + spec_.timeout));
  const Seen seen = look_at(bounded, spec_, host_.start().listen);
  const bool ready = host_.life().state() == HostState::ready;
  next_ = world.now() + (ready || (seen.ok() && *seen) ? env::Duration(spec_.period) : env::Duration(look_while_starting_every));
  if (call.cancelled() || host_.process() != process || !host_.life().awake()) return;
  if (seen.ok() && *seen) return well();
  if (seen.ok()) return set_trouble("it says that it is not serving", true);
  const std::string why = seen.code() == Code::deadline_exceeded ? "no answer in time" : seen.error().message();
  if (!ready) return set_trouble(why, false);
  if (const std::optional<std::string> excuse = excuse_of(world, process.pid)) return set_trouble(*excuse + ": " + why, not_serving_);
  unwell(why);
}

void HealthWatch::well() {
  failures_ = 0;
  set_trouble("", false);
  host_.seen_well();
}

void HealthWatch::unwell(const std::string& why) {
  ++failures_;
  const std::string times = std::to_string(failures_) + (failures_ == 1 ? " time" : " times in a row");
  set_trouble(why + ", " + times, not_serving_);
  if (failures_ >= spec_.failures) host_.seen_unwell("failed health check: " + why + ", " + times);
}

void HealthWatch::set_trouble(std::string trouble, bool not_serving) {
  if (trouble == trouble_ && not_serving == not_serving_) return;
  trouble_ = std::move(trouble);
  not_serving_ = not_serving;
  changed_();
}

}  // namespace holon::node
