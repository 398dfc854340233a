// The HTTP routes of a method, as its `(google.api.http)` option has them.
#pragma once

#include <string>
#include <vector>

#include "contract/http_rule.h"

namespace google::protobuf {
class MethodDescriptor;
}

namespace holon::contract {

/// Where in the value of the option something stands.
struct RulePlace {
  std::vector<int> path;      ///< fields by their numbers, repeated ones with an index: {11, 0, 2} is additional_bindings[0].get
  std::size_t character = 0;  ///< of the text that stands there, from 1; 0: all of it
};

struct Route {
  std::string http_method;  ///< "GET"; "*" is any
  PathTemplate path;
  std::string body;           ///< the field the HTTP body fills; "*" is the whole request, "" is no body
  std::string response_body;  ///< the field of the reply that is sent; "" is the whole reply
  RulePlace place;            ///< of the path
};

struct RouteMistake {
  std::string what;  ///< and how to mend it
  RulePlace place;
};

struct Routes {
  std::vector<Route> routes;           ///< those without a mistake; their fields exist and have types a path can fill
  std::vector<RouteMistake> mistakes;  ///< of the others
};

/// Reads and checks a method's routes, additional bindings included. None if it has no such option.
Routes routes_of(const google::protobuf::MethodDescriptor& method);

}  // namespace holon::contract
