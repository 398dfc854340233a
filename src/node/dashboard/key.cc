#include "node/dashboard/key.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "crypto/hash.h"
#include "env/disk.h"

namespace holon::node {
namespace {

constexpr std::size_t key_digits = 64;
constexpr int port_max = 65535;

bool is_key(std::string_view text) {
  return text.size() == key_digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string new_key(env::Environment& world) {
  std::string text;
  while (text.size() < key_digits) {
    char word[17];
    std::snprintf(word, sizeof word, "%016llx", static_cast<unsigned long long>(world.random()));
    text += word;
  }
  return text;
}

}  // namespace

DashboardKey DashboardKey::load(env::Environment& world, const std::filesystem::path& file) {
  DashboardKey key;
  std::istringstream text(world.disk().read(file).value_or(""));
  text >> key.text_ >> key.last_port_;
  if (key.last_port_ < 0 || key.last_port_ > port_max) key.last_port_ = 0;
  if (!is_key(key.text_)) key.text_ = new_key(world);
  return key;
}

Result<void> DashboardKey::keep(env::Environment& world, const std::filesystem::path& file, int port) {
  last_port_ = port;
  return world.disk().replace(file, text_ + " " + std::to_string(port) + "\n");
}

bool DashboardKey::fits(std::string_view given) const { return crypto::equal_in_constant_time(text_, given); }

}  // namespace holon::node
