// CallPolicy: who may make a gRPC call through the gateway, and on which terms: what routes say for HTTP, for calls that come
// past them.
#pragma once

#include <memory>
#include <string_view>

#include "fiber/call.h"
#include "holon/result.h"
#include "server/arrival.h"

namespace holon::gateway {

/// Used by all loops.
class CallPolicy {
 public:
  virtual ~CallPolicy() = default;

  /// Whether anybody may call: then the contracts alone say how urgent a call is.
  virtual bool for_strangers() const = 0;

  /// What a call that came in holds until it has ended: its place among those under way.
  class Admission {
   public:
    virtual ~Admission() = default;
  };
  /// Lets the call in, or gives the error it is answered with. Sets the claims of who asks, and may shorten the deadline. On the
  /// call's fiber.
  /// @param call  with its metadata as it came; it has no claims yet
  /// @param path     "/shop.Cart/GetCart"
  /// @param arrival  where it comes from; null if nobody knows
  virtual Result<std::unique_ptr<Admission>> admit(Call& call, std::string_view path, const server::Arrival* arrival) const = 0;
};

}  // namespace holon::gateway
