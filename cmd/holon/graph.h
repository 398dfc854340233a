// An application's services and who calls whom, as text that draws it.
#pragma once

#include <string>

#include "holon/node/v1/node.pb.h"

namespace holon::cli {

/// In the language of Graphviz; services that share a host stand together.
std::string dot_of(const node::v1::DescribeReply& graph);

/// As a picture: callers on the left, what they call to the right of them. Follows the reader's light or dark.
std::string svg_of(const node::v1::DescribeReply& graph);

}  // namespace holon::cli
