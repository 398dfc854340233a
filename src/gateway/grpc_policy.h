// GrpcPolicy: the terms of routes, for gRPC calls: a call falls under the rule that fits `POST /shop.Cart/GetCart`, which has to
// lead to contracts.
#pragma once

#include "gateway/grpc/call_policy.h"
#include "gateway/pipeline.h"

namespace holon::gateway {

class GrpcPolicy final : public CallPolicy {
 public:
  /// The pipeline outlives it.
  GrpcPolicy(const Pipeline& pipeline, env::Environment& world) : pipeline_(pipeline), world_(world) {}

  bool for_strangers() const override { return true; }
  Result<std::unique_ptr<Admission>> admit(Call& call, std::string_view path, const server::Arrival* arrival) const override;

 private:
  const Pipeline& pipeline_;
  env::Environment& world_;
};

}  // namespace holon::gateway
