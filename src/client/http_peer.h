// HttpPeer: one HTTP server as one loop knows it: the connections that wait for a request, the requests that wait for a connection,
// and how it does. What peer.h is to servers that speak gRPC.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/conduct.h"
#include "client/http_connection.h"
#include "client/http_life.h"
#include "client/http_url.h"
#include "client/resolver.h"
#include "crypto/tls.h"
#include "fiber/call.h"

namespace holon::client {

class HttpPeer final : public std::enable_shared_from_this<HttpPeer> {
 public:
  /// `tls` is for https, and null otherwise.
  HttpPeer(fiber::Loop& loop, HttpOrigin origin, std::shared_ptr<crypto::ClientTls> tls, const HttpLimits& limits,
           std::shared_ptr<Resolver> resolver);
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  enum class Use {
    kept,    ///< one that waits, if there is one; else a new one
    alive,   ///< the same, but the socket is asked first whether the server has left
    fresh,   ///< a new one
  };
  /// A connection for one request; it must be given back. Suspends while there is none, and until a new one is connected.
  /// Nothing was sent when this fails: with the call's end, UNAVAILABLE, or RESOURCE_EXHAUSTED when too many wait.
  Result<std::unique_ptr<HttpConnection>> take(Call& call, Use use);
  /// @param connection  is kept if another request may follow, and closed otherwise; null: it is gone already
  void give_back(std::unique_ptr<HttpConnection> connection);

  /// Nobody sends requests there any more: it is not asked whether it lives.
  void retire();

  // ---- what its requests tell of it
  void began() { conduct_.began(loop_.now()); }
  /// @param took  nothing if that says nothing of how long answers take
  void ended(Outcome outcome, std::optional<env::Duration> took);
  /// A request was sent, all of it.
  void expects_answer() { life_.expects(); }
  /// The next head on `connection`.
  /// Asked of a request that waits for a silent server: whether it can be sent elsewhere, and leaves.
  using MayLeave = std::function<bool()>;
  /// UNAVAILABLE once the server is silent, and the request may leave. Without `may_leave` it never does.
  Result<HttpResponse> answer(Call& call, HttpConnection& connection, const MayLeave& may_leave);

  // ---- how it does, as a balancer wants to know it: see Candidate
  const std::string& name() const { return name_; }
  /// Whether the last attempt to connect did not fail, none takes long, and it does not keep silent.
  bool reachable() const;
  bool silent() const { return life_.silent(); }
  const Breaker& breaker() const { return conduct_.breaker(); }
  bool fit() const { return breaker().allows(loop_.now()) && reachable(); }
  double latency() const { return conduct_.latency(loop_.now(), life_.stand_still()); }
  std::size_t in_flight() const { return count_ - idle_.size() + waiting_.size(); }

  const HttpOrigin& origin() const { return origin_; }
  env::Time now() const { return loop_.now(); }

 private:
  std::unique_ptr<HttpConnection> take_idle(Use use);
  Result<void> wait_for_one(Call& call, bool first);
  Result<std::unique_ptr<HttpConnection>> connect(Call& call);
  Result<std::unique_ptr<HttpConnection>> connect_to_any(Call& call, env::Time until);
  void connect_ended(bool well, env::Time began);
  Result<std::unique_ptr<HttpConnection>> attempt(Call& call, const env::Address& address, env::Time until);
  Result<std::vector<env::Address>> addresses(Call& call, env::Time until);
  void drop_overdue();
  void wake_one();
  void heard();
  void ask();
  Result<void> ask_once(Call& call);
  void fell_silent();
  void let_leave();

  fiber::Loop& loop_;
  const HttpOrigin origin_;
  const std::string name_;
  const std::shared_ptr<crypto::ClientTls> tls_;
  const HttpLimits limits_;
  const std::shared_ptr<Resolver> resolver_;
  std::size_t count_ = 0;  ///< in use, idle, and connecting
  std::deque<std::unique_ptr<HttpConnection>> idle_;  ///< oldest first; the youngest is used first
  std::deque<fiber::Waiter*> waiting_;
  fiber::Timer overdue_;   ///< set for the first that may be idle too long
  Conduct conduct_;
  HttpLife life_;
  struct Leaving {
    HttpConnection* connection;
    const MayLeave* may_leave;
  };
  std::vector<Leaving> leaving_;                     ///< whose requests may leave while it is silent
  int failures_ = 0;                                 ///< to connect, in a row
  env::Time rests_until_{};
  std::size_t connecting_ = 0;
  env::Time connecting_since_ = env::Time::max();    ///< without success
  internal::RootCall* asking_ = nullptr;             ///< while it is asked whether it lives
  bool retired_ = false;
};

}  // namespace holon::client
