// MeshDoor: where one caller that knows nothing of holon calls all services that it may call: by gRPC, and by HTTP/1.1 and HTTP/2
// with the service's name as the request's host. Services that speak plain HTTP are passed on to; the others' methods are reached
// by the routes of their contracts. Whatever goes through it has what all calls have: balancing, retries, the caller's deadline, faults,
// and the caller's name on the edge.
//
//   std::unique_ptr<MeshDoor> door = TRY(MeshDoor::make(caller, {env::os(), loops, pools, contracts}));
//   TRY(door->listen());
//   …
//   door->drain(deadline);
#pragma once

#include <memory>
#include <vector>

#include "gateway/callees.h"
#include "gateway/door.h"
#include "gateway/grpc/pass_through.h"

namespace holon::gateway {

class MeshDoor final : public CallPolicy, public server::HttpHandler {
 public:
  static Result<std::unique_ptr<MeshDoor>> make(const Arguments::Caller& caller, const Door::Parts& parts);
  /// After `drain`, or when no loop turns any more.
  ~MeshDoor() override = default;

  /// See Door.
  Result<void> listen();
  void drain(env::Time deadline);

  bool for_strangers() const override { return false; }
  Result<std::unique_ptr<Admission>> admit(Call& call, std::string_view path, const server::Arrival* arrival) const override;

  void serve(server::HttpExchange& exchange) override;
  Refusal refuse(int status, std::string_view why) override;

 private:
  MeshDoor(const Arguments::Caller& caller, const Door::Parts& parts);
  Result<void> add(const Arguments::Callee& callee);

  Door::Parts parts_;
  const Arguments::Caller caller_;
  const Callees callees_;
  Remote remote_;
  Destinations destinations_;
  RouteEdges edges_;
  std::vector<std::unique_ptr<Pipeline>> pipelines_;  ///< of plain requests, one for each callee
  PassThrough grpc_;
  server::Server server_;
};

}  // namespace holon::gateway
