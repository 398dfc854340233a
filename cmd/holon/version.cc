#include <cstdio>

#include "cmd/holon/verbs.h"

namespace holon::cli {

int version() {
  std::printf("holon %s\n", HOLON_VERSION);
  return succeeded;
}

}  // namespace holon::cli
