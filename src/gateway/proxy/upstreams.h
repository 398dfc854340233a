// Upstreams: the servers of one route, taken in turn. One that can't be reached rests a while: longer from failure to failure.
// Used by all loops.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/http_url.h"
#include "env/environment.h"

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

  /// INVALID_ARGUMENT names the URL that is none, and the remedy; or that there is none at all.
  static Result<std::unique_ptr<Upstreams>> make(const std::vector<std::string>& urls);

  /// In the order in which a request may try them: those that rest come last.
  std::vector<Server*> in_turn(env::Time now) const;

 private:
  std::vector<std::unique_ptr<Server>> servers_;
  mutable std::atomic<std::size_t> next_{0};
};

}  // namespace holon::gateway
