#include "gateway/contracts.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include "contract/route.h"

namespace holon::gateway {
namespace {

/// Gathers what protobuf finds wrong in a file.
class Complaints final : public google::protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    text_ += (text_.empty() ? "" : "; ") + file + ": " + element + ": " + message;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

Contracts::Contracts()
    : pool_(std::make_unique<google::protobuf::DescriptorPool>()),
      factory_(std::make_unique<google::protobuf::DynamicMessageFactory>(pool_.get())),
      json_(std::make_unique<contract::Json>(*pool_)) {}
Contracts::~Contracts() = default;
Contracts::Contracts(Contracts&&) noexcept = default;

Result<Contracts> Contracts::load(const holon::node::v1::Manifest& manifest) {
  Contracts contracts;
  HOLON_TRY(contracts.add_files(manifest.contracts()));
  for (const auto& service : manifest.services()) HOLON_TRY(contracts.add_service(service.contract()));
  return contracts;
}

Result<void> Contracts::add_files(const google::protobuf::FileDescriptorSet& files) {
  for (const auto& file : files.file()) {
    if (pool_->FindFileByName(file.name()) != nullptr) continue;
    Complaints complaints;
    if (pool_->BuildFileCollectingErrors(file, &complaints) == nullptr) {
      return invalid_argument("the contract " + file.name() + " can't be used: " + complaints.text());
    }
  }
  return {};
}

Result<void> Contracts::add_service(const std::string& name) {
  const google::protobuf::ServiceDescriptor* service = pool_->FindServiceByName(name);
  if (service == nullptr) return invalid_argument("the manifest has the service " + name + ", but no contract of it");
  bool routed = false;
  for (int i = 0; i < service->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service->method(i);
    contract::Routes routes = contract::routes_of(method);
    if (!routes.mistakes.empty()) return invalid_argument(method.full_name() + ": " + routes.mistakes[0]);
    for (contract::Route& route : routes.routes) {
      HOLON_TRY(router_.add({std::move(route), &method}));
      routed = true;
    }
  }
  if (routed) services_.push_back(service);
  return {};
}

std::unique_ptr<google::protobuf::Message> Contracts::make(const google::protobuf::Descriptor& type) const {
  return std::unique_ptr<google::protobuf::Message>(factory_->GetPrototype(&type)->New());
}

}  // namespace holon::gateway
