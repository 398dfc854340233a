// Proxy: sends requests on to plain HTTP servers: bodies in pieces both ways, server-sent events as they come, WebSockets.
//
//   auto proxy = TRY(Proxy::make({.urls = {"http://127.0.0.1:9000", "http://127.0.0.1:9001"}}, loops, pools, stream_time));
//   proxy->serve(visit);
//
// The servers are URLs, or the replicas of a service; upstreams.h says which of them a request goes to. docs/proxy.md says what is
// sent and what is answered when something fails.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "client/http.h"
#include "client/pool.h"
#include "gateway/proxy/upstreams.h"
#include "gateway/visit.h"

namespace holon::gateway {

class Proxy final : public Destination {
 public:
  /// @param loops        all that serve; they outlive it
  /// @param pools        know where the replicas of services are; outlive it
  /// @param stream_time  the longest that a request may take whose body or answer is on its way; a route's own timeout
  ///                     comes before it
  /// INVALID_ARGUMENT names the URL that is none, and the remedy.
  static Result<std::unique_ptr<Proxy>> make(const ToHttp& to, std::vector<fiber::Loop*> loops, client::Pools& pools,
                                             nanoseconds stream_time);

  void serve(Visit& visit) const override;
  /// Telemetry's number of what is asked of a service; none for URLs.
  std::optional<std::uint32_t> edge() const { return edge_; }

 private:
  friend class ProxyRequest;
  Proxy(const ToHttp& to, const std::vector<fiber::Loop*>& loops, client::Pools& pools, nanoseconds stream_time);
  Result<std::shared_ptr<Upstreams>> upstreams(const std::vector<fiber::Loop*>& loops, client::Pools& pools) const;

  const ToHttp to_;
  const nanoseconds stream_time_;
  const std::optional<std::uint32_t> edge_;
  const std::unique_ptr<client::HttpClient> http_;
  std::shared_ptr<Upstreams> upstreams_;
};

}  // namespace holon::gateway
