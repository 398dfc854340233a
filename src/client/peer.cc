#include "client/peer.h"

#include <algorithm>
#include <utility>

#include "client/back_off.h"
#include "holon/log.h"

namespace holon::client {
namespace {

std::string authority_of(const Endpoint& endpoint) {
  const env::Address& address = endpoint.address;
  if (address.kind != env::Address::Kind::ip) return endpoint.tls != nullptr ? endpoint.server_name : "localhost";
  if (endpoint.tls == nullptr || endpoint.server_name == address.host) return address.to_string();
  return endpoint.server_name + ":" + std::to_string(address.port);
}

}  // namespace

Result<void> Patience::wait(fiber::Waiter& waiter, const std::string& what) const {
  switch (waiter.wait(deadline, &scope)) {
    case fiber::Wake::woken:
      return {};
    case fiber::Wake::cancelled:
      return cancelled("the caller has gone while " + what);
    case fiber::Wake::late:
      break;
  }
  return deadline_exceeded("the deadline passed while " + what);
}

Peer::Peer(fiber::Loop& loop, Endpoint endpoint, const Limits& limits)
    : loop_(loop),
      endpoint_(std::move(endpoint)),
      name_(endpoint_.to_string()),
      limits_(limits),
      times_(limits.link),
      authority_(authority_of(endpoint_)),
      conduct_(limits.breaker) {}

Peer::~Peer() {
  *alive_ = false;
  for (auto& connection : connections_) connection->on_change([] {});
  for (auto& connection : leaving_) connection->on_change([] {});
}

std::size_t Peer::in_flight() const {
  std::size_t sum = 0;
  for (const auto& connection : connections_) sum += connection->in_flight();
  return sum;
}

void Peer::ended(Outcome outcome, env::Duration took) {
  const env::Time now = loop_.now();
  conduct_.ended(outcome, took, now, stand_still());
}

StandStill Peer::stand_still() const {
  StandStill still{.lasts = false, .ended = went_on_};
  for (const auto& connection : connections_) {
    const StandStill of_one = connection->stand_still();
    still.lasts = still.lasts || of_one.lasts;
    still.ended = std::max(still.ended, of_one.ended);
  }
  return still;
}

bool Peer::reachable() const {
  if (connections_.empty()) return !resting();
  bool stranger = true;
  for (const auto& connection : connections_) {
    if (connection->state() != Connection::State::open) continue;
    if (!connection->silent()) return true;
    stranger = false;
  }
  return stranger && loop_.now() < attempt_began_ + limits_.slow_connect_time;
}

void Peer::retire() {
  retired_ = true;
  for (const auto& connection : std::vector(connections_)) connection->retire();
  wake_all();
}

// The oldest that has one: so the younger ones become idle when there is less to do, and close.
std::shared_ptr<Connection> Peer::with_a_stream_to_spare() const {
  for (const auto& connection : connections_) {
    if (connection->may_open()) return connection;
  }
  return nullptr;
}

bool Peer::connecting() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& each) { return each->state() == Connection::State::connecting; });
}

bool Peer::any_open() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& each) { return each->state() == Connection::State::open; });
}

bool Peer::resting() const { return failures_ > 0 && loop_.now() < next_attempt_; }

Result<std::shared_ptr<Connection>> Peer::usable(const Patience& patience) {
  int failures_before = failures_;
  for (bool first = true;; first = false) {
    if (retired_) return unavailable(name_ + " is no endpoint any more");
    if (std::shared_ptr<Connection> connection = with_a_stream_to_spare()) {
      if (!waiting_.empty()) wake_one();  // there may be more than the one that this call takes
      return connection;
    }
    if (failures_ > failures_before && !any_open()) return unreachable();
    if (!connecting() && !resting() && connections_.size() < limits_.connections_max) connect();
    if (connections_.empty()) return unreachable();
    HOLON_TRY(wait(patience, first));
  }
}

