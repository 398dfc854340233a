#include "node/manifest_keys.h"

#include <utility>

#include "app/limits.h"
#include "gateway/keys.h"
#include "node/called.h"

namespace holon::node {
namespace {

using config::Key;
using config::Keys;
using Rows = std::vector<Key>;

Rows application_keys() {
  return {
      {.path = "app", .meaning = "the application's name", .example = "shop", .required = true},
      {.path = "variables", .forms = Key::text | Key::or_list,
       .meaning = "files of lines `NAME=VALUE` that give values to `${NAME}`; the environment holds before them, a later "
                  "file before an earlier one",
       .example = "[deploy.env]"},
      {.path = "services", .forms = Key::named, .meaning = "the services, each with its name",
       .example = "{cart: {program: bin/cart}}", .required = true},
      {.path = "services/*", .forms = Key::map, .meaning = "a service: a program's, or a command's"},
  };
}

Rows service_keys() {
  return {
      {.path = "services/*/program",
       .meaning = "the path of the program that has it, looked for beside `holon.yaml` and in `--bin`", .example = "bin/cart",
       .beside = {"program"}},
      {.path = "services/*/command", .forms = Key::text | Key::or_list,
       .meaning = "instead of a program: what is started, which need not know of holon. A text is split at spaces; no shell "
                  "reads it",
       .example = "[node, ads/main.js]", .beside = {"command"}},
      {.path = "services/*/contract", .forms = Key::text | Key::or_list,
       .meaning = "a command's contract files; it answers for the services in them", .example = "ads/ads.proto",
       .beside = {"command"}},
      {.path = "services/*/calls", .forms = Key::text | Key::or_list,
       .meaning = "the services that a command calls; a program says it itself", .example = "[catalog]",
       .beside = {"command"}},
      {.path = "services/*/protocol", .forms = Key::words, .meaning = "how a command is spoken to", .otherwise = "grpc",
       .example = "http", .choices = {"grpc", "http"}, .beside = {"command"}},
      {.path = "services/*/owner", .meaning = "who answers for it", .example = "team-basket"},
      {.path = "services/*/allow", .forms = Key::named,
       .meaning = "who may call which of its methods, of those who declare that they call it: services, and `gateway`. "
                  "Without it, all of these",
       .example = "{checkout: [Charge], gateway: all}"},
      {.path = "services/*/allow/*", .forms = Key::text | Key::or_list, .meaning = "methods, or `all`", .example = "[Charge]"},
      {.path = "services/*/replicas", .forms = Key::number, .meaning = "how many run, in the placement `each`",
       .otherwise = "1", .example = "3", .least = 1, .most = 100},
      {.path = "services/*/environment", .forms = Key::named, .meaning = "variables of its process beside the node's own",
       .example = "{LOG_LEVEL: debug}"},
      {.path = "services/*/environment/*", .meaning = "its value"},
      {.path = "services/*/settings", .forms = Key::named, .meaning = "texts for `wiring.setting(NAME, …)`",
       .example = "{colour: blue}", .beside = {"program"}},
      {.path = "services/*/settings/*", .meaning = "its value"},
      {.path = "services/*/config", .forms = Key::message,
       .meaning = "the message that `wiring.config<T>()` (`holon/wiring.h`) gives, by the JSON mapping of protobuf, checked before anything "
                  "starts",
       .example = "{currency: EUR, retries: 3}", .beside = {"program"}},
      {.path = "services/*/health", .forms = Key::map, .meaning = "how the node finds out whether it is well",
       .otherwise = "{}", .example = "{http: /healthz, period: 2s}"},
      {.path = "services/*/health/grpc", .forms = Key::boolean,
       .meaning = "a command is asked by `grpc.health.v1.Health`; so are those that speak gRPC, if nothing else is said",
       .example = "true", .apart = {"http", "tcp"}},
      {.path = "services/*/health/http",
       .meaning = "a command is asked for this path, and answers 2xx or 3xx; `/` of those that speak HTTP, if nothing else "
                  "is said",
       .example = "/healthz", .apart = {"tcp"}},
      {.path = "services/*/health/tcp", .forms = Key::boolean, .meaning = "a command is well if it can be connected to",
       .example = "true"},
      {.path = "services/*/health/period", .forms = Key::duration, .meaning = "between two checks", .otherwise = "5s",
       .example = "2s"},
      {.path = "services/*/health/timeout", .forms = Key::duration, .meaning = "of one check", .otherwise = "1s",
       .example = "500ms"},
      {.path = "services/*/health/failures", .forms = Key::number, .meaning = "so many in a row, and it is started anew",
       .otherwise = "3", .example = "5", .least = 1, .most = 100},
      {.path = "services/*/health/start_within", .forms = Key::duration,
       .meaning = "who is not ready by then is started anew", .otherwise = "30s", .example = "2min"},
      {.path = "services/*/resources", .forms = Key::map,
       .meaning = "what its process, and those that it starts, may use together", .example = "{memory: 256MiB, cpu: 0.5}"},
      {.path = "services/*/resources/memory", .forms = Key::size,
       .meaning = "above it the process ends; without it, what there is", .example = "256MiB"},
      {.path = "services/*/resources/cpu", .forms = Key::cores, .meaning = "cores, at least 0.01; without it, what there is",
       .example = "0.5"},
      {.path = "services/*/resources/processes", .forms = Key::number,
       .meaning = "processes and threads; without it, any number", .example = "64", .least = 1, .most = 1'000'000},
  };
}

Rows placement_keys() {
  return {
      {.path = "placements", .forms = Key::named, .meaning = "which services share a process, each with a name",
       .otherwise = "{split: each}",
       .example = "{split: each, monolith: {shop: {program: bin/shop, services: [cart, payment]}}}"},
      {.path = "placements/*", .forms = Key::words | Key::named,
       .meaning = "`each`: every service in a host of its own; or hosts, each with a name", .choices = {"each"}},
      {.path = "placements/*/*", .forms = Key::map | Key::texts, .meaning = "a host; a list is its services"},
      {.path = "placements/*/*/program", .meaning = "its program; without it, that of its services", .example = "bin/shop",
       .apart = {"command"}},
      {.path = "placements/*/*/command", .forms = Key::text | Key::or_list,
       .meaning = "the command that answers for its services", .example = "[node, twins/all.js]"},
      {.path = "placements/*/*/services", .forms = Key::texts, .meaning = "what it runs", .example = "[cart, payment]",
       .required = true},
      {.path = "placements/*/*/replicas", .forms = Key::number, .meaning = "how many run", .otherwise = "1", .example = "3",
       .least = 1, .most = 100},
      {.path = "dashboard", .forms = Key::words | Key::map, .meaning = "the node's page for browsers; `off`: there is none",
       .otherwise = "{}", .example = "off", .choices = {"off"}},
      {.path = "dashboard/listen",
       .meaning = "where it answers, on this machine alone; port 0 is a free one, the same again if it is free",
       .otherwise = "127.0.0.1:0", .example = "127.0.0.1:9000"},
      {.path = "cluster", .forms = Key::map, .meaning = "the application runs on several nodes: docs/cluster.md",
       .example = "{etcd: [10.0.0.1:2379], address: 10.0.0.1, authority: authority}"},
      {.path = "cluster/etcd", .forms = Key::text | Key::texts | Key::map,
       .meaning = "where the members of etcd answer clients; a map says also how they and this node know each other",
       .example = "[10.0.0.1:2379, 10.0.0.2:2379, 10.0.0.3:2379]", .required = true},
      {.path = "cluster/etcd/members", .forms = Key::text | Key::or_list,
       .meaning = "where they answer clients: addresses or names, by TLS where one begins with `https://`",
       .example = "[\"https://etcd-0.example:2379\", \"https://etcd-1.example:2379\"]", .required = true},
      {.path = "cluster/etcd/ca", .meaning = "a PEM file: who may certify the members; without it, the system's authorities",
       .example = "etcd/ca.pem"},
      {.path = "cluster/etcd/certificate", .meaning = "a PEM file: what this node shows members that ask for a certificate",
       .example = "etcd/node.pem", .beside = {"key"}},
      {.path = "cluster/etcd/key", .meaning = "the PEM file of its private key", .example = "etcd/node.key",
       .beside = {"certificate"}},
      {.path = "cluster/etcd/user", .meaning = "as whom this node asks, where etcd wants to know", .example = "holon",
       .beside = {"password"}},
      {.path = "cluster/etcd/password", .meaning = "the user's", .example = "${secret:ETCD_PASSWORD}", .beside = {"user"}},
      {.path = "cluster/address", .meaning = "where this node's hosts answer those of the others; not the same on each",
       .example = "10.0.0.1", .required = true},
      {.path = "cluster/authority",
       .meaning = "the folder of the authority that certifies the hosts, the same for all nodes", .example = "authority",
       .required = true},
      {.path = "cluster/node", .meaning = "this node's name, which no other has; without it, the machine's", .example = "a"},
      {.path = "cluster/zone", .meaning = "where this node stands: calls prefer endpoints in their own", .example = "west"},
      {.path = "cluster/lease", .forms = Key::duration,
       .meaning = "a node that is not heard of for so long is lost, in whole seconds from 2s to 60s", .otherwise = "3s",
       .example = "5s"},
      {.path = "cluster/cut_off", .forms = Key::words,
       .meaning = "what a node does with its hosts that is cut off from etcd: others may run them as well",
       .otherwise = "stop", .example = "go_on", .choices = {"stop", "go_on"}},
      {.path = "default", .meaning = "the placement of `holon up`; without it, the first", .example = "split"},
  };
}

/// What the hosts grant their peers.
Rows limit_keys() {
  Rows rows = {{.path = "limits", .forms = Key::map,
                .meaning = "what each host grants its peers; docs/connections.md has more of it",
                .otherwise = "{}", .example = "{calls_max: 500, idle_time: 5min}"}};
  app::HostLimits standard;
  for (const app::Limit& limit : app::limits()) {
    const std::string value = app::value_of(limit, standard);
    rows.push_back({.path = "limits/" + std::string(limit.name), .meaning = std::string(limit.meaning), .otherwise = value,
                    .example = value});
  }
  return rows;
}

}  // namespace

const Keys& manifest_keys() {
  static const Keys all = [] {
    Rows rows;
    for (Rows& some : std::vector<Rows>{application_keys(), service_keys(), called_keys(), placement_keys(), limit_keys(),
                                        gateway::keys().all()}) {
      for (Key& key : some) rows.push_back(std::move(key));
    }
    return Keys(std::move(rows));
  }();
  return all;
}

}  // namespace holon::node
