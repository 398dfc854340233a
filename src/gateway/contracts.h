// Contracts: what the gateway knows of the services behind it, from the manifests of their programs: messages without
// generated code, and the routes to their methods.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/json.h"
#include "gateway/transcode/router.h"
#include "holon/node/v1/node.pb.h"
#include "holon/result.h"

namespace google::protobuf {
class DescriptorPool;
class DynamicMessageFactory;
class ServiceDescriptor;
}

namespace holon::gateway {

class Contracts {
 public:
  /// INVALID_ARGUMENT names the file or route that is wrong.
  static Result<Contracts> load(const holon::node::v1::Manifest& manifest);
  ~Contracts();
  Contracts(Contracts&&) noexcept;

  const Router& router() const { return router_; }
  const contract::Json& json() const { return *json_; }
  /// The services that have routes.
  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const { return services_; }

  /// A fresh message. Any thread.
  std::unique_ptr<google::protobuf::Message> make(const google::protobuf::Descriptor& type) const;

 private:
  Contracts();
  Result<void> add_files(const google::protobuf::FileDescriptorSet& files);
  Result<void> add_service(const std::string& name);

  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory> factory_;  // before what it made, after whose types it has
  std::unique_ptr<contract::Json> json_;
  Router router_;
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
};

}  // namespace holon::gateway
