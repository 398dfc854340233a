// ReflectionClient: asks any gRPC server for its contracts, by grpc.reflection.v1, or v1alpha where that is all there is.
//
//   app::ReflectionClient server(client);
//   for (const std::string& name : TRY(server.services(call))) …
//   TRY(server.learn(call, "shop.Cart", catalog));       // its file, and all that it imports
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/catalog.h"
#include "holon/client.h"

namespace grpc::reflection::v1 {
class ServerReflectionRequest;
class ServerReflectionResponse;
}  // namespace grpc::reflection::v1

namespace holon::app {

class ReflectionClient {
 public:
  /// @param client  leads to the server, and outlives this
  explicit ReflectionClient(Client& client);

  /// The full names of what it serves. UNIMPLEMENTED, in words for people, if it has no reflection.
  Result<std::vector<std::string>> services(Call& call);
  /// Adds the file that has `symbol` (a service, a message) to `catalog`. NOT_FOUND if the server does not know it.
  Result<void> learn(Call& call, const std::string& symbol, contract::Catalog& catalog);

 private:
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;

  Result<Response> ask(Call& call, const Request& request);
  Result<Response> ask(Call& call, const Request& request, const internal::Binding& version);
  Result<contract::Catalog::Files> files(Call& call, const Request& request);

  std::vector<const internal::Binding*> versions_;  ///< those that it may have: one, once it is known which
};

}  // namespace holon::app
