// What an application consists of, as its people wrote it down in holon.yaml.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/problem.h"
#include "config/yaml.h"
#include "env/environment.h"

namespace holon::control {

using config::Named;

/// How the node finds out whether a host's process is well.
struct HealthSpec {
  enum class Kind {
    own,   ///< a program's: it says that it is ready, and its end is noticed
    grpc,  ///< grpc.health.v1.Health/Check, or, where that is UNIMPLEMENTED, that it answers
    http,  ///< GET `path` gives 2xx or 3xx
    tcp,   ///< a connection can be made
  };
  Kind kind = Kind::own;
  std::string path = "/";                               ///< of http
  env::Duration period = std::chrono::seconds(5);       ///< between checks of one that is ready
  env::Duration timeout = std::chrono::seconds(1);      ///< of one check
  int failures = 3;                                     ///< in a row: then it is started anew
  env::Duration start_within = std::chrono::seconds(30);  ///< who is not ready by then is started anew
};

/// What a host's processes may use together; 0: as much as there is.
struct ResourceLimits {
  std::uint64_t memory_bytes = 0;
  double cpu = 0;  ///< cores
  int processes = 0;
};

/// How a `command:` is spoken to.
enum class Protocol { grpc, http };

/// One caller of `allow:`, and the methods that it may call.
struct AllowSpec {
  Named caller;                ///< a service, or "gateway"
  std::vector<Named> methods;  ///< none: all
};

/// What `called:` says of calls; what it does not say is empty.
struct CallSpec {
  std::optional<std::uint32_t> attempts_max = {}, hedges_max = {};
  std::optional<env::Duration> hedge_after = {}, retry_wait_first = {}, retry_wait_most = {};
};

/// … of those to a service.
struct CalledSpec {
  CallSpec calls = {};
  std::vector<std::pair<Named, CallSpec>> methods = {};  ///< before `calls`
  std::optional<std::uint32_t> retry_budget_percent = {}, retry_budget_per_second = {};
  std::string balance = {};  ///< "prequal"; empty: not said
};

/// A service is a program's, or a command's: of a process that need not know of holon.
struct ServiceSpec {
  Named name;     ///< "cart"
  Named program;  ///< as written: "bin/cart"; empty for a command
  std::vector<Named> command;    ///< as written: `node ads/main.js`; empty for a program
  std::vector<Named> contracts;  ///< a command's, as written: "ads/ads.proto"
  std::vector<Named> calls;      ///< a command's: the names of services
  Protocol protocol = Protocol::grpc;
  std::map<std::string, std::string> environment;  ///< variables of its host beside the node's own
  std::string owner;
  std::optional<std::vector<AllowSpec>> allow;  ///< of those who declare to call it; absent: all of them
  std::optional<CalledSpec> called;
  std::map<std::string, std::string> settings;
  std::optional<config::YamlNode> config;  ///< of the type that its program says
  HealthSpec health;
  ResourceLimits resources;
  int replicas = 1;  ///< of its host in the placement `each`
};

/// A host's processes run a program of its services or, in place of it, a command: the same services in another language.
/// Then their own program (ServiceSpec::program) does not run here, but still says their contracts and calls.
struct HostSpec {
  Named name;
  std::optional<Named> program;  ///< absent: the one of its services
  std::vector<Named> command = {};  ///< as written: `[node, twins/ads-node/main.js]`; not together with `program`
  std::vector<Named> services;
  int replicas = 1;
};

struct PlacementSpec {
  Named name;
  bool each = false;  ///< every service in a host of its own
  std::vector<HostSpec> hosts;
};

struct Application {
  Named name;
  std::vector<ServiceSpec> services;
  std::vector<PlacementSpec> placements;  ///< at least one
  std::string default_placement;
  std::map<std::string, std::string> limits;  ///< of each host that runs services
};

}  // namespace holon::control
