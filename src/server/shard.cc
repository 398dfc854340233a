#include "server/shard.h"

#include <algorithm>

#include "env/cycles.h"
#include "holon/log.h"
#include "server/call.h"
#include "server/connection.h"

namespace holon::server {
namespace {

constexpr std::int64_t queue_delay_max_ns = 1'000'000;
constexpr auto accept_pause = std::chrono::milliseconds(50);

}  // namespace

/// One listening socket. When there are no descriptors left it pauses: connections wait in the backlog.
class Shard::Door final : public env::Watcher {
 public:
  Door(Shard& shard, std::unique_ptr<env::Listener> listener)
      : shard_(shard), listener_(std::move(listener)), resume_([this] { open(); }) {
    open();
  }

  void ready(bool, bool) override {
    while (shard_.connections_.size() < shard_.limits_.connections_max) {
      Result<std::unique_ptr<env::Stream>> stream = listener_->accept();
      if (!stream.ok()) {
        log::write(log::Level::error, stream.error().message());
        break;
      }
      if (*stream == nullptr) return;
      shard_.connections_.insert(std::make_shared<ServerConnection>(shard_, std::move(*stream)));
    }
    listener_->unwatch();
    resume_.start(shard_.loop_.now() + accept_pause);
  }

 private:
  void open() { listener_->watch(*this); }

  Shard& shard_;
  std::unique_ptr<env::Listener> listener_;
  fiber::Timer resume_;
};

Shard::Shard(const Router& router, fiber::Loop& loop, const Limits& limits)
    : router_(router), loop_(loop), limits_(limits) {}

Shard::~Shard() = default;

void Shard::accept_from(std::unique_ptr<env::Listener> listener) {
  if (!draining_) doors_.push_back(std::make_unique<Door>(*this, std::move(listener)));
}

bool Shard::enter() {
  if (calls() >= limits_.calls_max) return false;
  calls_.store(calls() + 1, std::memory_order_relaxed);
  return true;
}

void Shard::leave() { calls_.store(calls() - 1, std::memory_order_relaxed); }

void Shard::enqueue(std::shared_ptr<ServerCall> call) {
  queue_.push_back(std::move(call));
  loop_.spawn([this] { run_next(); });  // captures so little that nothing is allocated
}

void Shard::run_next() {
  if (queue_.empty()) return;  // it was handed to another loop
  std::shared_ptr<ServerCall> call = std::move(queue_.front());
  queue_.pop_front();
  if (!queue_.empty() && env::cycles_to_ns(env::cycles() - call->queued_at()) > queue_delay_max_ns) share_queue();
  call->run(loop_);
}

// Hands the younger half of the queue to an idle loop. What has not started has no stack yet, so nothing pins it here.
void Shard::share_queue() {
  for (const std::weak_ptr<Shard>& each : siblings_) {
    std::shared_ptr<Shard> sibling = each.lock();
    if (sibling == nullptr || !sibling->idle()) continue;
    std::vector<std::shared_ptr<ServerCall>> moved;
    for (std::size_t wanted = (queue_.size() + 1) / 2; wanted > 0 && !queue_.empty() && queue_.back()->movable(); --wanted) {
      queue_.back()->move_to(sibling->loop_);
      moved.push_back(std::move(queue_.back()));
      queue_.pop_back();
    }
    std::reverse(moved.begin(), moved.end());
    sibling->loop_.post([sibling, moved = std::move(moved)] {
      for (const auto& call : moved) sibling->loop_.spawn([sibling, call] { call->run(sibling->loop_); });
    });
    return;
  }
}

void Shard::closed(ServerConnection& connection) {
  // The connection tells this from within itself: it goes in the next turn.
  loop_.post([self = shared_from_this(), gone = connection.shared_from_this()] {
    self->connections_.erase(gone);
    if (self->draining_ && self->connections_.empty() && self->on_drained_) self->on_drained_();
  });
}

void Shard::drain() {
  draining_ = true;
  doors_.clear();
  for (const auto& connection : connections_) connection->drain();
  if (connections_.empty() && on_drained_) on_drained_();
}

void Shard::abort() {
  draining_ = true;
  doors_.clear();
  for (const auto& connection : std::vector(connections_.begin(), connections_.end())) connection->abort();
}

}  // namespace holon::server
