// EdgeUsage: how the calls from each service to each other went between two looks at what hosts have counted, what callers know of
// the callee's replicas, and what of that is trouble.
//
//   EdgeMeter meter;
//   meter.add(before, after);              // each host's snapshots
//   for (v1::EdgeUsage& edge : meter.edges(seconds)) …
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "holon/node/v1/node.pb.h"

namespace holon::node {

class EdgeMeter {
 public:
  /// @param before  empty for a host that is looked at for the first time: all that it has counted is new
  void add(const v1::SnapshotReply& before, const v1::SnapshotReply& after);

  /// By caller and callee: those that were called, and those with an unfit replica.
  /// @param seconds  between the looks; 0: then there are no rates
  std::vector<v1::EdgeUsage> edges(double seconds) const;

 private:
  /// What was counted of an edge's methods.
  struct Counts {
    double calls = 0, errors = 0, retries = 0, hedges = 0, unpaid = 0;

    void add(const v1::EdgeCalls& edge, double sign);
    void add(const Counts& other);
    bool went_back() const { return calls < 0 || errors < 0 || retries < 0; }
  };
  struct Seen {
    Counts counts;
    double budget = 0;
    std::map<std::string, v1::CalleeEndpoint> endpoints;  ///< by address
  };
  using Edge = std::pair<std::string, std::string>;  ///< caller, callee

  static v1::EdgeUsage usage(const Edge& edge, const Seen& seen, double seconds);

  std::map<Edge, Seen> seen_;
};

/// "3 % of the calls fail; five.1 has been failing for 3.2 s, its breaker is open"; "" if nothing is wrong.
std::string trouble_of(const v1::EdgeUsage& edge);

/// Says of each endpoint which replica it is.
/// @param hosts  replicas by address
void name_hosts(v1::SnapshotReply& snapshot, const std::map<std::string, std::string>& hosts);

}  // namespace holon::node
