// Runs protoc with the plugin on the contracts in testdata/. What it must write or say stands beside each. After
// a deliberate change, `HOLON_UPDATE_GOLDEN=1 plugin_test` writes those files anew; read them before you commit them.
#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace {

namespace fs = std::filesystem;

const fs::path testdata = HOLON_TESTDATA;

struct Outcome {
  int exit_code;
  std::string output;  // standard output and error
};

Outcome run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  Outcome outcome;
  char buffer[4096];
  while (const std::size_t count = fread(buffer, 1, sizeof buffer, pipe)) outcome.output.append(buffer, count);
  outcome.exit_code = WEXITSTATUS(pclose(pipe));
  return outcome;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return "(there is no " + file.string() + ")";
  return (std::ostringstream() << in.rdbuf()).str();
}

void expect_golden(const std::string& actual, const fs::path& golden) {
  if (std::getenv("HOLON_UPDATE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << actual;
  EXPECT_EQ(actual, read(golden)) << "differs from " << golden;
}

std::vector<fs::path> contracts_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".proto") found.push_back(entry.path().lexically_relative(folder));
  }
  std::sort(found.begin(), found.end());
  return found;
}

// A folder of its own for what protoc writes.
class Plugin : public testing::TestWithParam<fs::path> {
 protected:
  Plugin() {
    std::string pattern = (fs::temp_directory_path() / "holon-codegen-XXXXXX").string();
    out_ = mkdtemp(pattern.data());
  }
  ~Plugin() override { fs::remove_all(out_); }

  Outcome protoc(const fs::path& imports, const std::string& arguments) const {
    return run(HOLON_PROTOC " --plugin=protoc-gen-holon=" HOLON_PLUGIN " -I" HOLON_CONTRACTS " -I" + imports.string() +
               " --holon_opt=import=" + imports.string() + " --holon_out=" + out_.string() + " " + arguments);
  }

  fs::path out_;
};

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

class GoodContract : public Plugin {};

TEST_P(GoodContract, GivesTheCommittedCode) {
  const Outcome outcome = protoc(testdata / "good", GetParam().string());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "");
  for (const char* extension : {".holon.h", ".holon.cc"}) {
    const fs::path file = fs::path(GetParam()).replace_extension(extension);
    expect_golden(read(out_ / file), testdata / "good" / file);
  }
}

INSTANTIATE_TEST_SUITE_P(Codegen, GoodContract, testing::ValuesIn(contracts_in(testdata / "good")), test_name);

class BadContract : public Plugin {};

TEST_P(BadContract, IsRefusedWithPlaceAndRemedy) {
  const Outcome outcome = protoc(testdata / "bad", GetParam().string());
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_TRUE(fs::is_empty(out_)) << "it wrote code";
  expect_golden(outcome.output, testdata / "bad" / fs::path(GetParam()).replace_extension(".expected"));
}

INSTANTIATE_TEST_SUITE_P(Codegen, BadContract, testing::ValuesIn(contracts_in(testdata / "bad")), test_name);

TEST(Docs, QuoteMistakesAsTheyAreTold) {
  std::string told;
  for (const auto& entry : fs::directory_iterator(testdata / "bad")) {
    if (entry.path().extension() == ".expected") told += read(entry.path());
  }
  int quoted = 0;
  std::istringstream lines(read(HOLON_DOCS "/contracts.md"));
  for (std::string line; std::getline(lines, line);) {
    if (line.find(".proto:") == std::string::npos) continue;
    EXPECT_THAT(told, testing::HasSubstr(line + "\n"));
    ++quoted;
  }
  EXPECT_GE(quoted, 3);
}

using PluginOptions = Plugin;

TEST_F(PluginOptions, ThatAreUnknownAreRefused) {
  const Outcome outcome = protoc(testdata / "good", "--holon_opt=fast shop.proto");
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, testing::HasSubstr("knows no option fast; it takes import=DIR alone"));
}

}  // namespace
