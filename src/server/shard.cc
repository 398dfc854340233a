#include "server/shard.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "env/cycles.h"
#include "holon/log.h"
#include "server/call.h"
#include "server/connection.h"
#include "server/exchange.h"
#include "server/greeting.h"
#include "server/proxied_stream.h"
#include "telemetry/refusals.h"
#include "wire/metadata.h"

namespace holon::server {
namespace {

constexpr auto queue_delay_max = std::chrono::milliseconds(1);
/// Handlers that compute may take so much of a turn before what has come meanwhile is looked at: it may be more urgent, or too much.
constexpr auto turn_max = std::chrono::milliseconds(2);
/// With other loops at a time: once moved, a call is not held back any more when its client leaves replies unread.
constexpr std::size_t moved_max = 4;
constexpr auto accept_pause = std::chrono::milliseconds(50);
constexpr int accepts_per_turn_max = 64;  // then what is connected gets its turn
constexpr wire::HttpRule too_many_requests{503, "too_many_requests", "too many requests are under way; try again later"};
constexpr int looks_per_limit = 4;        // so a limit is kept to within a quarter
constexpr int looks_per_target = 2;

constexpr std::string_view shed_names[sheds][internal::Priority::count] = {
    {"shed.delay.critical", "shed.delay.default", "shed.delay.sheddable"},
    {"shed.full.critical", "shed.full.default", "shed.full.sheddable"},
    {"shed.late.critical", "shed.late.default", "shed.late.sheddable"}};

/// What a call's end says of its service: one that gave up would have taken longer; one that was refused took no time at all.
ConcurrencyLimit::End end_of(Code code) {
  switch (code) {
    case Code::deadline_exceeded: case Code::cancelled:
      return ConcurrencyLimit::End::late;
    case Code::unavailable: case Code::resource_exhausted:
      return ConcurrencyLimit::End::failed;
    default:
      return ConcurrencyLimit::End::done;
  }
}

}  // namespace

/// One listening socket. When there are no descriptors left it pauses, while connections wait in the backlog.
class Shard::Door final : public env::Watcher {
 public:
  Door(Shard& shard, std::unique_ptr<env::Listener> listener, ListenOptions options)
      : shard_(shard), listener_(std::move(listener)), options_(std::move(options)), resume_([this] { open(); }) {
    open();
  }

  void ready(bool, bool) override {
    if (options_.tls != nullptr) look_at_certificates();
    for (int i = 0; i < accepts_per_turn_max; ++i) {
      Result<std::unique_ptr<env::Stream>> stream = listener_->accept();
      if (!stream.ok()) return pause(stream.error());
      if (*stream == nullptr) return;
      shard_.take_in(std::move(*stream), options_);
    }
  }

 private:
  void open() { listener_->watch(*this); }

  void look_at_certificates() {
    if (std::optional<Error> broken = options_.tls->refresh()) log::write(log::Level::error, broken->message());
  }

  void pause(const Error& why) {
    telemetry::refused("no_descriptors", why.message(), shard_.loop_.now());
    for (int i = 0; i < accepts_per_turn_max; ++i) shard_.send_away_the_idlest();
    listener_->unwatch();
    resume_.start(shard_.loop_.now() + accept_pause);
  }

