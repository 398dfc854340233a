// Endpoints: where services answer, as whoever runs the host tells it (a node's directory, a test, a fixed address).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/tls.h"
#include "env/reactor.h"

namespace holon::client {

/// An address, and how one proves to be there if that is by TLS.
struct Endpoint {
  Endpoint(env::Address where) : address(std::move(where)) {}

  /// "tls:ADDRESS" or "ADDRESS". `tls` is for the former; the server's certificate must be for `server_name`, or, if that is
  /// empty, for the host as it is written in `text`.
  static Result<Endpoint> parse(std::string_view text, std::shared_ptr<crypto::ClientTls> tls = {},
                                std::string server_name = {});
  std::string to_string() const;

  env::Address address;
  std::shared_ptr<crypto::ClientTls> tls;  ///< null: plain
  std::string server_name;
  std::string node = {};  ///< on which it runs; empty: the caller's own
  std::string zone = {};  ///< of that node, if somebody said
};

/// Under which name the endpoints of a service stand that speaks plain HTTP, and so has no contract. No contract is called so.
inline std::string http_endpoints_name(std::string_view service) { return "http:" + std::string(service); }

/// A snapshot, shared by all loops and never changed.
struct Endpoints {
  std::map<std::string, std::vector<Endpoint>, std::less<>> services;  ///< by full name
  std::vector<Endpoint> everything;  ///< where any service that is not named answers (a fixed address)
  std::string zone = {};  ///< the caller's own, if somebody said
  /// Whether more may become known: then a call to a service without endpoints waits a while.
  bool may_grow = false;
  std::string why_none = {};  ///< for people, where that is known

  const std::vector<Endpoint>& of(std::string_view service) const {
    auto found = services.find(service);
    return found != services.end() ? found->second : everything;
  }
};

}  // namespace holon::client
