#include "crypto/context.h"
#include "crypto/stream.h"
#include "crypto/tls.h"

namespace holon::crypto {
namespace {

struct ClientContext {
  SslContext ssl;
  /// What was agreed under these roots and this certificate; goes with them.
  std::shared_ptr<SessionCache> sessions = std::make_shared<SessionCache>();
};

// The system's roots are OpenSSL's business (SSL_CERT_FILE, SSL_CERT_DIR): a world of our own names a file.
Result<void> trust_roots(SSL_CTX* context, const std::filesystem::path& roots, const FileContents& contents) {
  if (!roots.empty()) return trust(context, roots, contents);
  if (SSL_CTX_set_default_verify_paths(context) == 1) return {};
  return failed_precondition("the system's certificate authorities cannot be read: " + last_reason());
}

Result<std::shared_ptr<ClientContext>> build(const ClientTlsFiles& files, const FileContents& contents) {
  auto context = std::make_shared<ClientContext>();
  context->ssl = make_context(TLS_client_method());
  SSL_CTX* ssl = context->ssl.get();
  HOLON_TRY(trust_roots(ssl, files.roots, contents));
  if (!files.own.certificate.empty()) HOLON_TRY(use_pair(ssl, files.own, contents));
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  const std::string offer = static_cast<char>(files.protocol.size()) + files.protocol;  // in ALPN's form (RFC 7301)
  SSL_CTX_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offer.data()), static_cast<unsigned>(offer.size()));
  prepare_for_streams(ssl);
  return context;
}

std::vector<std::filesystem::path> paths_of(const ClientTlsFiles& files) {
  std::vector<std::filesystem::path> paths;
  if (!files.roots.empty()) paths.push_back(files.roots);
  if (!files.own.certificate.empty()) paths.insert(paths.end(), {files.own.certificate, files.own.key});
  return paths;
}

// A certificate is for IP addresses or for DNS names; only the latter may be asked for (RFC 6066, section 3).
void expect_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(verify, name.c_str()) == 1) return;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl, name.c_str());
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

class FileClientTls final : public ClientTls {
 public:
  FileClientTls(env::Environment& world, const ClientTlsFiles& files)
      : world_(world),
        must_agree_(files.protocol == "h2"),
        context_(world, paths_of(files), [files](const FileContents& contents) { return build(files, contents); }) {}

  Result<void> reload() override { return context_.reload(); }
  std::optional<Error> refresh() override { return context_.refresh(); }

  std::unique_ptr<SecureStream> secure(std::unique_ptr<env::Stream> below, const std::string& server_name,
                                       const std::string& endpoint) override {
    std::shared_ptr<ClientContext> context = context_.get();
    StreamSetup setup{.side = Side::client,
                      .ssl = make_ssl(context->ssl.get()),
                      .owner = context,
                      .server_name = server_name,
                      .needs_http2 = must_agree_,
                      .sessions = context->sessions,
                      .place = server_name + " " + endpoint};
    set_time(setup.ssl.get(), world_);
    expect_name(setup.ssl.get(), server_name);
    if (Session session = context->sessions->take(setup.place)) SSL_set_session(setup.ssl.get(), session.get());
    return make_stream(std::move(setup), std::move(below));
  }

 private:
  env::Environment& world_;
  const bool must_agree_;
  FromFiles<ClientContext> context_;
};

}  // namespace

Result<std::shared_ptr<ClientTls>> ClientTls::load(env::Environment& world, ClientTlsFiles files) {
  if (files.own.certificate.empty() != files.own.key.empty()) {
    return invalid_argument("a client certificate and its key go together: give both, or neither");
  }
  auto tls = std::make_shared<FileClientTls>(world, files);
  HOLON_TRY(tls->reload());
  return std::shared_ptr<ClientTls>(std::move(tls));
}

}  // namespace holon::crypto
