// The OpenAPI 3.1 document of services: all that their contracts say of their HTTP routes, with their comments.
//
//   std::string json = openapi({service}, {.title = "shop", .version = "1", .servers = {"https://shop.example"}});
//
// docs/openapi.md says what becomes of what. A pure function of descriptors; any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace google::protobuf {
class ServiceDescriptor;
}

namespace holon::contract {

/// One way by which a client may prove who it is.
struct OpenApiSecurity {
  std::string name;  ///< of the scheme: "staff"
  enum class Kind {
    bearer_jwt,  ///< a token in `Authorization: Bearer …`
    header,      ///< a key or token in the header `field`
    cookie,      ///< the same in the cookie `field`
  };
  Kind kind = Kind::bearer_jwt;
  std::string field = {};
  std::string description = {};
};

/// What contracts do not know.
struct OpenApiOptions {
  std::string title = "API";
  std::string version = "1";
  std::string description = {};
  std::vector<std::string> servers;       ///< base URLs; none: where the document comes from
  std::vector<OpenApiSecurity> security;  ///< each of them suffices; none: everybody may call
  bool security_optional = false;         ///< who proves nothing may call too
};

/// Routes with mistakes, which check() names, are left out. Lines end in "\n".
std::string openapi(std::span<const google::protobuf::ServiceDescriptor* const> services, const OpenApiOptions& options);

}  // namespace holon::contract
