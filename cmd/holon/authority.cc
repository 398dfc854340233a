// `holon authority`: makes the authority that certifies the hosts of an application of several nodes.
#include <cstdio>

#include "cmd/holon/verbs.h"
#include "contract/json.h"
#include "crypto/authority.h"

namespace holon::cli {

int make_authority(const AuthorityOptions& options) {
  const auto made = [&]() -> Result<void> {
    return HOLON_TRY(crypto::Authority::create(env::os(), options.name)).save(options.folder);
  }();
  if (!made.ok()) {
    std::fprintf(stderr, "holon authority: %s\n", made.error().message().c_str());
    return misused;
  }
  const std::string certificate = (options.folder / "authority.pem").string(), key = (options.folder / "authority.key").string();
  if (options.json) {
    std::printf("{\"certificate\":%s,\"key\":%s}\n", contract::json_quote(certificate).c_str(), contract::json_quote(key).c_str());
  } else {
    std::printf("made %s and %s: give both to each node, and keep the key to yourself\n", certificate.c_str(), key.c_str());
  }
  return succeeded;
}

}  // namespace holon::cli
