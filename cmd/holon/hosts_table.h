// The hosts of an application as people see them.
#pragma once

#include <string>

#include "cmd/holon/terminal.h"
#include "holon/node/v1/node.pb.h"

namespace holon::cli {

/// A table of them on standard output, and their warnings.
void print_hosts(const google::protobuf::RepeatedPtrField<node::v1::HostState>& hosts);
/// A message for each host for which something of holon.yaml does not hold.
void say_warnings(const google::protobuf::RepeatedPtrField<node::v1::HostState>& hosts);

/// A line that says of which nodes nothing was shown; none if there are no others.
void print_elsewhere(const google::protobuf::RepeatedPtrField<std::string>& nodes);

/// What a host's state means: good, doubtful or bad.
Tone tone_of(const std::string& state);

/// "a, b": each word once, empty ones left out.
std::string listed_once(const google::protobuf::RepeatedPtrField<std::string>& words);

}  // namespace holon::cli
