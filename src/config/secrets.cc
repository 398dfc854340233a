#include "config/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace holon::config {
namespace {

constexpr std::array words = {"password", "passwd", "passphrase", "secret", "secrets", "token", "credential", "credentials",
                              "apikey", "api_key", "access_key", "private_key", "secret_key", "signing_key", "encryption_key"};

bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

/// "clientSecret" and "CLIENT-SECRET" as "client_secret".
std::string snake_case(std::string_view key) {
  std::string name;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i > 0 && is_upper(key[i]) && is_lower(key[i - 1])) name += '_';
    const bool part = std::isalnum(static_cast<unsigned char>(key[i])) != 0;
    name += part ? static_cast<char>(std::tolower(static_cast<unsigned char>(key[i]))) : '_';
  }
  return name;
}

void hide(YamlNode& value, const std::string& shown) {
  if (value.kind == YamlNode::Kind::scalar && value.secret.empty()) value.secret = shown;
  for (YamlNode& item : value.items) hide(item, shown);
  for (auto& [key, inner] : value.entries) hide(inner, shown);
}

std::string variable_of(std::string key) {
  std::ranges::replace_if(key, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return "${secret:" + key + "}";
}

}  // namespace

bool names_secret(std::string_view key) {
  const std::string name = snake_case(key);
  return std::ranges::any_of(words, [&](std::string_view word) {
    return name == word || (name.ends_with(word) && name[name.size() - word.size() - 1] == '_');
  });
}

void hide_by_name(YamlNode& root) {
  for (YamlNode& item : root.items) hide_by_name(item);
  for (auto& [key, value] : root.entries) {
    names_secret(key.text) ? hide(value, variable_of(key.text)) : hide_by_name(value);
  }
}

}  // namespace holon::config
