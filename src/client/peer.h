// Peer: one endpoint as one loop knows it. Connects when first wanted, again with back-off when that fails, anew when a
// connection drains, and once more when the streams of the connections there are run out.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "client/balancer.h"
#include "client/conduct.h"
#include "client/connection.h"
#include "client/endpoints.h"
#include "client/limits.h"
#include "fiber/waiter.h"
#include "holon/call.h"

namespace holon::client {

class Peer;

/// How long a call waits on its way to a stream, and where it would go.
struct Patience {
  Deadline deadline;
  internal::Scope& scope;
  bool wait_for_ready = false;  ///< also for an endpoint that cannot be reached just now
  const Peer* elsewhere_than = nullptr;  ///< where the call has been before; taken only if there is no other
  Balance balance = Balance::unsaid;     ///< as the contract of the service has it
  std::optional<std::uint64_t> key = {};  ///< of the call: what has the same one goes to the same endpoint

  /// Suspends. The error is the call's own end, CANCELLED or DEADLINE_EXCEEDED, "while " + `what`.
  Result<void> wait(fiber::Waiter& waiter, const std::string& what) const;
};

class Peer final : public Candidate, public std::enable_shared_from_this<Peer> {
 public:
  /// `limits` outlives the peer.
  Peer(fiber::Loop& loop, Endpoint endpoint, const Limits& limits);
  ~Peer() override;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// A connection with a stream to spare; waits for one that is on its way. The error is the call's own end, or UNAVAILABLE
  /// with the reason why there is no connection: then nothing was sent.
  Result<std::shared_ptr<Connection>> usable(const Patience& patience);

  /// The same without waiting: null if none has a stream to spare.
  std::shared_ptr<Connection> usable_now() const { return retired_ ? nullptr : with_a_stream_to_spare(); }

  /// Connects if that makes sense just now, without waiting for it.
  void approach();

  /// The endpoint is gone: its connections drain.
  void retire();
  bool retired() const { return retired_; }

  // ---- what its calls tell of it
  void began() { conduct_.began(loop_.now()); }
  /// A call ended after `took`. One that the caller left took at least so long.
  void ended(Outcome outcome, env::Duration took);
  const std::string& name() const override { return name_; }
  /// Whether the last attempt to connect did not fail, none takes long, and the server does not keep silent.
  bool reachable() const override;
  bool fit() const override { return breaker().allows(loop_.now()) && reachable(); }
  double well() const override { return breaker().well(); }
  double latency() const override { return conduct_.latency(loop_.now(), stand_still()); }
  std::size_t in_flight() const override;
  const Breaker& breaker() const { return conduct_.breaker(); }
  const Endpoint& endpoint() const { return endpoint_; }
  std::size_t connections() const { return connections_.size(); }
  /// Whether there is no connection: the last attempt failed, and the next is not due yet.
  bool backing_off() const { return connections_.empty() && resting(); }
  /// When it is.
  env::Time next_attempt() const { return next_attempt_; }
  /// Until when an endpoint that was there, and is not, may be expected back.
  env::Time expected_until() const { return was_there_ && failures_ > 0 ? absent_since_ + limits_.absence_time : env::Time(); }
  /// How long the server may be silent before it is asked for a sign of life.
  env::Duration keepalive_time() const { return times_.keepalive_time; }

 private:
  std::shared_ptr<Connection> with_a_stream_to_spare() const;
  StandStill stand_still() const;
  bool connecting() const;
  bool any_open() const;
  bool resting() const;
  void connect();
  Result<std::unique_ptr<env::Stream>> dial();
  Result<void> wait(const Patience& patience, bool first);
  void changed(Connection& connection);
  void leave(Connection& connection);
  void attempt_ended(const Connection& connection);
  void failed(const Error& why);
  Error unreachable() const;
  void wake_one();
  void wake_all();

  fiber::Loop& loop_;
  Endpoint endpoint_;
  std::string name_;  ///< the endpoint, for people
  const Limits& limits_;
  wire::LinkTimes times_;  ///< the limits', but asks less often for a sign of life once a server took that amiss
  std::string authority_;
  Conduct conduct_;
  std::vector<std::shared_ptr<Connection>> connections_;  ///< connecting or open, oldest first
  std::vector<std::shared_ptr<Connection>> leaving_;      ///< draining, or ended and to be freed in the next turn
  std::deque<fiber::Waiter*> waiting_;                    ///< for a stream, longest first
  Error last_error_ = unavailable("not tried yet");
  int failures_ = 0;  ///< in a row
  bool forgave_ = false;  ///< one attempt since the last success that does not count
  env::Time next_attempt_{};
  env::Time attempt_began_{};
  env::Time absent_since_{};  ///< the first of those failures
  env::Time went_on_{};  ///< when the last standstill ended that a connection which is gone had seen
  bool was_there_ = false;
  bool retired_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace holon::client
