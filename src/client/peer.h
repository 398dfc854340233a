// Peer: one endpoint as one loop knows it. Connects when first wanted, again with back-off when that fails, and anew when a
// connection drains.
#pragma once

#include <memory>
#include <vector>

#include "client/connection.h"
#include "fiber/waiter.h"
#include "holon/call.h"

namespace holon::client {

class Peer {
 public:
  Peer(fiber::Loop& loop, env::Address address);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// A connection with a stream to spare; waits for it as long as `call` may take. The error is the call's own end, or
  /// UNAVAILABLE with the reason why there is no connection: then nothing was sent.
  Result<std::shared_ptr<Connection>> usable(const Call& call);

  /// The endpoint is gone: its connections drain.
  void retire();

  const env::Address& address() const { return address_; }
  /// `:authority` of requests.
  const std::string& authority() const { return authority_; }
  std::size_t in_flight() const;
  /// Whether the last attempt failed and the next is not due yet.
  bool backing_off() const;

 private:
  Result<void> connect();
  void changed(Connection& connection);
  void failed(const Error& why);
  Error unreachable() const;
  void wake_waiting();

  fiber::Loop& loop_;
  env::Address address_;
  std::string authority_;
  std::shared_ptr<Connection> current_;
  std::vector<std::shared_ptr<Connection>> retired_;  ///< draining, or ended and to be freed in the next turn
  std::vector<fiber::Waiter*> waiting_;
  Error last_error_ = unavailable("not tried yet");
  int failures_ = 0;
  env::Time next_attempt_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace holon::client
