// Supervisor: the hosts of one application on this node. Starts them, takes over those of an earlier node, starts again
// what ends, and knows where each service answers. Everything on one loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/directory.h"
#include "fiber/loop.h"
#include "holon/node/v1/node.pb.h"
#include "node/changes.h"
#include "node/deployment.h"
#include "node/host_process.h"

namespace holon::node {

class Supervisor final : private HostEvents {
 public:
  /// @param holon  the path of the `holon` program, which is the gateway's too
  /// @param say    told, for people, what happens
  Supervisor(fiber::Loop& loop, const Deployment& deployment, const std::filesystem::path& holon,
             std::function<void(const std::string&)> say);

  /// Takes over what runs already and starts the rest. An error if the gateway's address is taken; then nothing was
  /// started.
  Result<void> start();
  /// Ends the gateway, then the other hosts, each within its drain time.
  void stop();
  /// Ends all hosts at once.
  void kill();
  bool stopped() const;
  bool stopping() const { return stopping_; }

  /// A host is there. Whoever is none of this node's is told to end.
  Result<void> attached(const v1::AttachRequest& request);
  Result<void> ready(const std::string& host, int pid);

  /// Where every service answers, for hosts.
  v1::Directory directory() const;
  /// What runs, for people.
  v1::ListReply list() const;
  /// Counts what changes in either.
  Changes& changes() { return changes_; }
  /// The address of each host that answers for services, by host.
  std::vector<std::pair<std::string, std::string>> endpoints() const;
  /// What the gateway reads when it starts, or is told to.
  Result<void> write_gateway_config(const std::string& yaml) const;
  /// Where it answers its node; nothing unless it is ready.
  std::optional<std::string> gateway_endpoint() const;
  /// It runs by this now.
  void gateway_reloaded(const std::string& yaml);
  /// "http://127.0.0.1:8080", or empty.
  std::string gateway_url() const;

 private:
  struct Member {
    HostPlan plan;
    std::unique_ptr<HostProcess> process;
  };

  void started(HostProcess& host) override;
  void ready(HostProcess& host) override;
  void ended(HostProcess& host) override;
  void ending(HostProcess& host) override;

  HostStart start_of(const HostPlan& plan) const;
  HostStart gateway_start() const;
  std::string gateway_version(const std::vector<std::string>& arguments, const std::string& yaml) const;
  void add(HostPlan plan, HostStart start);
  Result<State> earlier_state() const;
  Result<void> open_all(const State& earlier);
  void take_over(const State& earlier);
  Member* find(const std::string& name);
  bool is_gateway(const HostProcess& host) const;
  void publish(Member& member);
  void stop_others();
  void changed();
  void save() const;
  std::string boot() const;

  fiber::Loop& loop_;
  const Deployment& deployment_;
  std::filesystem::path holon_;
  std::function<void(const std::string&)> say_;
  std::vector<Member> members_;
  control::Directory directory_;
  Changes changes_;
  bool taking_over_ = true;
  bool stopping_ = false;
};

}  // namespace holon::node
