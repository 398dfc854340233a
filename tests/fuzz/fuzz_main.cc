// Runs a fuzz target as a test where libFuzzer is not linked in: its seeds, then seeded mutations of them. With
// `--seeds DIR` it writes the seeds for libFuzzer instead; with file names it runs those inputs, to look at a finding.
#include "tests/fuzz/fuzz.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace {

constexpr int rounds = 100'000;
constexpr std::size_t input_bytes_max = 64 << 10;

/// What runs just now, for whoever looks at a finding.
const std::string* current = nullptr;

void print_finding(int) {
  std::fputs("by the input (printf '%b' makes it again): '", stderr);
  for (unsigned char c : *current) std::fprintf(stderr, "\\0%03o", c);
  std::fputs("'\n", stderr);
}

void run(const std::string& input) {
  current = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

void mutate(std::string& input, const std::vector<std::string>& seeds, std::mt19937& random) {
  std::size_t at = input.empty() ? 0 : random() % input.size();
  switch (random() % 6) {
    case 0:
      if (!input.empty()) input[at] = static_cast<char>(random());
      break;
    case 1:
      if (!input.empty()) input[at] = static_cast<char>(input[at] ^ 1 << random() % 8);
      break;
    case 2:
      input.insert(at, 1 + random() % 8, static_cast<char>(random()));
      break;
    case 3:
      input.erase(at, 1 + random() % 8);
      break;
    case 4:
      input.insert(at, input.substr(at, 1 + random() % 64));
      break;
    default: {
      const std::string& other = seeds[random() % seeds.size()];
      std::size_t from = random() % (other.size() + 1);
      input.insert(at, other.substr(from, 1 + random() % 64));
    }
  }
  if (input.size() > input_bytes_max) input.resize(input_bytes_max);
}

int write_seeds(const std::filesystem::path& directory, const std::vector<std::string>& seeds) {
  std::filesystem::create_directories(directory);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream(directory / std::to_string(i), std::ios::binary) << seeds[i];
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, print_finding);
  std::vector<std::string> seeds = holon::fuzz_seeds();
  if (argc == 3 && std::strcmp(argv[1], "--seeds") == 0) return write_seeds(argv[2], seeds);
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    run(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  if (argc > 1) return 0;
  for (const std::string& seed : seeds) run(seed);
  std::mt19937 random(1);
  for (int round = 0; round < rounds; ++round) {
    std::string input = seeds[random() % seeds.size()];
    for (unsigned i = 1 + random() % 6; i > 0; --i) mutate(input, seeds, random);
    run(input);
  }
  std::printf("%zu seeds, %d mutations\n", seeds.size(), rounds);
}
