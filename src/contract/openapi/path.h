// The path of a route as OpenAPI has paths: each parameter is one segment, so "/v1/{name=shelves/*/books/*}:copy" becomes
// "/v1/shelves/{name-1}/books/{name-2}:copy".
#pragma once

#include <string>
#include <vector>

#include "contract/http_rule.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace holon::contract {

struct OpenApiParameter {
  std::string name;                                  ///< "name-1": JSON's name of the field, numbered if it is one part of several
  const google::protobuf::FieldDescriptor* field;    ///< that it fills, alone or with others; null for a wildcard outside of {}
  std::string note;                                  ///< what its name does not say, for people; or empty
  bool many;                                         ///< it may have slashes
};

struct OpenApiPath {
  std::string text;
  std::vector<OpenApiParameter> parameters;  ///< in the order of the path
};

/// @param request  has the fields of the path's variables
OpenApiPath openapi_path(const PathTemplate& path, const google::protobuf::Descriptor& request);

/// Puts other names into `path`, in their order: two templates that match the same paths are one path in OpenAPI.
void rename_parameters(OpenApiPath& path, const std::vector<OpenApiParameter>& names);

/// "/v1/shelves/{}/books/{}:copy": what tells paths of OpenAPI apart.
std::string without_names(const OpenApiPath& path);

}  // namespace holon::contract
