// What holon.yaml says of the other nodes: `cluster: {etcd: [10.0.0.1:2379], address: 10.0.0.1, authority: authority}`.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "config/reader.h"
#include "node/cluster/etcd_config.h"

namespace holon::env {
class Environment;
}

namespace holon::node {

struct ClusterConfig {
  EtcdConfig etcd;                  ///< through which the nodes know of each other
  std::string address;              ///< of this machine, where its hosts answer those of other nodes
  std::string node;                 ///< this node's name; no other has it
  std::string zone;                 ///< where it stands, if somebody said
  std::filesystem::path authority;  ///< the folder of the authority that all nodes share
  std::chrono::seconds lease{3};    ///< by which it is there
  bool goes_on = false;             ///< whether it goes on with its hosts when it is cut off from etcd
};

/// What `value`, that of the key `cluster`, says; what is wrong with it is added to `problems`.
/// @param base  the folder that paths in it are relative to
ClusterConfig read_cluster(const config::YamlNode& value, const std::filesystem::path& base, env::Environment& world,
                           config::Problems& problems);

}  // namespace holon::node
