// ApiKeys: a file of keys that may enter. It has their hashes alone, so that who reads it has no key. Each line:
//
//   ID SHA256-OF-KEY-IN-HEX [NAME=VALUE …]         # blank lines, and those that begin with '#', are skipped
//
// `holon gateway key ID` makes a key and its line. The file is read again within a second of its change; one that can't be
// read leaves those before in use. Used by all loops.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crypto/from_files.h"
#include "env/environment.h"
#include "gateway/access/refusal.h"
#include "gateway/config.h"
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

class ApiKeys {
 public:
  ApiKeys(const ApiKeyConfig& config, env::Environment& world);

  Result<void> start() { return table_.reload(); }
  const ApiKeyConfig& config() const { return config_; }
  /// The claims of whom the key is, with its id as the subject.
  std::optional<Refusal> verify(std::string_view key, Claims& into);

 private:
  ApiKeyConfig config_;
  crypto::FromFiles<const ApiKeyTable> table_;
};

}  // namespace holon::gateway
