#include "twins/test_subject.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

extern char** environ;

namespace shop::testing {
namespace {

constexpr std::string_view prefix = "SHOP_TWIN_";
constexpr std::string_view twins[] = {"ADS", "RECOMMENDATION", "SHIPPING"};

/// A misspelt variable would have the original tested in the twin's place.
void refuse_unknown_variables() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    if (!variable.starts_with(prefix)) continue;
    const std::size_t equals = std::min(variable.find('='), variable.size());
    const bool known = std::ranges::find(twins, variable.substr(prefix.size(), equals - prefix.size())) != std::end(twins);
    if (known && equals + 1 < variable.size()) continue;
    throw std::runtime_error(std::string(variable) + " starts no twin; there are SHOP_TWIN_ADS, SHOP_TWIN_RECOMMENDATION and "
                             "SHOP_TWIN_SHIPPING, each the command of one");
  }
}

std::string command_of(std::string name) {
  refuse_unknown_variables();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  const char* command = std::getenv((std::string(prefix) + name).c_str());
  return command != nullptr ? command : "";
}

}  // namespace

Subject::Subject(const std::string& name)
    : command_(command_of(name)), host_(command_.empty() ? holon::testing::Mode::local : holon::testing::Mode::remote) {}

holon::Client& Subject::start(const Tables& tables) {
  std::map<std::string, std::string> environment = {{"STATE", host_.data_directory() / "state"}};
  if (!mesh_.empty()) environment["HOLON_MESH"] = mesh_;
  if (!tables.empty()) {
    const std::filesystem::path folder = host_.data_directory() / "tables";
    std::filesystem::create_directories(folder);
    for (const auto& [file, content] : tables) std::ofstream(folder / file) << content;
    environment["TABLES"] = folder;
  }
  twin_ = std::make_unique<Twin>(command_, std::move(environment));
  client_ = std::make_unique<holon::Client>(twin_->address());
  return *client_;
}

}  // namespace shop::testing
