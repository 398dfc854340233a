#include "client/http_peer.h"

#include <algorithm>

#include "fiber/call.h"
#include "holon/log.h"

namespace holon::client {

HttpPeer::HttpPeer(fiber::Loop& loop, HttpOrigin origin, std::shared_ptr<crypto::ClientTls> tls, const HttpLimits& limits,
                   Resolver& resolver)
    : loop_(loop),
      origin_(std::move(origin)),
      name_(origin_.to_string()),
      tls_(std::move(tls)),
      limits_(limits),
      resolver_(resolver),
      overdue_([this] { drop_overdue(); }) {}

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

/// All addresses are tried in turn; the time that is left is shared among those still to be tried.
Result<std::unique_ptr<HttpConnection>> HttpPeer::connect(Call& call) {
  const env::Time until = loop_.now() + limits_.connect_time;
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
  const std::vector<std::string> hosts = HOLON_TRY(resolver_.addresses(call, origin_.host, until));
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
  HOLON_TRY(connection->connected(call, until));
  return connection;
}

}  // namespace holon::client
