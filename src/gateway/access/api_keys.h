// ApiKeys: a file of keys that may enter (api_key_file.h). It is read again within a second of its change; one that can't be
// read leaves those before in use. Used by all loops.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/from_files.h"
#include "env/environment.h"
#include "gateway/access/api_key_file.h"
#include "gateway/access/refusal.h"
#include "gateway/config.h"
#include "holon/claims.h"

namespace holon::gateway {

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
