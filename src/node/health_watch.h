// HealthWatch: looks again and again whether one host is well. A command is ready when it first is; whoever is not well several
// times in a row is started anew. A host that answers "not serving" lives: it is only not called until it serves again. What a
// debugger holds is told, and not counted; nor is anything while this node has no descriptor left to look.
#pragma once

#include <functional>
#include <string>

#include "control/application.h"
#include "holon/call.h"
#include "node/changes.h"
#include "node/host_process.h"

namespace holon::node {

class HealthWatch {
 public:
  /// @param host      outlives this
  /// @param changed   told when `trouble` has changed
  HealthWatch(HostProcess& host, const control::HealthSpec& spec, std::function<void()> changed)
      : host_(host), spec_(spec), changed_(std::move(changed)) {}

  /// On a fiber of its own, until the call ends.
  /// @param changes  told whenever a host starts, becomes ready, or ends
  Result<void> run(Call& call, env::Environment& world, Changes& changes);

  /// Why the host is not well; empty if it is, or nobody knows yet.
  const std::string& trouble() const { return trouble_; }
  /// Whether it said so itself, and is not to be called meanwhile.
  bool not_serving() const { return not_serving_; }

 private:
  bool worth_a_look() const;
  void forget();
  void look(Call& call, env::Environment& world);
  void well();
  void unwell(const std::string& why);
  void set_trouble(std::string trouble, bool not_serving);

  HostProcess& host_;
  const control::HealthSpec spec_;
  std::function<void()> changed_;
  env::ProcessId process_;  ///< what is known is of this one
  env::Time next_{};
  int failures_ = 0;        ///< in a row
  std::string trouble_;
  bool not_serving_ = false;
};

}  // namespace holon::node
