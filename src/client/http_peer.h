// HttpPeer: one HTTP server as one loop knows it: the connections that wait for a request, and the requests that wait for a
// connection.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "client/http_connection.h"
#include "client/http_url.h"
#include "client/resolver.h"
#include "crypto/tls.h"

namespace holon::client {

class HttpPeer {
 public:
  /// `limits` and `resolver` outlive it. `tls` is for https, and null otherwise.
  HttpPeer(fiber::Loop& loop, HttpOrigin origin, std::shared_ptr<crypto::ClientTls> tls, const HttpLimits& limits,
           Resolver& resolver);
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

  const HttpOrigin& origin() const { return origin_; }
  std::size_t connections() const { return count_; }
  std::size_t idle() const { return idle_.size(); }

 private:
  std::unique_ptr<HttpConnection> take_idle(Use use);
  Result<void> wait_for_one(Call& call, bool first);
  Result<std::unique_ptr<HttpConnection>> connect(Call& call);
  Result<std::unique_ptr<HttpConnection>> attempt(Call& call, const env::Address& address, env::Time until);
  Result<std::vector<env::Address>> addresses(Call& call, env::Time until);
  void drop_overdue();
  void wake_one();

  fiber::Loop& loop_;
  const HttpOrigin origin_;
  const std::string name_;
  const std::shared_ptr<crypto::ClientTls> tls_;
  const HttpLimits& limits_;
  Resolver& resolver_;
  std::size_t count_ = 0;  ///< in use, idle, and connecting
  std::deque<std::unique_ptr<HttpConnection>> idle_;  ///< oldest first; the youngest is used first
  std::deque<fiber::Waiter*> waiting_;
  fiber::Timer overdue_;   ///< set for the first that may be idle too long
};

}  // namespace holon::client
