#include "client/endpoints.h"

namespace holon::client {
namespace {

constexpr std::string_view tls_prefix = "tls:";

/// "localhost" of "localhost:50051", "::1" of "[::1]:50051".
std::string host_of(std::string_view text, const env::Address& address) {
  if (address.kind != env::Address::Kind::ip) return "localhost";
  std::string_view host = text.substr(0, text.rfind(':'));
  return host.starts_with('[') ? address.host : std::string(host);
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text, std::shared_ptr<crypto::ClientTls> tls, std::string server_name) {
  bool secure = text.starts_with(tls_prefix);
  if (secure) text.remove_prefix(tls_prefix.size());
  Endpoint endpoint(HOLON_TRY(env::Address::parse(text)));
  if (!secure) return endpoint;
  if (tls == nullptr) return invalid_argument("tls:" + std::string(text) + " needs to know whom to trust: give it TlsOptions");
  endpoint.tls = std::move(tls);
  endpoint.server_name = server_name.empty() ? host_of(text, endpoint.address) : std::move(server_name);
  return endpoint;
}

std::string Endpoint::to_string() const { return (tls != nullptr ? "tls:" : "") + address.to_string(); }

}  // namespace holon::client
