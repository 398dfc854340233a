// HttpFaults: what stands before a service that speaks plain HTTP: requests to it meet the faults that are set, as calls do.
#pragma once

#include <cstdint>
#include <memory>

#include "faults/faults.h"
#include "gateway/visit.h"

namespace holon::gateway {

class HttpFaults final : public Destination {
 public:
  /// @param to      the service, and in whose name it is asked
  /// @param faults  outlives it
  /// @param edge    telemetry's number of such requests
  HttpFaults(const ToHttp& to, faults::Faults& faults, std::uint32_t edge, std::unique_ptr<const Destination> service);

  void serve(Visit& visit) const override;

 private:
  void meet(Visit& visit) const;

  const std::string caller_, service_name_;
  faults::Faults& faults_;
  const std::unique_ptr<const Destination> service_;
  const std::uint32_t edge_;
};

}  // namespace holon::gateway
