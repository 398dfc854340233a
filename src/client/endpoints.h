// Endpoints: where services answer, as whoever runs the host tells it (a node's directory, a test, a fixed address).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "env/reactor.h"

namespace holon::client {

/// A snapshot, shared by all loops and never changed.
struct Endpoints {
  std::map<std::string, std::vector<env::Address>, std::less<>> services;  ///< by full name
  std::vector<env::Address> everything;  ///< where any service that is not named answers (a fixed address)
  /// Whether more may become known: then a call to a service without endpoints waits a while.
  bool may_grow = false;

  const std::vector<env::Address>& of(std::string_view service) const {
    auto found = services.find(service);
    return found != services.end() ? found->second : everything;
  }
};

}  // namespace holon::client
