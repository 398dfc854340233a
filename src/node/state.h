// What a node writes down so that the next one can take its hosts over: which process is which host.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "env/process.h"
#include "holon/result.h"

namespace holon::node {

struct KnownHost {
  env::ProcessId process;
  std::string version;  ///< fingerprint of program and arguments: what it runs
  std::string address;  ///< where it answers
  bool ready = false;
  std::vector<std::string> doors = {};  ///< where it answers the outside, if it is a gateway
  bool operator==(const KnownHost&) const = default;
};

struct State {
  std::string boot;              ///< the machine's boot they run in: after another one they are gone
  std::uint64_t directory = 0;   ///< version of the directory
  std::map<std::string, KnownHost> hosts;
  std::set<std::string> stopped = {};  ///< those that somebody stopped
  std::int64_t lease = 0;              ///< by which the node is one of its cluster; 0 if it is not
  bool operator==(const State&) const = default;
};

/// One line a host, for people to read too.
std::string to_text(const State& state);
/// INVALID_ARGUMENT, with the line, if it is none.
Result<State> parse_state(const std::string& text);

}  // namespace holon::node
