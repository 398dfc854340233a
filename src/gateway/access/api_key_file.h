// The file of API keys. It has their hashes alone, so that who reads it has no key. Each line:
//
//   ID SHA256-OF-KEY-IN-HEX [NAME=VALUE …]         # blank lines, and those that begin with '#', are skipped
//
// `holon gateway key ID` makes a key and its line.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "env/environment.h"
#include "holon/claims.h"

namespace holon::gateway {

/// Claims of each key, by the SHA-256 of the key. How long looking it up takes tells nothing: nobody can choose a hash.
using ApiKeyTable = std::unordered_map<std::string, Claims>;

/// "keys.txt:7: …" for what is none. @param file  for messages
Result<ApiKeyTable> read_api_keys(const std::string& file, std::string_view text);

struct NewApiKey {
  std::string key;   ///< "holon_…": shown once
  std::string line;  ///< for the file
};
/// A key of 256 random bits. INVALID_ARGUMENT if the id or a claim can't stand in a line of the file.
/// @param claims  "NAME=VALUE"; a name that repeats becomes a list
Result<NewApiKey> make_api_key(const std::string& id, const std::vector<std::string>& claims, env::Environment& world);

}  // namespace holon::gateway