  Shard& shard_;
  std::unique_ptr<env::Listener> listener_;
  ListenOptions options_;
  fiber::Timer resume_;
};

Shard::Shard(const Router& router, HttpHandler* handler, fiber::Loop& loop, const Limits& limits,
             std::shared_ptr<Census> census)
    : router_(router),
      handler_(handler),
      loop_(loop),
      limits_(limits),
      census_(std::move(census)),
      web_(Cors(limits.web_origins), handler),
      admission_(limits.admission),
      waiting_timer_([this] { look_at_waiting(); }),
      idle_timer_([this] { look_at_idle(); }),
      watch_timer_([this] { look_at_inbound(); }) {}

Shard::~Shard() = default;

// ---- connections ------------------------------------------------------------------------------------------------------

void Shard::accept_from(std::unique_ptr<env::Listener> listener, ListenOptions options) {
  if (!draining_) doors_.push_back(std::make_unique<Door>(*this, std::move(listener), std::move(options)));
}

// A proxy is nobody's peer: when its header has come, it is known whose place this is.
void Shard::take_in(std::unique_ptr<env::Stream> stream, const ListenOptions& options) {
  std::string peer = options.proxy_protocol ? "proxy" : stream->peer();
  if (census_->crowded()) send_away_the_idlest();
  Census::Answer answer = census_->admit(peer);
  if (!answer.seat) return telemetry::refused(answer.rule, peer, loop_.now());
  if (options.proxy_protocol) {
    const auto refused = [this](std::string_view why) { telemetry::refused("proxy_header", why, loop_.now()); };
    stream = behind_proxy(std::move(stream), refused);
  }
  if (options.tls != nullptr) stream = options.tls->secure(std::move(stream));
  connections_.insert(std::make_shared<Greeting>(*this, std::move(stream), std::move(answer.seat)));
}

// It loses no call: a client that is told to go connects again when it has one.
void Shard::send_away_the_idlest() {
  if (idle_.empty()) return;
  idle_.pop_front().drain();
}

void Shard::idle(Guest& guest) {
  guest.idles(loop_.now());
  guest.unlink();
  idle_.push_back(guest);
  if (limits_.idle_time != wire::never && !idle_timer_.scheduled()) idle_timer_.start(loop_.now() + limits_.idle_time);
}

void Shard::look_at_idle() {
  env::Time now = loop_.now();
  while (!idle_.empty() && idle_.front().idle_since() + limits_.idle_time <= now) send_away_the_idlest();
  if (!idle_.empty()) idle_timer_.start(idle_.front().idle_since() + limits_.idle_time);
}

void Shard::closed(Guest& guest, std::shared_ptr<Guest> successor) {
  if (successor != nullptr) connections_.insert(std::move(successor));
  // The guest tells this from within itself: it goes in the next turn.
  loop_.post([self = shared_from_this(), gone = guest.shared_from_this()] {
    self->connections_.erase(gone);
    self->look_whether_drained();
  });
}

void Shard::drain() {
  draining_ = true;
  doors_.clear();
  for (const auto& connection : connections_) connection->drain();
  look_whether_drained();
}

// The server may be destroyed on another thread after this: the timers of this loop are let go of here.
void Shard::look_whether_drained() {
  if (!draining_ || !connections_.empty()) return;
  idle_timer_.stop();
  watch_timer_.stop();
  waiting_timer_.stop();
  if (on_drained_) on_drained_();
}

void Shard::abort() {
  draining_ = true;
  doors_.clear();
  for (const auto& connection : std::vector(connections_.begin(), connections_.end())) connection->abort();
}

// ---- calls ------------------------------------------------------------------------------------------------------------

bool Shard::enter(int priority) {
  if (calls() >= limits_.calls_max && !admission_.make_room(priority)) return false;
  calls_.store(calls() + 1, std::memory_order_relaxed);
  return true;
}

// A stranger may say that a call can be done without, but not that it is urgent.
std::shared_ptr<ServerCall> Shard::open(Answer answer, wire::RequestHead head, wire::Headers block, const Client& client) {
  const Route* route = router_.find(head.path);
  if (route == nullptr) {
    answer.only(router_.unknown(head.path), {}, {});
    return nullptr;
  }
  const std::string_view& method = route->method->name;
  const auto allowed = client.visitor == nullptr ? Result<void>() : client.visitor->look(head.caller, method);
  if (allowed && !allowed->ok()) {
    answer.only(*allowed, {}, {});
    return nullptr;
  }
  const int callers = router_.strangers() ? std::max(head.priority, internal::Priority::normal) : head.priority;
  head.priority = internal::joint_priority(callers, route->method->priority);
  if (!enter(head.priority)) {
    telemetry::refused("too_many_calls", route->method->name, loop_.now());
    answer.only(resource_exhausted("this host has as many calls in flight as it takes; try again later"), {},
                come_again_in(admission_.come_again(route->service_number, head.priority)));
    return nullptr;
  }
  const std::size_t caller = std::hash<std::string_view>()(head.caller.empty() ? client.peer : head.caller);
  auto call = std::make_shared<ServerCall>(*this, std::move(answer), *route, std::move(head), caller);
  if (!allowed) call->settle_first(client.visitor);
  if (router_.falls_back()) call->arrived(arrival_of(block, client));
  call->keep();
  watch(*call);
  return call;
}

std::shared_ptr<Inbound> Shard::open(std::shared_ptr<Transport> transport, wire::StreamId stream, HttpRequest request,
                                     bool expects_continue) {
  if (!enter()) {
    refuse(*transport, stream, too_many_requests, request);
    return nullptr;
  }
  auto exchange = std::make_shared<ServerExchange>(*this, std::move(transport), stream, std::move(request), expects_continue);
  watch(*exchange);
  exchange->start();
  return exchange;
}

void Shard::refuse(Transport& transport, wire::StreamId stream, const wire::HttpRule& rule, const HttpRequest& request) {
  telemetry::refused(rule.name, request.peer, loop_.now());
  const HttpHandler::Refusal refusal = handler_->refuse(rule.status, rule.why);
  std::vector<wire::HeaderView> headers;
  for (const auto& [name, value] : refusal.headers) headers.push_back({name, value});
  if (rule.status == 503) headers.push_back({"retry-after", "1"});
  const bool bodiless = request.method == "HEAD";
  if (!transport.begin(stream, rule.status, dated(headers), refusal.body.size(), bodiless).ok()) return transport.break_off(stream);
  bodiless ? transport.finish(stream, {}) : transport.send(stream, refusal.body, true);
}

wire::Headers Shard::dated(wire::Headers headers) {
  if (std::ranges::any_of(headers, [](const wire::HeaderView& header) { return header.name == "date"; })) return headers;
  const auto since_1970 = loop_.environment().wall().time_since_epoch();
  const wire::UnixSeconds now = std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
  if (std::exchange(date_of_, now) != now) date_ = wire::http_date(now);
  dated_.assign(headers.begin(), headers.end());
  dated_.push_back({"date", date_});
  return dated_;
}

void Shard::leave() { calls_.store(calls() - 1, std::memory_order_relaxed); }

void Shard::leave(const ServerCall& call, Code code, env::Time now) {
  leave();
  const ConcurrencyLimit::End how = end_of(code);
  admission_.ended(call, how, now);
  telemetry::DoorCell& cell = tell_of(call.claim.service);
  if (how != ConcurrencyLimit::End::failed) cell.add_end(now - env::time_of_cycles(call.queued_at()));
  if (starting_ == 0 && admission_.ready()) start_another();
}

// ---- whose turn it is -------------------------------------------------------------------------------------------------

// As many fibers start as calls wait, each for the call whose turn it is then.
void Shard::enqueue(const std::shared_ptr<ServerCall>& call) {
  if (call->own()) return loop_.spawn([call] { call->go_in(); });
  call->wait();
  arrive(*call, env::time_of_cycles(call->queued_at()));
}

void Shard::arrive(Entrant& entrant, env::Time now) {
  admission_.arrive(entrant, now);
  start_another();
}

void Shard::start_another() {
  ++starting_;
  loop_.spawn([this] { run_next(); });  // captures so little that nothing is allocated
}

std::shared_ptr<Entrant> Shard::next_entrant(env::Time now) {
  Applicant* next = admission_.next(now);
  if (next == nullptr) return nullptr;
  Entrant& entrant = static_cast<Entrant&>(*next);
  if (!entrant.take_place()) admission_.returned(entrant);
  std::atomic<std::uint64_t>& begun = tell_of(entrant.claim.service).begun[entrant.claim.priority];
  begun.store(begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return entrant.stop_waiting();
}

/// Tells how things stand at the service's door.
telemetry::DoorCell& Shard::tell_of(std::uint32_t service) {
  if (service >= told_.size()) told_.resize(service + 1);
  if (told_[service] == nullptr) told_[service] = telemetry::add_door(router_.service_name(service));
  telemetry::DoorCell& cell = *told_[service];
  const Admission::State state = admission_.state(service);
  cell.running.store(state.running, std::memory_order_relaxed);
  cell.waiting.store(state.waiting, std::memory_order_relaxed);
  cell.limit.store(state.limit == ConcurrencyLimit::none ? 0 : state.limit, std::memory_order_relaxed);
  return cell;
}

void Shard::run_next() {
  --starting_;
  if (admission_.waiting() == 0) return;  // it was handed to another loop
  const env::Time now = env::time_of_cycles(env::cycles());
  if (now - loop_.now() > turn_max) return go_on_next_turn();
  const std::shared_ptr<Entrant> next = next_entrant(now);
  if (admission_.waiting() > 0) {
    if (next != nullptr && now - next->since() > queue_delay_max) share_queue(now);
    if (starting_ == 0 && admission_.ready()) start_another();
    if (!waiting_timer_.scheduled()) waiting_timer_.start(now + limits_.admission.queue_target / looks_per_target);
  }
  if (next != nullptr) next->go_in();
}

void Shard::go_on_next_turn() {
  if (std::exchange(put_off_, true)) return;
  loop_.post([self = shared_from_this()] {
    self->put_off_ = false;
    if (self->starting_ == 0 && self->admission_.ready()) self->start_another();
  });
}

void Shard::look_at_waiting() {
  admission_.look(loop_.now());
  if (admission_.waiting() == 0) return;
  if (starting_ == 0 && admission_.ready()) start_another();
  waiting_timer_.start(loop_.now() + limits_.admission.queue_target / looks_per_target);
}

Error Shard::turned_away(const Entrant& entrant, std::string_view whom, Shed why) {
  tell_of(entrant.claim.service);
  telemetry::refused(shed_names[static_cast<std::size_t>(why)][entrant.claim.priority], whom, loop_.now());
  switch (why) {
    case Shed::delay:
      return resource_exhausted("this host has more to do than it can, and the call has waited too long; try again later");
    case Shed::full:
      return resource_exhausted("this host has as many calls as it takes, and more urgent ones came; try again later");
    default:
      return deadline_exceeded("the host has so much to do that the answer would have come after the deadline");
  }
}

// Hands half of what waits to an idle loop. What has not started has no stack yet, so nothing pins it here.
void Shard::share_queue(env::Time now) {
  if (lent_ >= moved_max) return;
  for (const std::weak_ptr<Shard>& each : siblings_) {
    std::shared_ptr<Shard> sibling = each.lock();
    if (sibling == nullptr || !sibling->has_nothing_to_do()) continue;
    std::vector<std::shared_ptr<ServerCall>> moved;
    for (std::size_t wanted = std::min((admission_.waiting() + 1) / 2, moved_max - lent_); wanted > 0; --wanted) {
      const std::shared_ptr<Entrant> next = next_entrant(now);
      if (next == nullptr) break;
      ServerCall* call = next->as_call();
      if (call == nullptr || !call->movable()) {
        loop_.spawn([next] { next->go_in(); });
        break;
      }
      call->move_to(sibling->loop_);
      ++lent_;
      moved.push_back(call->shared_from_this());
    }
    sibling->loop_.post([sibling, moved = std::move(moved)] {
      for (const auto& call : moved) sibling->loop_.spawn([sibling, call] { call->run(sibling->loop_); });
    });
    return;
  }
}

// The timer is not moved with each call: while there are calls it looks at them now and then.
void Shard::watch(Inbound& inbound) {
  watched_.push_back(inbound);
  if (!watch_timer_.scheduled()) watch_timer_.start(loop_.now() + limits_.request_time / looks_per_limit);
}

void Shard::look_at_inbound() {
  env::Time now = loop_.now();
  watched_.each([now](Inbound& inbound) { inbound.look(now); });
  if (!watched_.empty()) watch_timer_.start(now + limits_.request_time / looks_per_limit);
}

}  // namespace holon::server
