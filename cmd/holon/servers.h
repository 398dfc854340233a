// The gRPC servers that `call` and `describe` speak to, and their contracts: one by its address, which tells them itself, or those of
// an application that runs here, whose node has them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/reflection_client.h"
#include "cmd/holon/link.h"
#include "cmd/holon/verbs.h"
#include "contract/catalog.h"
#include "holon/client.h"

namespace google::protobuf {
class Descriptor;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace holon::cli {

struct MethodName {
  std::string service;  ///< "shop.Cart"
  std::string method;   ///< "GetCart"
};
/// INVALID_ARGUMENT if it is not written as "shop.Cart/GetCart".
Result<MethodName> parse_method(const std::string& text);

class Servers {
 public:
  /// INVALID_ARGUMENT for what was written wrong; UNAVAILABLE if no application runs here.
  static Result<Servers> find(const ServerOptions& options);

  /// Full names of the services that can be called.
  Result<std::vector<std::string>> services(Call& call);
  /// NOT_FOUND with the nearest name there is.
  Result<const google::protobuf::ServiceDescriptor*> service(Call& call, const std::string& name);
  Result<const google::protobuf::MethodDescriptor*> method(Call& call, const MethodName& name);
  /// Null if no server knows such a message.
  Result<const google::protobuf::Descriptor*> message(Call& call, const std::string& name);
  /// The one that answers for a service which `service` found.
  Client& client(const std::string& service);
  /// "127.0.0.1:50051"
  const std::string& address(const std::string& service);

  const contract::Catalog& catalog() const { return catalog_; }

 private:
  struct Server {
    Server(const std::string& where, const TlsOptions& tls)
        : address(where), client(where, {.tls = tls}), reflection(client) {}
    std::string address;
    Client client;
    app::ReflectionClient reflection;
    std::vector<std::string> services;  ///< of an application; otherwise the server is asked
  };

  static Error explained(const Error& why, const Server& server);
  static Result<std::unique_ptr<Server>> connect(const std::string& address, const TlsOptions& tls);
  Result<void> find_in_application(const std::filesystem::path& file);
  Server* server(const std::string& service);
  Result<void> learn(Call& call, Server& server, const std::string& symbol);
  Result<void> learn_by_reflection(Call& call, Server& server, const std::string& symbol);
  Result<void> learn_from_node(Call& call, const std::string& symbol);
  Result<void> learn_own(Call& call, const std::string& service);

  std::vector<std::unique_ptr<Server>> servers_;
  std::unique_ptr<NodeLink> node_;  ///< of an application
  contract::Catalog catalog_;
  bool one_ = false;                  ///< by its address: it has whatever is asked for
  std::vector<std::string> compiled_;  ///< services of the contract files, if such were given
  bool by_files_ = false;
};

/// "; did you mean shop.Cart?", as config::suggestion, but a name's last part is near to it too.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace holon::cli
