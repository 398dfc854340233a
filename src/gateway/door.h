// Door: a gateway, whole, but for the process around it: what a configuration and contracts make of a server.
//
//   std::unique_ptr<Door> door = TRY(Door::make(config, {env::os(), loops, pools, contracts}));
//   TRY(door->listen());
//   …
//   TRY(door->reload(next_config));       // requests under way finish under the old one
//   door->drain(deadline);
#pragma once

#include <memory>
#include <vector>

#include "client/pool.h"
#include "gateway/config.h"
#include "gateway/contracts.h"
#include "gateway/pipeline.h"
#include "server/server.h"

namespace holon::gateway {

class GrpcPolicy;
class PassThrough;
class SwappedTls;

class Door {
 public:
  /// All outlive it.
  struct Parts {
    env::Environment& world;
    std::vector<fiber::Loop*> loops;
    client::Pools& pools;        ///< lead to the services
    const Contracts& contracts;
  };
  /// Reads the files that the configuration names. An error says what is wrong with it, and the remedy.
  static Result<std::unique_ptr<Door>> make(Config config, const Parts& parts);
  /// After `drain`, or when no loop turns any more.
  ~Door();

  /// Listens where the configuration says. On the first loop's thread, before it turns or on a fiber of it.
  /// @param opened  descriptors ("fd:4") to listen at instead, one for each of the configuration's, in their order; or none
  Result<void> listen(const std::vector<env::Address>& opened = {});
  /// Where it answers, with the ports that the system chose.
  const std::vector<env::Address>& addresses() const { return addresses_; }

  /// The configuration, and all files that it names, are new for requests to come. An error says what is wrong, and nothing has
  /// changed; FAILED_PRECONDITION for what can't be changed while it listens. On a fiber of the first loop.
  Result<void> reload(Config next);
  /// Lines of the access log go to the disk; a file that was rotated is made anew. May block.
  void flush_log() { pipeline_->edition()->log().flush(); }
  /// See Server::drain.
  void drain(env::Time deadline);

 private:
  Door(Config config, const Parts& parts);
  Result<std::shared_ptr<const Edition>> edition_of(Config config);

  Parts parts_;
  std::vector<ListenConfig> listen_;
  Remote remote_;
  client::HttpClient http_;  ///< for key sets
  Destinations destinations_;
  RouteEdges edges_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<GrpcPolicy> policy_;
  std::unique_ptr<PassThrough> grpc_;
  std::unique_ptr<server::Server> server_;
  std::vector<std::shared_ptr<SwappedTls>> tls_;  ///< by listener; null: plain
  std::vector<env::Address> addresses_;
};

}  // namespace holon::gateway
