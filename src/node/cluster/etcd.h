// Etcd: a Registry kept by the members of an etcd cluster. It talks to one member at a time, and goes on to the next when that
// is gone, or keeps silent, or cannot speak for the majority: whoever renews a lease finds that out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "fiber/loop.h"
#include "node/changes.h"
#include "node/cluster/etcd_member.h"
#include "node/cluster/registry.h"

namespace holon::node {

class Etcd final : public Registry {
 public:
  /// @param config  has at least one member
  /// @param tls     for those that speak it (EtcdConfig::load_tls)
  Etcd(fiber::Loop& loop, const EtcdConfig& config, const std::shared_ptr<crypto::ClientTls>& tls = {});

  Result<Lease> grant(Call& call, std::chrono::seconds life) override;
  Result<void> renew(Call& call, Lease lease) override;
  Result<void> revoke(Call& call, Lease lease) override;
  Result<bool> put(Call& call, Lease lease, const std::string& key, const std::string& value) override;
  Result<void> remove(Call& call, Lease lease, const std::string& key) override;
  Result<void> keep(Call& call, const std::string& key, const std::string& value) override;
  Result<void> watch(Call& call, const std::string& prefix, const Told& told) override;

 private:
  template <class Ask>
  using Answer = std::invoke_result_t<Ask, Call&, EtcdMember&>;

  /// Who asks. `anybody` is for what etcd lets everybody do: it does not wait for a token.
  enum class As : std::uint8_t { user, anybody };

  template <class Ask>
  Answer<Ask> ask(Call& call, env::Duration within, Ask what, As who = As::user);
  template <class Ask>
  Answer<Ask> ask_one(Call& call, env::Duration within, EtcdMember& member, Ask what, As who = As::user);
  Result<void> follow(Call& call, EtcdMember& member, const std::string& prefix, const Told& told);
  Result<Entries> all(Call& call, EtcdMember& member, const std::string& prefix, std::int64_t& revision);
  void leave(const EtcdMember& member);

  EtcdLogin login_;
  std::vector<std::unique_ptr<EtcdMember>> members_;
  std::size_t current_ = 0;
  Changes moves_;  ///< to another member, or to the same anew
};

}  // namespace holon::node
