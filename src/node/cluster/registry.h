// Registry: what the nodes of one application write down for each other to read. An entry stands as long as its
// writer's lease, if it is not to be kept.
// This is all that a node needs of etcd, or of whatever else keeps a few words safe beyond one machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "holon/call.h"
#include "holon/result.h"

namespace holon::node {

class Registry {
 public:
  using Lease = std::int64_t;  ///< 0 is none
  using Entries = std::map<std::string, std::string>;

  struct Told {
    std::function<void(const Entries&)> entries;
    /// Whether changes are heard of from here on, or why not, where that does not pass by itself: somebody has to do something.
    std::function<void(const Result<void>&)> heard;
  };

  virtual ~Registry() = default;

  /// A lease that ends so long after it was granted or last renewed.
  virtual Result<Lease> grant(Call& call, std::chrono::seconds life) = 0;
  /// NOT_FOUND if it has ended.
  virtual Result<void> renew(Call& call, Lease lease) = 0;
  /// Ends it, and with it all entries under it.
  virtual Result<void> revoke(Call& call, Lease lease) = 0;

  /// Writes an entry under the lease. False, and nothing is written, if there is one under another lease.
  virtual Result<bool> put(Call& call, Lease lease, const std::string& key, const std::string& value) = 0;
  /// Takes an entry away if it is under this lease.
  virtual Result<void> remove(Call& call, Lease lease, const std::string& key) = 0;
  /// Writes an entry that stands, whoever comes and goes, until it is written anew. ABORTED, and nothing is written, if somebody else has
  /// done that meanwhile.
  virtual Result<void> keep(Call& call, const std::string& key, const std::string& value) = 0;

  /// Tells all entries whose keys begin with `prefix`, at once and after each change, until the call ends. While nothing can be
  /// learned, what was told last stands.
  virtual Result<void> watch(Call& call, const std::string& prefix, const Told& told) = 0;
};

}  // namespace holon::node
