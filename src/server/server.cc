#include "server/server.h"

#include "fiber/waiter.h"
#include "server/census.h"
#include "server/shard.h"

namespace holon::server {
namespace {

/// Runs `work` on each shard's loop.
void on_each(const std::vector<std::shared_ptr<Shard>>& shards, void (*work)(Shard&)) {
  for (const auto& shard : shards) {
    shard->loop().post([shard, work] { work(*shard); });
  }
}

}  // namespace

Server::Server(const Router& router, std::vector<fiber::Loop*> loops, Limits limits, HttpHandler* handler)
    : census_(std::make_shared<Census>(limits.connections_max, limits.connections_per_peer_max)) {
  for (fiber::Loop* loop : loops) shards_.push_back(std::make_shared<Shard>(router, handler, *loop, limits, census_));
  for (const auto& shard : shards_) {
    std::vector<std::weak_ptr<Shard>> siblings;
    for (const auto& other : shards_) {
      if (other != shard) siblings.push_back(other);
    }
    shard->set_siblings(std::move(siblings));
  }
}

Server::~Server() = default;

Result<env::Address> Server::listen(const env::Address& address, ListenOptions options) {
  std::unique_ptr<env::Listener> first = HOLON_TRY(shards_.front()->loop().reactor().listen(address));
  env::Address where = first->address();
  for (std::size_t i = 1; i < shards_.size(); ++i) {
    auto listener = std::make_shared<std::unique_ptr<env::Listener>>(
        HOLON_TRY(shards_[i]->loop().reactor().adopt(first->descriptor())));
    shards_[i]->loop().post([shard = shards_[i], listener, options] { shard->accept_from(std::move(*listener), options); });
  }
  shards_.front()->accept_from(std::move(first), std::move(options));
  return where;
}

void Server::drain(env::Time deadline) {
  fiber::Loop& home = *fiber::Loop::current();
  auto waiter = std::make_shared<fiber::Waiter>();
  auto left = std::make_shared<std::size_t>(shards_.size());
  for (const auto& shard : shards_) {
    shard->loop().post([shard, waiter, left, &home] {
      shard->on_drained([told = false, waiter, left, &home]() mutable {
        if (std::exchange(told, true)) return;
        home.post([waiter, left] {
          if (--*left == 0) waiter->wake();
        });
      });
      shard->drain();
    });
  }
  if (waiter->wait(deadline) == fiber::Wake::woken) return;
  on_each(shards_, [](Shard& shard) { shard.abort(); });
  waiter->wait(home.environment().now() + std::chrono::seconds(1));
}

std::size_t Server::calls() const {
  std::size_t sum = 0;
  for (const auto& shard : shards_) sum += shard->calls();
  return sum;
}

std::size_t Server::connections() const { return census_->connections(); }

}  // namespace holon::server
