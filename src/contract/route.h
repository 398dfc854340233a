// The HTTP routes of a method, as its `(google.api.http)` option has them.
#pragma once

#include <string>
#include <vector>

#include "contract/http_rule.h"

namespace google::protobuf {
class MethodDescriptor;
}

namespace holon::contract {

struct Route {
  std::string http_method;  ///< "GET"; "*" is any
  PathTemplate path;
  std::string body;           ///< the field the HTTP body fills; "*" is the whole request, "" is no body
  std::string response_body;  ///< the field of the reply that is sent; "" is the whole reply
};

struct Routes {
  std::vector<Route> routes;          ///< those without a mistake; their fields exist and have types a path can fill
  std::vector<std::string> mistakes;  ///< what is wrong with the others, and how to mend it
};

/// Reads and checks a method's routes, additional bindings included. None if it has no such option.
Routes routes_of(const google::protobuf::MethodDescriptor& method);

}  // namespace holon::contract
