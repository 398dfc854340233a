// Etcd: a Registry kept by the members of an etcd cluster. It talks to one member at a time, and goes on to the next when that
// is gone, or keeps silent, or cannot speak for the majority: whoever renews a lease finds that out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "env/reactor.h"
#include "fiber/loop.h"
#include "node/changes.h"
#include "node/cluster/registry.h"

namespace holon::node {

class Etcd final : public Registry {
 public:
  /// @param members  where they answer clients; at least one
  Etcd(fiber::Loop& loop, const std::vector<env::Address>& members);
  ~Etcd() override;

  Result<Lease> grant(Call& call, std::chrono::seconds life) override;
  Result<void> renew(Call& call, Lease lease) override;
  Result<void> revoke(Call& call, Lease lease) override;
  Result<bool> put(Call& call, Lease lease, const std::string& key, const std::string& value) override;
  Result<void> remove(Call& call, Lease lease, const std::string& key) override;
  Result<void> watch(Call& call, const std::string& prefix, const std::function<void(const Entries&)>& tell) override;

 private:
  class Member;

  template <class Ask>
  auto ask(Call& call, env::Duration within, Ask what) -> decltype(what(call, std::declval<Member&>()));
  Result<void> follow(Call& call, Member& member, const std::string& prefix, const std::function<void(const Entries&)>& tell);
  void leave(const Member& member);

  std::vector<std::unique_ptr<Member>> members_;
  std::size_t current_ = 0;
  Changes moves_;  ///< to another member
};

}  // namespace holon::node
