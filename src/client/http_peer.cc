#include "client/http_peer.h"

#include <algorithm>

#include "client/back_off.h"
#include "holon/log.h"

namespace holon::client {
namespace {

/// For a word from a server that is silent. Then it is asked anew: what was asked before may be lost.
constexpr env::Duration word_time = std::chrono::seconds(30);
/// A server that takes long to connect costs the request that tries it as long: it is tried so much less often.
constexpr int rest_per_attempt = 10;

}  // namespace

HttpPeer::HttpPeer(fiber::Loop& loop, HttpOrigin origin, std::shared_ptr<crypto::ClientTls> tls, const HttpLimits& limits,
                   std::shared_ptr<Resolver> resolver)
    : loop_(loop),
      origin_(std::move(origin)),
      name_(origin_.to_string()),
      tls_(std::move(tls)),
      limits_(limits),
      resolver_(std::move(resolver)),
      overdue_([this] { drop_overdue(); }),
      conduct_(limits.breaker),
      life_(loop, limits.silence_time, [this] { ask(); }, [this] { fell_silent(); }) {}

// ---- the connections ------------------------------------------------------------------------------------------------

Result<std::unique_ptr<HttpConnection>> HttpPeer::take(Call& call, Use use) {
  HOLON_TRY(call.check());
  for (bool first = true;; first = false) {
    if (std::unique_ptr<HttpConnection> kept = take_idle(use)) return kept;
    if (count_ < limits_.connections_max) break;
    HOLON_TRY(wait_for_one(call, first));
  }
  ++count_;
  Result<std::unique_ptr<HttpConnection>> made = connect(call);
  if (!made.ok()) give_back(nullptr);
  return made;
}

/// What is found dead is dropped; for a fresh connection, one that could be in its way, too.
std::unique_ptr<HttpConnection> HttpPeer::take_idle(Use use) {
  if (use == Use::fresh) {
    if (count_ >= limits_.connections_max && !idle_.empty()) {
      idle_.pop_front();
      --count_;
    }
    return nullptr;
  }
  while (!idle_.empty()) {
    std::unique_ptr<HttpConnection> youngest = std::move(idle_.back());
    idle_.pop_back();
    const bool usable = use == Use::alive ? !youngest->stale() : youngest->reusable();
    if (usable) return youngest;
    --count_;
  }
  return nullptr;
}

void HttpPeer::give_back(std::unique_ptr<HttpConnection> connection) {
  if (connection != nullptr && connection->reusable() && connection->idle_time() > env::Duration::zero()) {
    connection->idle_since = loop_.now();
    const env::Time until = loop_.now() + connection->idle_time();
    idle_.push_back(std::move(connection));
    if (!overdue_.scheduled()) overdue_.start(until);
  } else {
    --count_;
  }
  wake_one();
}

void HttpPeer::drop_overdue() {
  const env::Time now = loop_.now();
  env::Time next = env::Time::max();
  count_ -= std::erase_if(idle_, [&](const std::unique_ptr<HttpConnection>& each) {
    const env::Time until = each->idle_since + each->idle_time();
    if (until > now) next = std::min(next, until);
    return until <= now || !each->reusable();
  });
  if (!idle_.empty()) overdue_.start(next);
}

/// Who has waited before keeps its place: another request may have taken the connection that it was woken for.
Result<void> HttpPeer::wait_for_one(Call& call, bool first) {
  if (first && waiting_.size() >= limits_.waiting_max) {
    return resource_exhausted(name_ + ": " + std::to_string(limits_.waiting_max) + " requests wait for a connection already");
  }
  fiber::Waiter waiter;
  waiting_.insert(first ? waiting_.end() : waiting_.begin(), &waiter);
  Result<void> waited = fiber::wait(waiter, call);
  std::erase(waiting_, &waiter);
  return waited;
}

void HttpPeer::wake_one() {
  if (waiting_.empty()) return;
  fiber::Waiter* waiter = waiting_.front();
  waiting_.pop_front();
  waiter->wake();
}

// ---- a new one ------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<HttpConnection>> HttpPeer::connect(Call& call) {
  const env::Time began = loop_.now();
  if (connecting_++ == 0) connecting_since_ = began;
  Result<std::unique_ptr<HttpConnection>> made = connect_to_any(call, began + limits_.connect_time);
  if (--connecting_ == 0 || made.ok()) connecting_since_ = connecting_ == 0 ? env::Time::max() : loop_.now();
  if (made.ok() || call.check().ok()) connect_ended(made.ok(), began);
  return made;
}

void HttpPeer::connect_ended(bool well, env::Time began) {
  if (well) {
    failures_ = 0;
    rests_until_ = {};
    return;
  }
  const env::Time now = loop_.now();
  const env::Duration pause = back_off(limits_.back_off_first, limits_.back_off_most, ++failures_, loop_.environment().random());
  rests_until_ = now + std::max(pause, (now - began) * rest_per_attempt);
}

