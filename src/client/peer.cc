#include "client/peer.h"

#include <algorithm>

#include "fiber/call.h"

namespace holon::client {
namespace {

// gRPC's connection back-off (doc/connection-backoff.md) with a start fit for a data centre: 20 ms, doubled up to 2 s, with
// 20 % jitter.
constexpr auto back_off_first = std::chrono::milliseconds(20);
constexpr auto back_off_most = std::chrono::seconds(2);

env::Duration back_off(int failures, std::uint64_t random) {
  env::Duration base = back_off_first;
  for (int i = 1; i < failures && base < back_off_most; ++i) base *= 2;
  base = std::min<env::Duration>(base, back_off_most);
  return base * 4 / 5 + base * (random % 1000) / 1000 * 2 / 5;
}

std::string authority_of(const env::Address& address) {
  return address.kind == env::Address::Kind::ip ? address.to_string() : "localhost";
}

}  // namespace

Peer::Peer(fiber::Loop& loop, env::Address address)
    : loop_(loop), address_(std::move(address)), authority_(authority_of(address_)) {}

Peer::~Peer() {
  *alive_ = false;
  if (current_ != nullptr) current_->on_change([] {});
  for (auto& connection : retired_) connection->on_change([] {});
}

std::size_t Peer::in_flight() const { return current_ == nullptr ? 0 : current_->in_flight(); }

void Peer::retire() {
  if (current_ != nullptr) current_->retire();
}

bool Peer::backing_off() const { return failures_ > 0 && current_ == nullptr && loop_.now() < next_attempt_; }

Result<std::shared_ptr<Connection>> Peer::usable(const Call& call) {
  for (;;) {
    if (current_ == nullptr) {
      if (backing_off()) return unreachable();
      HOLON_TRY(connect());
    }
    if (current_->may_open()) return current_;
    fiber::Waiter waiter;
    waiting_.push_back(&waiter);
    int failures_before = failures_;
    Result<void> waited = fiber::wait(waiter, call);
    std::erase(waiting_, &waiter);
    if (!waited.ok()) return waited.error().within("waiting for a connection to " + address_.to_string());
    if (failures_ > failures_before) return unreachable();
  }
}

Result<void> Peer::connect() {
  Result<std::unique_ptr<env::Stream>> stream = loop_.reactor().connect(address_);
  if (!stream.ok()) {
    failed(stream.error());
    return unreachable();
  }
  current_ = std::make_shared<Connection>(loop_, std::move(*stream));
  current_->on_change([this, connection = current_.get()] { changed(*connection); });
  return {};
}

// A connection tells this from within its own event: it is let go in the next turn.
void Peer::changed(Connection& connection) {
  if (connection.state() == Connection::State::open) {
    failures_ = 0;
    return wake_waiting();
  }
  if (current_.get() == &connection) {
    if (connection.state() == Connection::State::ended && !connection.was_open()) failed(connection.why());
    retired_.push_back(std::move(current_));
    wake_waiting();
  }
  if (connection.state() != Connection::State::ended) return;
  loop_.post([this, alive = alive_] {
    if (!*alive) return;
    std::erase_if(retired_, [](const auto& each) { return each->state() == Connection::State::ended; });
  });
}

void Peer::failed(const Error& why) {
  last_error_ = why;
  ++failures_;
  next_attempt_ = loop_.now() + back_off(failures_, loop_.environment().random());
}

Error Peer::unreachable() const { return unavailable(address_.to_string() + ": " + last_error_.message()); }

void Peer::wake_waiting() {
  for (fiber::Waiter* waiter : waiting_) waiter->wake();
}

}  // namespace holon::client
