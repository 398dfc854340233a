#include "gateway/acceptor.h"

#include "holon/log.h"

namespace holon::gateway {
namespace {

constexpr int accepts_per_turn_max = 64;  // then what is connected gets its turn

}  // namespace

Acceptor::Acceptor(fiber::Loop& loop, const Gateway& gateway, const Limits& limits,
                   std::unique_ptr<env::Listener> listener)
    : loop_(loop), gateway_(gateway), limits_(limits), listener_(std::move(listener)) {
  listener_->watch(*this);
}

Acceptor::~Acceptor() = default;

void Acceptor::ready(bool, bool) {
  for (int i = 0; i < accepts_per_turn_max; ++i) {
    Result<std::unique_ptr<env::Stream>> accepted = listener_->accept();
    if (!accepted.ok()) return log::write(log::Level::warning, accepted.error().message());
    if (*accepted == nullptr) return;
    if (connections_.size() >= limits_.connections_max) continue;  // closes it
    auto connection = std::make_unique<Connection>(static_cast<Shared&>(*this), *std::move(accepted));
    Connection* key = connection.get();
    connections_.emplace(key, std::move(connection));
  }
}

bool Acceptor::take_call() {
  if (calls_ >= limits_.requests_max) return false;
  ++calls_;
  return true;
}

bool Acceptor::take_bytes(std::size_t bytes) {
  if (bytes > limits_.body_bytes_max - bytes_) return false;
  bytes_ += bytes;
  return true;
}

void Acceptor::drain(std::function<void()> done) {
  drained_ = std::move(done);
  listener_.reset();
  for (auto& [key, connection] : connections_) connection->drain();
  if (connections_.empty()) std::exchange(drained_, nullptr)();
}

void Acceptor::cut_off() {
  for (auto& [key, connection] : connections_) connection->cut_off();
}

void Acceptor::closed(Connection& connection) {
  connections_.erase(&connection);
  if (connections_.empty() && drained_ != nullptr) std::exchange(drained_, nullptr)();
}

}  // namespace holon::gateway