void Peer::approach() {
  if (connections_.empty() && !resting() && !retired_) connect();
}

// Who has waited before keeps its place: another call may have taken the stream that it was woken for.
Result<void> Peer::wait(const Patience& patience, bool first) {
  fiber::Waiter waiter;
  waiting_.insert(first ? waiting_.end() : waiting_.begin(), &waiter);
  Result<void> waited = patience.wait(waiter, "waiting for a connection to " + name_);
  std::erase(waiting_, &waiter);
  return waited;
}

Result<std::unique_ptr<env::Stream>> Peer::dial() {
  std::unique_ptr<env::Stream> plain = HOLON_TRY(loop_.reactor().connect(endpoint_.address));
  if (endpoint_.tls == nullptr) return plain;
  if (std::optional<Error> broken = endpoint_.tls->refresh()) log::write(log::Level::error, broken->message());
  return std::unique_ptr<env::Stream>(endpoint_.tls->secure(std::move(plain), endpoint_.server_name, name_));
}

// Back-off counts from the start of an attempt: one that took long may be followed by the next at once.
void Peer::connect() {
  attempt_began_ = loop_.now();
  next_attempt_ = attempt_began_ + back_off(limits_.back_off_first, limits_.back_off_most, failures_ + 1, loop_.environment().random());
  Result<std::unique_ptr<env::Stream>> stream = dial();
  if (!stream.ok()) return failed(stream.error());
  env::Duration idle_time = connections_.empty() ? limits_.idle_time : limits_.spare_idle_time;
  auto connection = std::make_shared<Connection>(loop_, std::move(*stream), authority_,
                                                 endpoint_.tls != nullptr ? "https" : "http", times_, idle_time);
  connection->on_change([this, key = connection.get()] { changed(*key); });
  connections_.push_back(std::move(connection));
}

void Peer::changed(Connection& connection) {
  if (connection.state() == Connection::State::open) {
    failures_ = 0;
    was_there_ = true;
    forgave_ = false;
    return wake_one();
  }
  leave(connection);
  wake_all();
}

// A connection tells its end from within its own event: it is let go in the next turn.
void Peer::leave(Connection& connection) {
  auto found = std::find_if(connections_.begin(), connections_.end(), [&](auto& each) { return each.get() == &connection; });
  if (found != connections_.end()) {
    if (connection.state() == Connection::State::ended && !connection.was_open()) attempt_ended(connection);
    const StandStill still = connection.stand_still();
    went_on_ = std::max(went_on_, still.lasts ? loop_.now() : still.ended);  // a silence that its connection does not outlive
    if (connection.asked_for_calm()) times_.keepalive_time = std::min(times_.keepalive_time, wire::never / 2) * 2;
    leaving_.push_back(std::move(*found));
    connections_.erase(found);
  }
  if (connection.state() != Connection::State::ended) return;
  loop_.post([this, alive = alive_] {
    if (!*alive) return;
    std::erase_if(leaving_, [](const auto& each) { return each->state() == Connection::State::ended; });
  });
}

// A server on its way out may take a connection and close it without a word; its successor takes the next. So one such end
// does not count: who waits tries again at once.
void Peer::attempt_ended(const Connection& connection) {
  if (connection.turned_away() && !std::exchange(forgave_, true)) return;
  failed(connection.why());
}

void Peer::failed(const Error& why) {
  last_error_ = why;
  if (failures_++ == 0) absent_since_ = loop_.now();
}

Error Peer::unreachable() const { return unavailable(name_ + ": " + last_error_.message()); }

// One: it wakes the next if there is more than it takes. So a stream that becomes free costs one waiter's turn, not all.
void Peer::wake_one() {
  if (waiting_.empty()) return;
  fiber::Waiter* waiter = waiting_.front();
  waiting_.pop_front();
  waiter->wake();
}

void Peer::wake_all() {
  while (!waiting_.empty()) wake_one();
}

}  // namespace holon::client
