// The cases of the public gRPC interop description, and a few of our own, for clients in C++.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "peer.h"

namespace interop {

struct Settings {
  std::set<std::string> lacks;  ///< features of the public description that the server does not have
  int soak = 10;                ///< how often the soaks repeat
};

struct Case {
  std::string name;
  std::function<void(Channel&, const Settings&)> run;  ///< throws std::runtime_error if something is not as it should be
};

std::vector<Case> all_cases();

}  // namespace interop
