// Which headers say who somebody is, and so are taken from what comes from outside: an application behind the gateway may
// believe them if the gateway, or nobody, has set them.
#pragma once

#include <algorithm>
#include <string_view>

namespace holon::gateway {

/// Whole names; those that end in '-' stand for all that begin so. docs/access.md lists them.
constexpr std::string_view identity_headers[] = {
    "holon-", "remote-user", "remote-groups", "remote-name", "remote-email", "x-remote-", "x-forwarded-user",
    "x-forwarded-groups", "x-forwarded-email", "x-forwarded-preferred-username", "x-forwarded-access-token",
    "x-forwarded-client-cert", "x-auth-request-", "x-authenticated-", "x-auth-user", "x-user-id", "x-client-cert",
    "x-client-verify", "x-ssl-", "ssl-client-", "client-cert", "client-cert-chain", "x-jwt-", "x-claim-", "x-userinfo",
    "x-webauth-", "x-goog-authenticated-user-", "x-amzn-oidc-", "x-ms-client-principal", "x-ms-client-principal-",
    "x-endpoint-api-userinfo", "x-consumer-", "x-credential-",
};

/// Whether a header of a request says who somebody is. An underscore counts as '-': for CGI, WSGI and others they are the same.
/// @param name  in lower case
inline bool is_identity_header(std::string_view name) {
  auto same = [](char a, char b) { return a == (b == '_' ? '-' : b); };
  return std::any_of(std::begin(identity_headers), std::end(identity_headers), [&](std::string_view known) {
    if (known.ends_with('-') ? name.size() < known.size() : name.size() != known.size()) return false;
    return std::equal(known.begin(), known.end(), name.begin(), same);
  });
}

}  // namespace holon::gateway
