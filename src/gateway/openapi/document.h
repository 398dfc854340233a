// OpenApiDocument: the OpenAPI document of the contracts behind the gateway, made once and served with an entity tag.
#pragma once

#include <string>

#include "gateway/visit.h"

namespace holon::gateway {

class OpenApiDocument final : public Destination {
 public:
  /// @param json  what contract::openapi gives
  explicit OpenApiDocument(std::string json);

  void serve(Visit& visit) const override;

 private:
  std::string json_;
  std::string etag_;
};

}  // namespace holon::gateway
