// What a fuzz target has beside libFuzzer's entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holon {

/// Good inputs to begin with.
std::vector<std::string> fuzz_seeds();

/// Ends the process, as a finding.
inline void fuzz_require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzzing found that this does not hold: %s\n", what);
  std::abort();
}

}  // namespace holon