/// All addresses are tried in turn; the time that is left is shared among those still to be tried.
Result<std::unique_ptr<HttpConnection>> HttpPeer::connect_to_any(Call& call, env::Time until) {
  const std::vector<env::Address> known = HOLON_TRY(addresses(call, until));
  Error last = unavailable(name_ + " has no address");
  for (std::size_t i = 0; i < known.size(); ++i) {
    const env::Time now = loop_.now();
    const env::Duration share = (until - now) / static_cast<std::int64_t>(known.size() - i);
    Result<std::unique_ptr<HttpConnection>> made = attempt(call, known[i], now + share);
    if (made.ok()) return made;
    HOLON_TRY(call.check());
    last = made.error();
  }
  return last;
}

Result<std::vector<env::Address>> HttpPeer::addresses(Call& call, env::Time until) {
  if (origin_.scheme == HttpOrigin::Scheme::unix_socket) {
    return std::vector{env::Address{env::Address::Kind::unix_path, origin_.host, 0}};
  }
  const std::vector<std::string> hosts = HOLON_TRY(resolver_->addresses(call, origin_.host, until));
  std::vector<env::Address> out;
  for (const std::string& host : hosts) out.push_back({env::Address::Kind::ip, host, origin_.port});
  return out;
}

Result<std::unique_ptr<HttpConnection>> HttpPeer::attempt(Call& call, const env::Address& address, env::Time until) {
  std::unique_ptr<env::Stream> stream = HOLON_TRY(loop_.reactor().connect(address));
  if (tls_ != nullptr) {
    if (std::optional<Error> broken = tls_->refresh()) log::write(log::Level::error, broken->message());
    stream = tls_->secure(std::move(stream), origin_.host, name_);
  }
  auto connection = std::make_unique<HttpConnection>(loop_, std::move(stream), name_, limits_);
  connection->on_bytes([this] { heard(); });
  HOLON_TRY(connection->connected(call, until));
  return connection;
}

// ---- how it does ----------------------------------------------------------------------------------------------------

void HttpPeer::ended(Outcome outcome, std::optional<env::Duration> took) {
  const env::Time now = loop_.now();
  conduct_.ended(outcome, took, now, life_.stand_still());
}

bool HttpPeer::reachable() const {
  const env::Time now = loop_.now();
  const bool connects_slowly = connecting_ > 0 && now - connecting_since_ > limits_.slow_connect_time;
  return now >= rests_until_ && !connects_slowly && !silent() && waiting_.size() < limits_.waiting_max;
}

Result<HttpResponse> HttpPeer::answer(Call& call, HttpConnection& connection, const MayLeave& may_leave) {
  if (may_leave != nullptr) leaving_.push_back({&connection, &may_leave});
  Result<HttpResponse> head = connection.response(call);
  if (may_leave != nullptr) std::erase_if(leaving_, [&](const Leaving& each) { return each.connection == &connection; });
  if (head.ok()) life_.answered();
  return head;
}

void HttpPeer::heard() {
  life_.heard();
  rests_until_ = {};
}

void HttpPeer::fell_silent() {
  let_leave();
  if (asking_ == nullptr) ask();
}

void HttpPeer::let_leave() {
  const Error why = unavailable(name_ + " owes an answer, and gives no sign of life");
  for (const Leaving& each : leaving_) {
    if ((*each.may_leave)()) each.connection->give_up(why);
  }
}

/// Until it says anything, be it that it understands nothing of that.
void HttpPeer::ask() {
  if (asking_ != nullptr || retired_) return;
  loop_.spawn([self = shared_from_this()] {
    do {
      internal::RootCall call(self->loop_.now() + word_time);
      self->asking_ = &call;
      const Result<void> heard = self->ask_once(call);
      fiber::Waiter pause;
      if (!heard.ok()) (void)pause.wait(self->loop_.now() + self->limits_.silence_time, &internal::CallAccess::scope(call));
      self->asking_ = nullptr;
      if (self->silent()) self->let_leave();  // others may be back by now, or the budget
    } while (self->silent() && !self->retired_);
  });
}

Result<void> HttpPeer::ask_once(Call& call) {
  std::unique_ptr<HttpConnection> connection = HOLON_TRY(connect_to_any(call, loop_.now() + limits_.connect_time));
  const std::string authority = origin_.authority();
  HOLON_TRY(connection->request({.method = "OPTIONS", .target = "*", .authority = authority}));
  HOLON_TRY(connection->response(call));
  return {};
}

void HttpPeer::retire() {
  retired_ = true;
  if (asking_ != nullptr) asking_->cancel();
}

}  // namespace holon::client
