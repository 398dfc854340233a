#include <cstdio>

#include "cmd/holon/verbs.h"

namespace holon::cli {

int version(bool json) {
  std::printf("%s%s%s\n", json ? "{\"version\":\"" : "holon ", HOLON_VERSION, json ? "\"}" : "");
  return succeeded;
}

}  // namespace holon::cli
