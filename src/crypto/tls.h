// TLS 1.2 and 1.3 over byte streams; by ALPN both sides agree on which HTTP they speak.
//
//   auto tls = TRY(crypto::ServerTls::load(world, {.pairs = {{"cert.pem", "key.pem"}}}));
//   std::unique_ptr<crypto::SecureStream> stream = tls->secure(std::move(accepted));
//   stream->watch(watcher);
//
// A SecureStream shakes hands by itself once it is watched, and tells its watcher nothing before that is over: then it is
// writable like a stream that has connected, or has a `connect_error`, with the reason in `failure`. How long that may
// take is its owner's business.
//
// ServerTls and ClientTls may be used by any thread, and outlive what they secured. They look at their files again when a
// connection is made, at most once a second.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "env/reactor.h"
#include "holon/result.h"

namespace holon::crypto {

/// What a certificate says about its owner.
struct Identity {
  std::string subject;             ///< "CN=cart,O=shop" (RFC 2253)
  std::vector<std::string> names;  ///< subject alternative names: "DNS:cart.shop", "IP:10.0.0.1", "URI:spiffe://…"
};

class SecureStream : public env::Stream {
 public:
  /// Who the other side proved to be. None before the handshake is over, or if it showed no certificate.
  virtual std::optional<Identity> peer_identity() const = 0;
  /// What ALPN chose: "h2" or "http/1.1"; empty if the other side offered nothing, and the first bytes decide.
  virtual std::string_view protocol() const = 0;
  /// "TLSv1.3"
  virtual std::string_view version() const = 0;
  /// Whether the handshake went on from an earlier session.
  virtual bool resumed() const = 0;
};

/// PEM files: a certificate, followed by those between it and its authority; and its private key, without passphrase.
struct KeyPair {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

struct ServerTlsFiles {
  /// Of several, the first whose names fit what the client asked for (SNI) is shown, else the very first.
  std::vector<KeyPair> pairs;
  /// PEM: who may certify clients. If it is given, each client must show such a certificate.
  std::filesystem::path client_ca;
};

class ServerTls {
 public:
  /// INVALID_ARGUMENT or NOT_FOUND with the file and the remedy.
  static Result<std::shared_ptr<ServerTls>> load(env::Environment& world, ServerTlsFiles files);
  virtual ~ServerTls() = default;

  /// Reads the files again, for connections to come. After an error the old certificates stay in use.
  virtual Result<void> reload() = 0;
  /// Reloads if the files changed; looks at most once a second. An error, to be logged, comes once for each change.
  virtual std::optional<Error> refresh() = 0;
  virtual std::unique_ptr<SecureStream> secure(std::unique_ptr<env::Stream> below) = 0;
};

struct ClientTlsFiles {
  /// PEM: whom to trust; the system's authorities if empty.
  std::filesystem::path roots;
  /// What to show a server that asks; none if its paths are empty.
  KeyPair own;
  /// What is spoken above (ALPN): "h2", which the server must agree to, or "http/1.1", which needs no agreement.
  std::string protocol = "h2";
};

class ClientTls {
 public:
  static Result<std::shared_ptr<ClientTls>> load(env::Environment& world, ClientTlsFiles files);
  virtual ~ClientTls() = default;

  virtual Result<void> reload() = 0;
  virtual std::optional<Error> refresh() = 0;
  /// @param server_name  what the server's certificate must be for: a DNS name, or an IP address
  /// @param endpoint     where it answers: sessions are resumed with the same endpoint under the same name
  virtual std::unique_ptr<SecureStream> secure(std::unique_ptr<env::Stream> below, const std::string& server_name,
                                               const std::string& endpoint) = 0;
};

}  // namespace holon::crypto
