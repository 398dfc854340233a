#include "gateway/access/api_keys.h"

#include "crypto/hash.h"
#include "holon/log.h"

namespace holon::gateway {
namespace {

constexpr std::size_t key_bytes_max = 256;

}  // namespace

ApiKeys::ApiKeys(const ApiKeyConfig& config, env::Environment& world)
    : config_(config), table_(world, {config.file}, [file = config.file](const crypto::FileContents& contents) {
        Result<ApiKeyTable> table = read_api_keys(file, contents.begin()->second);
        if (!table.ok()) return Result<std::shared_ptr<const ApiKeyTable>>(table.error());
        return Result<std::shared_ptr<const ApiKeyTable>>(std::make_shared<const ApiKeyTable>(std::move(*table)));
      }) {}

std::optional<Refusal> ApiKeys::verify(std::string_view key, Claims& into) {
  if (std::optional<Error> error = table_.refresh()) {
    log::write(log::Level::warning, "the API keys were not read again", {{"file", config_.file}, {"why", error->message()}});
  }
  if (key.size() > key_bytes_max) return Refusal{"gateway.api_key.too_large", "a key of more than 256 bytes"};
  const std::shared_ptr<const ApiKeyTable> table = table_.get();
  auto found = table->find(crypto::sha256(key));
  if (found == table->end()) return Refusal{"gateway.api_key.unknown", "no such key"};
  into = found->second;
  return {};
}

}  // namespace holon::gateway
