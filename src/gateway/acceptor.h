// Acceptor: takes connections from a listening socket, and holds those of one loop within its limits. Destroyed when
// none of its requests is under way: after `drain` was done.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "env/reactor.h"
#include "gateway/connection.h"

namespace holon::gateway {

class Acceptor final : private env::Watcher, private Shared {
 public:
  Acceptor(fiber::Loop& loop, const Gateway& gateway, const Limits& limits, std::unique_ptr<env::Listener> listener);
  ~Acceptor() override;

  /// Takes no more connections, answers what is under way, closes the rest. `done` is called once when all are closed,
  /// from within the loop, maybe at once. To be called from within the loop.
  void drain(std::function<void()> done);
  /// Cancels what a drain still waits for.
  void cut_off();

  env::Address address() const { return listener_->address(); }
  std::size_t connections() const { return connections_.size(); }

 private:
  void ready(bool, bool) override;

  const Gateway& gateway() const override { return gateway_; }
  const Limits& limits() const override { return limits_; }
  fiber::Loop& loop() const override { return loop_; }
  bool take_call() override;
  void return_call() override { --calls_; }
  bool take_bytes(std::size_t bytes) override;
  void return_bytes(std::size_t bytes) override { bytes_ -= bytes; }
  void closed(Connection& connection) override;

  fiber::Loop& loop_;
  const Gateway& gateway_;
  Limits limits_;
  std::unique_ptr<env::Listener> listener_;
  std::size_t calls_ = 0;
  std::size_t bytes_ = 0;
  std::function<void()> drained_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

}  // namespace holon::gateway
