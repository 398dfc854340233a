// One operation of the document: what a method's route takes and gives.
#pragma once

#include "contract/openapi/path.h"
#include "contract/openapi/schemas.h"
#include "contract/route.h"

namespace google::protobuf {
class MethodDescriptor;
}

namespace holon::contract {

/// @param http_method  "GET"; one that takes no body gets none, whatever the route says
/// @param id           the operationId
JsonValue openapi_operation(const google::protobuf::MethodDescriptor& method, const Route& route, const OpenApiPath& path,
                            const std::string& http_method, const std::string& id, Schemas& schemas);

}  // namespace holon::contract
