// The state folder of an application: `.holon` beside its holon.yaml, for this user alone.
//
//   .holon/node.lock        held by the one node that runs here
//   .holon/state            what a new node takes over
//   .holon/node.log         what a node in the background says
//   .holon/logs/cart.0.log  what a host wrote
//   .holon/data/cart/       what the service cart keeps
//   .holon/contracts        of all services, for the gateway
//   .holon/gateway.yaml     the holon.yaml that the gateway runs by: checked, whatever becomes of the other
//   .holon/cache/           what programs said of themselves
//   .holon/dashboard        the key of its page, and the port that had last
//   .holon/identity/        the certificates of its hosts, in a cluster, and whom they trust
//   .holon/run/*.sock       where node and hosts answer
//
// A Unix socket's path has at most 107 bytes. Where the folder lies too deep, sockets go to a runtime folder of the
// user.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "holon/result.h"

namespace holon::env {
class Disk;
class Environment;
class FileLock;
}  // namespace holon::env

namespace holon::node {

class Folder {
 public:
  /// Of the application in `directory`, which exists. Makes nothing yet.
  static Folder beside(const std::filesystem::path& directory);

  /// Makes the folders.
  Result<void> make(env::Disk& disk) const;
  /// Takes it for this process, as long as that has the lock. ALREADY_EXISTS, in the words of `holder`, if another has it.
  Result<std::unique_ptr<env::FileLock>> take(env::Environment& world) const;
  /// Who has taken it and does not answer, in words for people, with the remedy.
  std::string holder(env::Disk& disk) const;

  const std::filesystem::path& path() const { return root_; }
  std::filesystem::path lock() const { return root_ / "node.lock"; }
  std::filesystem::path state() const { return root_ / "state"; }
  std::filesystem::path node_log() const { return root_ / "node.log"; }
  std::filesystem::path contracts() const { return root_ / "contracts"; }
  std::filesystem::path gateway_config() const { return root_ / "gateway.yaml"; }
  /// What a service is configured with, as JSON: its secrets, too.
  std::filesystem::path config(const std::string& service) const { return root_ / ("config." + service + ".json"); }
  std::filesystem::path identity() const { return root_ / "identity"; }
  std::filesystem::path cache() const { return root_ / "cache"; }
  std::filesystem::path dashboard() const { return root_ / "dashboard"; }
  std::filesystem::path data() const { return root_ / "data"; }
  std::filesystem::path log(const std::string& host) const { return root_ / "logs" / (host + ".log"); }
  const std::filesystem::path& sockets() const { return sockets_; }
  std::filesystem::path socket(const std::string& host) const { return sockets_ / (host + ".sock"); }
  /// "unix:/…/node.sock"
  std::string node_address() const { return "unix:" + socket("node").string(); }

 private:
  Folder(std::filesystem::path root, std::filesystem::path sockets)
      : root_(std::move(root)), sockets_(std::move(sockets)) {}

  std::filesystem::path root_;
  std::filesystem::path sockets_;
};

}  // namespace holon::node
