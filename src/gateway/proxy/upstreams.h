// Upstreams: the servers behind one route, taken in turn. One that can't be reached rests a while: longer from failure to failure.
// FixedUpstreams are the URLs that a route names; the replicas of a service are in replicas.h. Used by all loops.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/http_url.h"
#include "env/environment.h"
#include "holon/call.h"

namespace holon::gateway {

class Upstreams {
 public:
  /// One of them.
  class Server {
   public:
    explicit Server(const client::HttpUrl& url);

    const client::HttpOrigin origin;
    const std::string authority;  ///< for Host
    const std::string base;       ///< the path of its URL, without a slash at its end

    bool resting(env::Time now) const { return now.time_since_epoch().count() < rests_until_.load(std::memory_order_relaxed); }
    void answered() { failures_.store(0, std::memory_order_relaxed); }
    void failed(env::Time now);

   private:
    std::atomic<unsigned> failures_{0};      ///< in a row
    std::atomic<std::int64_t> rests_until_{0};  ///< on env::Time's clock
  };
  using Servers = std::vector<std::shared_ptr<Server>>;

  virtual ~Upstreams() = default;

  /// In the order in which a request may try them: those that rest come last. At least one; suspends while there is none and one
  /// may come. On a fiber of a loop.
  virtual Result<Servers> in_turn(Call& call) = 0;
  /// Whether one may try again, when nobody of a turn could be reached. Suspends until that is worth it.
  /// @param began  the first turn of this request
  virtual bool another_turn(Call& call, env::Time began) = 0;
  /// Whether a request can go elsewhere when its server has gone.
  virtual bool has_others() const = 0;

 protected:
  /// @param first  whose turn it is, modulo their number
  static Servers ordered(const Servers& servers, std::size_t first, env::Time now);
};

class FixedUpstreams final : public Upstreams {
 public:
  /// INVALID_ARGUMENT names the URL that is none, and the remedy; or that there is none at all.
  static Result<std::unique_ptr<FixedUpstreams>> make(const std::vector<std::string>& urls);

  Result<Servers> in_turn(Call& call) override;
  bool another_turn(Call&, env::Time) override { return false; }
  bool has_others() const override { return servers_.size() > 1; }

 private:
  Servers servers_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace holon::gateway
