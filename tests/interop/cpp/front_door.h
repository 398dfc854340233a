// The gateway inside the conformance program: in front of the services of its host, on the host's first loop.
#pragma once

#include <memory>
#include <string>

#include "app/host.h"

namespace interop {

struct FrontDoorOptions {
  std::string address;  ///< "127.0.0.1:0"
  struct {
    std::string certificate, key;  ///< files; empty: no TLS
  } certificate = {};
  struct {
    std::string key, issuer, audience;  ///< empty: everybody may enter
  } jwt = {};
};

class FrontDoor {
 public:
  /// On a fiber of the host's first loop, once its services answer on `services`.
  static holon::Result<std::unique_ptr<FrontDoor>> open(holon::app::Host& host, const holon::env::Address& services,
                                                        const FrontDoorOptions& options);
  virtual ~FrontDoor() = default;

  /// "127.0.0.1:4711", or "tls:" before it.
  virtual std::string address() const = 0;
};

}  // namespace interop
