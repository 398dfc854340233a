// Where every service answers: which hosts are ready, and a version that grows with each change.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace holon::control {

/// Where a host answers.
struct Endpoint {
  std::string address;  ///< "unix:/…/cart.0.sock"; on another node: "tls:10.0.0.2:41001"
  std::string host;     ///< "cart.0"
  std::string node = {};  ///< empty: this one
  std::string zone = {};  ///< of its node, if somebody said

  auto operator<=>(const Endpoint&) const = default;
};

class Directory {
 public:
  /// A host answers for these services (full names) at `endpoint`. True if that is news.
  bool add(const Endpoint& endpoint, const std::vector<std::string>& services);
  /// The host answers no more. True if it did.
  /// @param node  on which it runs; empty: this one
  bool remove(const std::string& host, const std::string& node = "");
  /// Versions of a later node go on from those of the one before, so that a host sees them grow.
  void start_from(std::uint64_t version) { version_ = version; }
  /// What hosts are told beside it has changed.
  void renew() { ++version_; }

  std::uint64_t version() const { return version_; }
  /// Endpoints by service, both in order. A service that was there once stays, without endpoints.
  const std::map<std::string, std::set<Endpoint>>& services() const { return services_; }

 private:
  struct Entry {
    Endpoint endpoint;
    std::vector<std::string> services;
    bool operator==(const Entry&) const = default;
  };

  std::uint64_t version_ = 0;
  std::map<std::pair<std::string, std::string>, Entry> hosts_;  ///< by host and node
  std::map<std::string, std::set<Endpoint>> services_;
};

}  // namespace holon::control
