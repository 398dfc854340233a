#include "twins/test_subject.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace shop::testing {
namespace {

std::string command_of(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  const char* command = std::getenv(("SHOP_TWIN_" + name).c_str());
  return command != nullptr ? command : "";
}

}  // namespace

Subject::Subject(const std::string& name)
    : command_(command_of(name)), host_(command_.empty() ? holon::testing::Mode::local : holon::testing::Mode::remote) {}

holon::Client& Subject::start(const Tables& tables) {
  std::map<std::string, std::string> environment = neighbours_;
  environment["STATE"] = host_.data_directory() / "state";
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
