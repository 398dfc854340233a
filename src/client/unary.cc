#include "client/unary.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/attempts.h"
#include "telemetry/metrics.h"

namespace holon::client {
namespace {

using google::protobuf::MessageLite;

/// However fast a method is: what is late by less than this is the scheduler's doing.
constexpr env::Duration hedge_after_min = std::chrono::milliseconds(5);
/// While a method's latency is not known: when to look whether the endpoint still lives.
constexpr env::Duration look_after = std::chrono::milliseconds(1500);

/// Where it went, and what comes back.
struct Attempt {
  Attempt(Route to, std::size_t message_bytes_max, fiber::Waiter& progress, env::Time now)
      : route(std::move(to)), reception(message_bytes_max, &progress), began(now) {}

  Route route;
  Reception reception;
  env::Time began;
  std::optional<Error> lost = {};  ///< what a fault puts in place of its answer
};

class Unary {
 public:
  Unary(Outbound& call, Experience& experience, unsigned method, const MessageLite& request, MessageLite& reply)
      : call_(call),
        experience_(experience),
        tail_(experience.tails[method]),
        terms_(experience.terms[method]),
        attempts_(terms_, experience.budget, call.edge()),
        request_(request),
        reply_(reply) {}
  ~Unary() { leave(Outcome::unknown); }

  Result<void> run() {
    HOLON_TRY(call_.admit());
    call_.balance_by(request_);
    experience_.budget.called();
    const Peer* before = nullptr;
    for (;;) {
      Result<void> result = call_.meet_faults();
      if (result.ok()) {
        Route route = HOLON_TRY(call_.route(before));
        before = route.peer.get();
        HOLON_TRY(begin(first_, std::move(route)));
        first_->lost = call_.lost_answer();
        result = await();
      } else {
        attempts_.began();
        result = failed_by(result.error());
      }
      if (result.ok()) return result;
      bool again = HOLON_TRY(wait_for_another());
      if (!again) return result;
    }
  }

 private:
  env::Time now() const { return call_.pool().loop().now(); }
  bool idempotent() const { return call_.method().idempotent; }

  Result<void> begin(std::optional<Attempt>& attempt, Route route) {
    std::string bytes = HOLON_TRY(call_.framed(request_));
    attempt.emplace(std::move(route), call_.message_bytes_max(), progress_, now());
    if (!call_.open(attempt->reception, attempt->route, static_cast<int>(attempts_.made()))) {
      const Error full = unavailable(attempt->route.connection->authority() + " takes no more calls just now");
      attempt.reset();
      return full;
    }
    attempts_.began();
    attempt->route.peer->began();
    attempt->reception.send(std::move(bytes), true);
    return {};
  }

  /// Until an attempt has the answer, or all under way have failed: then failure_ says how.
  Result<void> await() {
    hedge_at_ = first_hedge();
    held_up_.reset();
    for (;;) {
      for (std::optional<Attempt>* attempt : {&first_, &hedge_}) {
        if (!*attempt || !(*attempt)->reception.status()) continue;
        Result<void> result = take(**attempt);
        attempt->reset();
        const bool last = !first_ && !hedge_;
        if (result.ok() || last || !worth_another(failure_, idempotent())) return result;
      }
      const fiber::Wake how = progress_.wait(std::min(call_.deadline(), hedge_at_), &call_.scope());
      if (how == fiber::Wake::cancelled) return give_up(how, Outcome::unknown);
      if (how == fiber::Wake::late && now() >= call_.deadline()) return give_up(how, Outcome::failed);
      if (how == fiber::Wake::late) HOLON_TRY(hedge());
    }
  }

  Result<void> take(Attempt& attempt) {
    const Reception& reception = attempt.reception;
    Result<void> result = read(attempt.reception);
    failure_ = {result.code(), reception.unseen(), reception.push_back(), reception.unbegun()};
    const env::Duration took = now() - attempt.began;
    attempt.route.peer->ended(outcome_of(result.code(), reception), took);
    if (result.ok()) tail_.add(took);
    call_.give_metadata(reception);
    if (attempt.lost) [[unlikely]] return failed_by(*attempt.lost);
    return result;
  }

