// Destinations: makes what routes lead to. It outlives the editions of the configuration, and keeps what they have in common:
// an upstream that the next edition has, too, keeps its connections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/http.h"
#include "client/pool.h"
#include "fiber/loop.h"
#include "gateway/contracts.h"
#include "gateway/remote.h"
#include "gateway/visit.h"

namespace holon::gateway {

class Proxy;

class Destinations {
 public:
  /// All outlive it.
  Destinations(env::Environment& world, std::vector<fiber::Loop*> loops, client::Pools& pools, const Contracts& contracts,
               const Remote& remote);
  ~Destinations();

  /// What a target of `config` leads to. Errors name what is wrong with it: a service without a contract, a URL that is none.
  Result<std::shared_ptr<const Destination>> make(const Target& target, const Config& config);

 private:
  Result<std::shared_ptr<const Destination>> proxy(const ToHttp& to, const Config& config);
  Result<std::shared_ptr<const Destination>> weighted(const std::vector<Weighted>& choices, const Config& config);
  std::shared_ptr<const Destination> document(const Config& config) const;

  struct Kept {
    ToHttp to;
    nanoseconds stream_time;
    std::shared_ptr<const Destination> proxy;
  };

  env::Environment& world_;
  std::vector<fiber::Loop*> loops_;
  client::Pools& pools_;
  const Contracts& contracts_;
  const Remote& remote_;
  const std::uint64_t secret_;  ///< nobody can choose his side of a weighted route by a request id
  std::vector<Kept> proxies_;
};

}  // namespace holon::gateway
