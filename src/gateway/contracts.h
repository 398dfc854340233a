// Contracts: what the gateway knows of the services behind it, from the manifests of their programs: messages without
// generated code, and the routes to their methods.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/catalog.h"
#include "gateway/transcode/router.h"
#include "holon/node/v1/node.pb.h"
#include "holon/result.h"

namespace google::protobuf {
class ServiceDescriptor;
}

namespace holon::gateway {

/// Does not change once loaded: any number of threads may use it.
class Contracts {
 public:
  /// INVALID_ARGUMENT names the file or route that is wrong.
  static Result<Contracts> load(const holon::node::v1::Manifest& manifest);

  const Router& router() const { return router_; }
  const contract::Catalog& catalog() const { return catalog_; }
  const contract::Json& json() const { return catalog_.json(); }
  /// Those of the manifest. gRPC leads to all of them, HTTP to methods that have routes.
  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const { return services_; }

  std::unique_ptr<google::protobuf::Message> make(const google::protobuf::Descriptor& type) const { return catalog_.make(type); }

 private:
  Contracts() = default;
  Result<void> add_service(const std::string& name);

  contract::Catalog catalog_;
  Router router_;
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
};

}  // namespace holon::gateway
