// Node: the daemon that runs an application's hosts, itself a holon server on its Unix socket.
//
//   Node node(env::os(), TRY(prepare(env::os(), options)), holon_program, view, Logs::followed);
//   TRY(node.run());      // until somebody calls Control.Down, or SIGTERM or SIGINT comes; a second one kills at once
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "app/reflection.h"
#include "env/disk.h"
#include "node/cluster/cluster.h"
#include "node/dashboard/dashboard.h"
#include "node/deployment.h"
#include "node/services.h"
#include "node/supervisor.h"
#include "server/server.h"

namespace holon::node {

/// Who looks on. Called on the node's loop.
class NodeView {
 public:
  virtual ~NodeView() = default;
  /// Something happened that people want to know.
  virtual void said(const std::string& text) = 0;
  /// The dashboard answers; who has the link may read it, so it is for this user and no log.
  virtual void opened(const std::string& link) = 0;
  /// The state of a host changed.
  virtual void changed(const v1::ListReply& list) = 0;
  /// A host wrote a line; only if logs are followed.
  virtual void logged(const std::string& host, std::string_view line) = 0;
  /// Here lines of it were lost, as they came faster than they were shown; only if logs are followed.
  virtual void missed(const std::string& host, std::uint64_t lines) = 0;
};

enum class Logs { ignored, followed };

class Node {
 public:
  /// @param holon  the path of the `holon` program
  Node(env::Environment& world, Deployment deployment, const std::filesystem::path& holon, NodeView& view, Logs logs);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Returns when the application was stopped, or could not be started; ALREADY_EXISTS without `began` if a node runs
  /// here.
  Result<void> run();
  bool began() const { return lock_ != nullptr; }
  /// Whether Ctrl-C ended it.
  bool interrupted() const { return interrupted_; }

 private:
  Result<void> start();
  Result<void> open_dashboard();
  void on_signal(int signal);
  void watch_changes();
  void follow_logs();
  void end();
  void clean_up();

  env::Environment& world_;
  Deployment deployment_;
  NodeView& view_;
  std::unique_ptr<env::FileLock> lock_;
  fiber::Loop loop_;
  Supervisor supervisor_;
  HostsService hosts_service_;
  ControlService control_service_;
  app::Reflection reflection_;
  server::Router router_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Cluster> cluster_;      ///< null if this node is alone
  std::unique_ptr<Dashboard> dashboard_;  ///< null if it is off
  fiber::Timer log_timer_;
  std::map<std::string, LogFollower> followers_;
  Logs logs_;
  bool interrupted_ = false;
};

}  // namespace holon::node
