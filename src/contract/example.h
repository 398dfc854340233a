// An example of a message in JSON: each field once, with a value that says what may stand there.
#pragma once

#include <string>

namespace google::protobuf {
class Descriptor;
}

namespace holon::contract {

/// What Json::parse takes for `type`, a field a line: "", 0, false, an enum's first name, one element of what is repeated,
/// the first member of a oneof. A message inside one of its own kind is {}.
std::string example_json(const google::protobuf::Descriptor& type);

}  // namespace holon::contract
