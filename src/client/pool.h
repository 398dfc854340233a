// Pool: one loop's peers, and which of them a call goes to. Pools: one per loop, told together.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/endpoints.h"
#include "client/peer.h"
#include "wire/grpc.h"

namespace holon::client {

class Pool {
 public:
  explicit Pool(fiber::Loop& loop) : loop_(loop) {}
  ~Pool();

  /// From here on calls go to these. Connections to endpoints that are gone are drained.
  void update(std::shared_ptr<const Endpoints> endpoints);

  /// The peer that a call to `service` should go to: the better of two random ones that are not backing off. Waits a while
  /// (5 s, and as long as the call may take) when no endpoint is known but may become so.
  Result<std::shared_ptr<Peer>> pick(const Call& call, std::string_view service);
  std::size_t peers(std::string_view service) const;

  /// Buffers for what is written at once, and so never in use twice.
  wire::RequestWriter& writer() { return writer_; }
  std::string& path() { return path_; }
  fiber::Loop& loop() { return loop_; }

 private:
  struct Target {
    std::vector<std::shared_ptr<Peer>> peers;
  };
  Target& target(std::string_view service);
  std::shared_ptr<Peer> peer(const env::Address& address);
  std::shared_ptr<Peer> better_of_two(const std::vector<std::shared_ptr<Peer>>& peers) const;

  fiber::Loop& loop_;
  std::shared_ptr<const Endpoints> endpoints_ = std::make_shared<Endpoints>();
  std::map<std::string, Target, std::less<>> targets_;
  std::map<std::string, std::shared_ptr<Peer>, std::less<>> peers_;  ///< by address
  std::vector<fiber::Waiter*> waiting_;                              ///< for endpoints
  wire::RequestWriter writer_;
  std::string path_;
};

class Pools {
 public:
  /// @param loops  all that may call; each gets its pool, used on its thread alone
  explicit Pools(std::vector<fiber::Loop*> loops);

  /// The calling loop's.
  Pool& here();
  /// Tells all loops. Any thread.
  void update(Endpoints endpoints);

 private:
  std::vector<std::unique_ptr<Pool>> pools_;  ///< by the loop's index
};

}  // namespace holon::client
