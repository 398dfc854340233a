#include "gateway/proxy/tunnel.h"

#include "holon/task.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

constexpr env::Duration idle_time = std::chrono::minutes(5);
constexpr env::Duration closing_time = std::chrono::seconds(10);

}  // namespace

Tunnel::Tunnel(Visit& visit, client::HttpTransfer& transfer)
    : visit_(visit),
      transfer_(transfer),
      loop_(*fiber::Loop::current()),
      last_(loop_.now()),
      idle_([this] { look_whether_idle(); }) {}

void Tunnel::run() {
  idle_.start(last_ + idle_time);
  TaskGroup group(visit_.call());
  auto up = group.spawn([this](Call& branch) { return carry_up(branch); });
  if (!carry_down().ok()) return visit_.abort();
  if (!up.get().ok()) visit_.abort();
}

/// From the server to the client.
Result<void> Tunnel::carry_down() {
  for (;;) {
    std::optional<std::string> piece = HOLON_TRY(transfer_.read(visit_.call()));
    last_ = loop_.now();
    if (!piece) break;
    HOLON_TRY(visit_.write(*std::move(piece)));
  }
  visit_.end();
  closed_ = true;
  idle_.start(last_ + closing_time);
  return {};
}

/// From the client to the server. When the client is gone, so is the connection to the server: whoever reads there is told.
Result<void> Tunnel::carry_up(Call& branch) {
  for (;;) {
    Result<std::optional<std::string>> piece = visit_.read();
    if (!piece.ok()) {
      transfer_.give_up(piece.error());
      return piece.error();
    }
    last_ = loop_.now();
    if (!*piece) break;
    HOLON_TRY(transfer_.write(branch, **piece));
  }
  HOLON_TRY(transfer_.end());
  closed_ = true;
  idle_.start(last_ + closing_time);
  return {};
}

env::Duration Tunnel::idle_most() const { return closed_ ? closing_time : idle_time; }

void Tunnel::look_whether_idle() {
  if (const env::Time until = last_ + idle_most(); loop_.now() < until) return idle_.start(until);
  telemetry::refused("gateway.idle_tunnel", visit_.visitor().address, loop_.now());
  visit_.call().cancel();
}

}  // namespace holon::gateway
