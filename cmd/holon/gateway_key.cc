// `holon gateway key`: makes an API key for the gateway.
#include <cstdio>

#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "gateway/access/api_key_file.h"

namespace holon::cli {

// The line alone goes to standard output, so that `>> keys.txt` keeps it; the key is seen once.
int gateway_key(const GatewayKeyOptions& options) {
  Result<gateway::NewApiKey> made = gateway::make_api_key(options.id, options.claims, env::os());
  if (!made.ok()) {
    std::fprintf(stderr, "holon gateway key: %s\n", made.error().message().c_str());
    return misused;
  }
  if (options.json) {
    std::printf("{\"key\":%s,\"line\":%s}\n", contract::json_quote(made->key).c_str(), contract::json_quote(made->line).c_str());
    return succeeded;
  }
  std::fprintf(stderr, "The key, shown this once and kept nowhere:\n  %s\nIts line for the file of keys:\n", made->key.c_str());
  std::printf("%s\n", made->line.c_str());
  return succeeded;
}

}  // namespace holon::cli
