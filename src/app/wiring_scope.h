// What a Wiring stands on: the scope of one service, as the assembly that constructs it sees it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "holon/generated.h"

namespace holon::internal {

class WiringScope {
 public:
  virtual ~WiringScope() = default;
  virtual const Binding& bind(const ServiceInfo& callee) = 0;
  virtual std::filesystem::path data_directory() const = 0;
  virtual std::string setting(std::string_view name, std::string_view otherwise) const = 0;
  /// Sets what is configured; notes that the service asked for this type. Throws std::runtime_error.
  virtual void config(google::protobuf::Message& into) = 0;
  virtual void background(std::function<Result<void>(Call&)> work) = 0;
};

}  // namespace holon::internal
