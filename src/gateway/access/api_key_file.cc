#include "gateway/access/api_key_file.h"

#include <algorithm>
#include <map>
#include <optional>

#include "contract/json.h"
#include "crypto/hash.h"
#include "gateway/access/base64url.h"

namespace holon::gateway {
namespace {

constexpr std::string_view key_prefix = "holon_";  // so that searches for secrets in repositories find it
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string hex(std::string_view bytes) {
  std::string text;
  for (unsigned char byte : bytes) {
    text += hex_digits[byte >> 4];
    text += hex_digits[byte & 15];
  }
  return text;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() != 2 * crypto::sha256_bytes) return {};
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = hex_digits.find(text[i]);
    const std::size_t low = hex_digits.find(text[i + 1]);
    if (high == hex_digits.npos || low == hex_digits.npos) return {};
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t start = line.find_first_not_of(" \t\r");
    if (start == line.npos) return words;
    line.remove_prefix(start);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// A word of the file: no blanks, nothing invisible.
bool is_word(std::string_view text) {
  auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
  return !text.empty() && std::all_of(text.begin(), text.end(), visible);
}

/// {"sub":ID,"scope":["read","write"]}
Result<Claims> claims_of(const std::string& id, const std::vector<std::string>& pairs) {
  std::map<std::string, std::vector<std::string>> values;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos || equals == 0 || !is_word(pair)) {
      return invalid_argument("\"" + pair + "\" is no NAME=VALUE without blanks; a list is NAME=ONE NAME=OTHER");
    }
    if (pair.substr(0, equals) == "sub") return invalid_argument("sub is the key's id, and no claim beside it");
    values[pair.substr(0, equals)].push_back(pair.substr(equals + 1));
  }
  std::string json = "{\"sub\":" + contract::json_quote(id);
  for (const auto& [name, all] : values) {
    json += "," + contract::json_quote(name) + ":";
    if (all.size() == 1) json += contract::json_quote(all[0]);
    for (std::size_t i = 0; all.size() > 1 && i < all.size(); ++i) json += (i == 0 ? "[" : ",") + contract::json_quote(all[i]);
    if (all.size() > 1) json += "]";
  }
  return Claims::from_json(json + "}");
}

Result<void> read_line(std::string_view line, ApiKeyTable& into) {
  const std::vector<std::string> words = words_of(line);
  if (words.empty() || words[0].starts_with('#')) return {};
  if (!is_word(words[0])) return invalid_argument("an id is of visible characters of ASCII");
  std::optional<std::string> hash = unhex(words.size() > 1 ? words[1] : "");
  if (!hash) {
    return invalid_argument(
        "after the id comes the SHA-256 of the key, 64 lower-case hex digits: holon gateway key makes a line");
  }
  Claims claims = HOLON_TRY(claims_of(words[0], {words.begin() + 2, words.end()}));
  if (!into.emplace(std::move(*hash), std::move(claims)).second) return invalid_argument("the same key as in a line before");
  return {};
}

}  // namespace

Result<ApiKeyTable> read_api_keys(const std::string& file, std::string_view text) {
  ApiKeyTable table;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Result<void> read = read_line(text.substr(0, end), table);
    if (!read.ok()) return invalid_argument(file + ":" + std::to_string(number) + ": " + read.error().message());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return table;
}

Result<NewApiKey> make_api_key(const std::string& id, const std::vector<std::string>& claims, env::Environment& world) {
  const bool fits = is_word(id) && !id.starts_with('#');
  if (!fits) return invalid_argument("an id is of visible characters of ASCII, and begins with no #");
  (void)HOLON_TRY(claims_of(id, claims));
  std::string secret;
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t bits = world.random();
    secret.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  }
  NewApiKey made;
  made.key = std::string(key_prefix) + base64url_encode(secret);
  made.line = id + " " + hex(crypto::sha256(made.key));
  for (const std::string& claim : claims) made.line += " " + claim;
  return made;
}

}  // namespace holon::gateway
