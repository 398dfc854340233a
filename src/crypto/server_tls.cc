#include <algorithm>

#include "crypto/context.h"
#include "crypto/stream.h"
#include "crypto/tls.h"

namespace holon::crypto {
namespace {

// In ALPN's form (RFC 7301): lengths before names. The first that the client offers too is chosen.
constexpr unsigned char protocols[] = "\x02h2\x08http/1.1";

/// A context for each pair. The first takes all connections, and passes on those that call another's name.
struct ServerContexts {
  std::vector<SslContext> each;
};

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* found = nullptr;
  int outcome = SSL_select_next_proto(&found, size, protocols, sizeof protocols - 1, offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int choose_certificate(SSL* ssl, int*, void* of) {
  const char* wanted = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (wanted == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (const SslContext& context : static_cast<ServerContexts*>(of)->each) {
    if (X509_check_host(SSL_CTX_get0_certificate(context.get()), wanted, 0, 0, nullptr) != 1) continue;
    SSL_set_SSL_CTX(ssl, context.get());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;  // the first one's certificate: the client decides
}

Result<void> ask_clients(SSL_CTX* context, const std::filesystem::path& authorities, const FileContents& contents) {
  HOLON_TRY(trust(context, authorities, contents));
  for (const Certificate& each : HOLON_TRY(read_certificates(authorities.string(), contents.at(authorities)))) {
    SSL_CTX_add_client_CA(context, each.get());  // which the client is told, so that it can choose
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

Result<SslContext> make_server_context(const ServerTlsFiles& files, const KeyPair& pair, const FileContents& contents) {
  SslContext context = make_context(TLS_server_method());
  HOLON_TRY(use_pair(context.get(), pair, contents));
  if (!files.client_ca.empty()) HOLON_TRY(ask_clients(context.get(), files.client_ca, contents));
  // Sessions are in tickets, under keys that die with the context: so none outlives the certificates it began under.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>("holon"), 5);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  prepare_for_streams(context.get());
  return context;
}

Result<std::shared_ptr<ServerContexts>> build(const ServerTlsFiles& files, const FileContents& contents) {
  auto contexts = std::make_shared<ServerContexts>();
  for (const KeyPair& pair : files.pairs) {
    contexts->each.push_back(HOLON_TRY(make_server_context(files, pair, contents)));
  }
  SSL_CTX* first = contexts->each.front().get();
  SSL_CTX_set_tlsext_servername_callback(first, choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(first, contexts.get());
  return contexts;
}

std::vector<std::filesystem::path> paths_of(const ServerTlsFiles& files) {
  std::vector<std::filesystem::path> paths;
  for (const KeyPair& pair : files.pairs) paths.insert(paths.end(), {pair.certificate, pair.key});
  if (!files.client_ca.empty()) paths.push_back(files.client_ca);
  return paths;
}

class FileServerTls final : public ServerTls {
 public:
  FileServerTls(env::Environment& world, const ServerTlsFiles& files)
      : world_(world),
        contexts_(world, paths_of(files), [files](const FileContents& contents) { return build(files, contents); }) {}

  Result<void> reload() override { return contexts_.reload(); }
  std::optional<Error> refresh() override { return contexts_.refresh(); }

  std::unique_ptr<SecureStream> secure(std::unique_ptr<env::Stream> below) override {
    std::shared_ptr<ServerContexts> contexts = contexts_.get();
    StreamSetup setup{.side = Side::server, .ssl = make_ssl(contexts->each.front().get()), .owner = contexts};
    set_time(setup.ssl.get(), world_);
    return make_stream(std::move(setup), std::move(below));
  }

 private:
  env::Environment& world_;
  FromFiles<ServerContexts> contexts_;
};

}  // namespace

Result<std::shared_ptr<ServerTls>> ServerTls::load(env::Environment& world, ServerTlsFiles files) {
  if (files.pairs.empty()) return invalid_argument("TLS needs a certificate and its key");
  auto tls = std::make_shared<FileServerTls>(world, files);
  HOLON_TRY(tls->reload());
  return std::shared_ptr<ServerTls>(std::move(tls));
}

}  // namespace holon::crypto
