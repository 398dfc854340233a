// Shard: one loop's part of a server: its listeners, its connections, and its queue of calls that have not started.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <unordered_set>
#include <vector>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "fiber/waiter.h"
#include "server/router.h"
#include "server/server.h"

namespace holon::server {

class ServerCall;
class ServerConnection;

class Shard final : public std::enable_shared_from_this<Shard> {
 public:
  Shard(const Router& router, fiber::Loop& loop, const Limits& limits);
  ~Shard();

  /// The shards a queued call may be handed to; set before the first connection.
  void set_siblings(std::vector<std::weak_ptr<Shard>> siblings) { siblings_ = std::move(siblings); }
  void accept_from(std::unique_ptr<env::Listener> listener);

  const Router& router() const { return router_; }
  fiber::Loop& loop() { return loop_; }

  /// Whether one more call may begin; counts it if so. `leave` gives the place back.
  bool enter();
  void leave();
  std::size_t calls() const { return calls_.load(std::memory_order_relaxed); }

  /// Runs a call whose request is complete, here or on an idle loop.
  void enqueue(std::shared_ptr<ServerCall> call);

  void closed(ServerConnection& connection);
  /// Listens no more, and tells all connections to finish.
  void drain();
  bool drained() const { return connections_.empty(); }
  /// Closes all connections; their calls are cancelled.
  void abort();
  /// Told (on this loop) when the last connection is closed.
  void on_drained(std::function<void()> call) { on_drained_ = std::move(call); }

 private:
  class Door;

  void run_next();
  void share_queue();
  bool idle() const { return loop_.idle() && calls() == 0; }

  const Router& router_;
  fiber::Loop& loop_;
  Limits limits_;
  std::vector<std::weak_ptr<Shard>> siblings_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::unordered_set<std::shared_ptr<ServerConnection>> connections_;
  std::deque<std::shared_ptr<ServerCall>> queue_;
  std::atomic<std::size_t> calls_{0};
  std::function<void()> on_drained_;
  bool draining_ = false;
};

}  // namespace holon::server
