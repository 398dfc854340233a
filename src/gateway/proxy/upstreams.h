// Upstreams: the servers behind one route, and which of them a request goes to. All that calls by gRPC have holds here, too, by the same
// machines (src/client): of two at random the one with less to do, near ones first, who can't be reached, keeps silent or mostly fails
// is passed over, and what is sent again is paid from a budget.
//
//   Upstreams::Choice choice = TRY(upstreams.choose(call, nullptr));
//   TRY(client::HttpClient::send(call, choice.server->peer(), head));
//
// FixedUpstreams are the URLs that a route names; the replicas of a service are in replicas.h. Used by all loops, each of which has
// made its own experience.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/http.h"
#include "client/pool.h"
#include "client/target.h"
#include "client/terms.h"
#include "holon/call.h"

namespace holon::gateway {

class Upstreams {
 public:
  /// One of them, as one loop knows it.
  class Server final : public client::Candidate {
   public:
    Server(const client::HttpUrl& url, std::shared_ptr<client::HttpPeer> peer);

    const client::HttpOrigin origin;
    const std::string authority;  ///< for Host
    const std::string base;       ///< the path of its URL, without a slash at its end

    const std::shared_ptr<client::HttpPeer>& peer() const { return peer_; }

    const std::string& name() const override { return peer_->name(); }
    bool reachable() const override { return peer_->reachable(); }
    bool fit() const override { return peer_->fit(); }
    double well() const override { return peer_->breaker().well(); }
    std::size_t in_flight() const override { return peer_->in_flight(); }
    double latency() const override { return peer_->latency(); }

   private:
    std::shared_ptr<client::HttpPeer> peer_;
  };

  /// @param http   by which they are asked; outlives it
  /// @param pools  outlive it
  /// @param loops  all that serve
  Upstreams(client::HttpClient& http, client::Pools& pools, const std::vector<fiber::Loop*>& loops);
  virtual ~Upstreams();

  struct Choice {
    std::shared_ptr<const Server> server;
    bool far = false;  ///< nearer ones were not well enough to take the request
  };
  /// Who takes a request. Suspends while there is nobody and one may come. On a fiber of a loop, as all that follows.
  /// @param elsewhere_than  where the request has been; taken again only if there is no other
  Result<Choice> choose(Call& call, const Server* elsewhere_than);
  /// Who takes it beside `server`, at once. Nothing if there is no other that is fit.
  std::optional<Choice> choose_other(const Server& server);
  /// Whether one may try again, when nobody could be reached. Suspends until that is worth it.
  /// @param began  when the request first tried
  virtual bool another_turn(Call& call, env::Time began) = 0;
  /// How many the loop knows.
  std::size_t count() const { return here().servers.size(); }
  /// Whether a request can go elsewhere when its server has gone.
  virtual bool has_others() const = 0;
  /// Whether one other than `server` can be reached just now.
  bool others_reachable(const Server& server) const;
  /// How often, and after which pauses, a request is attempted, and from what that is paid.
  const client::Terms& terms() const { return here().terms; }
  client::RetryBudget& budget() const { return here().budget; }

 protected:
  using Servers = std::vector<std::shared_ptr<Server>>;

  /// What one loop has: it shares nothing with the others.
  struct alignas(64) Share {
    explicit Share(const client::Limits& limits);

    Servers servers;
    // If they are a service's:
    std::shared_ptr<const client::Endpoints> known = {};     ///< that `servers` are made of
    std::shared_ptr<const client::SaidOfServices> said = {}; ///< that `terms`, `budget` and `target` go by
    client::Balance balance;
    client::Target target;
    client::Terms terms;
    client::RetryBudget budget;
  };
  struct Placed {
    client::HttpUrl url;
    client::Nearness where;
  };

  /// Learns who there is, at least one.
  virtual Result<void> learn(Call& call, Share& share) = 0;
  /// From here on it is these. Who was there before goes on, with what is known of it.
  Result<void> know(Share& share, const std::vector<Placed>& placed);

  Choice choose_now(const Server* elsewhere_than);
  Share& here() const;
  client::Pools& pools() const { return pools_; }

 private:
  client::HttpClient& http_;
  client::Pools& pools_;
  mutable std::vector<std::unique_ptr<Share>> shares_;  ///< by the loop's index; made when first needed there
};

class FixedUpstreams final : public Upstreams {
 public:
  /// INVALID_ARGUMENT names the URL that is none, and the remedy; or that there is none at all.
  static Result<std::vector<client::HttpUrl>> parse(const std::vector<std::string>& urls);

  FixedUpstreams(std::vector<client::HttpUrl> urls, client::HttpClient& http, client::Pools& pools,
                 const std::vector<fiber::Loop*>& loops);

  bool another_turn(Call&, env::Time) override { return false; }
  bool has_others() const override { return urls_.size() > 1; }

 private:
  Result<void> learn(Call& call, Share& share) override;

  const std::vector<client::HttpUrl> urls_;
};

}  // namespace holon::gateway
