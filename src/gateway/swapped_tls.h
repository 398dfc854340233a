// SwappedTls: the TLS of a listener whose certificates can be replaced by others while it listens.
#pragma once

#include <mutex>
#include <vector>

#include "crypto/tls.h"
#include "gateway/config.h"

namespace holon::gateway {

class SwappedTls final : public crypto::ServerTls {
 public:
  /// Reads the certificates. Errors name the file and the remedy.
  static Result<std::shared_ptr<ServerTls>> load(env::Environment& world, const ListenConfig& config) {
    crypto::ServerTlsFiles files{.pairs = {}, .client_ca = config.client_ca};
    for (const CertificateConfig& pair : config.certificates) files.pairs.push_back({pair.certificate, pair.key});
    return crypto::ServerTls::load(world, std::move(files));
  }

  explicit SwappedTls(std::shared_ptr<ServerTls> first) : all_({std::move(first)}) {}

  /// For connections to come. Those that are there keep theirs, so none is ever let go: there is one for each time that the
  /// configuration names other files.
  void use(std::shared_ptr<ServerTls> next) {
    const std::scoped_lock lock(mutex_);
    all_.push_back(std::move(next));
  }

  Result<void> reload() override { return now().reload(); }
  std::optional<Error> refresh() override { return now().refresh(); }
  std::unique_ptr<crypto::SecureStream> secure(std::unique_ptr<env::Stream> below) override {
    return now().secure(std::move(below));
  }

 private:
  ServerTls& now() {
    const std::scoped_lock lock(mutex_);
    return *all_.back();
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<ServerTls>> all_;
};

}  // namespace holon::gateway