  Result<void> read(Reception& reception) {
    HOLON_TRY(*reception.status());
    std::optional<std::string_view> message = HOLON_TRY(reception.next());
    if (!message) return unimplemented(std::string(call_.method().name) + " ended well, but without an answer");
    HOLON_TRY(call_.parse(*message, reply_));
    message = HOLON_TRY(reception.next());
    if (message) return unimplemented(std::string(call_.method().name) + " has more than one answer");
    return {};
  }

  /// A fault that somebody set ended the attempt, as the network might have: whether a handler saw it, nobody knows.
  Error failed_by(const Error& fault) {
    failure_ = {fault.code(), false, {}};
    return fault;
  }

  Error give_up(fiber::Wake how, Outcome outcome) {
    leave(outcome);
    Error why = Outbound::ended_by(how);
    failure_ = {why.code(), false, {}};
    return why;
  }

  /// The attempts under way are of no use any more.
  void leave(Outcome outcome) {
    for (std::optional<Attempt>* attempt : {&first_, &hedge_}) {
      if (*attempt) (*attempt)->route.peer->ended(outcome, now() - (*attempt)->began);
      attempt->reset();
    }
  }

  // ---- a second attempt beside the first
  env::Time first_hedge() const {
    if (terms_.hedges_max == 0 || !idempotent()) return env::Time::max();
    if (terms_.hedge_after.count() > 0) return now() + terms_.hedge_after;
    return now() + (tail_.known() ? std::max(tail_.value(), hedge_after_min) : look_after);
  }

  Result<void> hedge() {
    const std::optional<faults::Fate> held_up = std::exchange(held_up_, std::nullopt);
    hedge_at_ = env::Time::max();
    if (!first_ || hedge_ || !attempts_.left()) return {};
    hedge_at_ = now() + (now() - first_->began);  // if it can't be now, later
    const bool late = tail_.known() || terms_.hedge_after.count() > 0 || !first_->route.peer->reachable();
    if (!late) return {};
    std::optional<Route> other = call_.route_now(*first_->route.peer);
    if (!other) return {};
    if (held_up) return begin_hedge(std::move(*other), *held_up);
    if (!attempts_.spend(now())) return {};
    telemetry::record(call_.edge(), telemetry::Repeat::hedge);
    const faults::Fate fate = call_.foresee_faults();
    if (fate.hit()) [[unlikely]] return hold_up(fate);
    return begin_hedge(std::move(*other), fate);
  }

  // Who waits for the first attempt, too, is not held up: the hedge is, and one that never arrives is not made.
  Result<void> hold_up(const faults::Fate& fate) {
    const bool arrives = fate.ending == faults::Ending::untouched || fate.ending == faults::Ending::reset;
    hedge_at_ = arrives ? fate.start : env::Time::max();
    if (arrives) held_up_ = fate;
    return {};
  }

  Result<void> begin_hedge(Route route, const faults::Fate& fate) {
    HOLON_TRY(begin(hedge_, std::move(route)));
    if (fate.ending == faults::Ending::reset) hedge_->lost = faults::Ordeal{.fault = fate.fault, .answer_lost = true}.error();
    return {};
  }

  // ---- another attempt after all have failed
  /// Whether one follows; it is due then.
  Result<bool> wait_for_another() {
    const std::optional<env::Duration> wait = attempts_.before_next(
        failure_, idempotent(), {now(), call_.deadline(), call_.pool().loop().environment().random()});
    if (!wait) return false;
    if (wait->count() == 0) return true;
    fiber::Waiter pause;
    if (pause.wait(now() + *wait, &call_.scope()) == fiber::Wake::cancelled) return Outbound::ended_by(fiber::Wake::cancelled);
    return true;
  }

  Outbound& call_;
  Experience& experience_;
  TailLatency& tail_;
  const Terms& terms_;
  Attempts attempts_;
  const MessageLite& request_;
  MessageLite& reply_;
  fiber::Waiter progress_;
  std::optional<Attempt> first_, hedge_;
  env::Time hedge_at_ = env::Time::max();
  std::optional<faults::Fate> held_up_;  ///< by a fault: the hedge that is due at hedge_at_
  Failure failure_{Code::ok, false, {}};
};

}  // namespace

Result<void> call_unary(Outbound& call, Experience& experience, unsigned method, const MessageLite& request,
                        MessageLite& reply) {
  return Unary(call, experience, method, request, reply).run();
}

}  // namespace holon::client
