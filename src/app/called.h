// From what a node says of how services are called to what a host's calls go by.
#pragma once

#include "client/terms.h"
#include "holon/node/v1/node.pb.h"

namespace holon::app {

client::SaidOfServices said_of(const google::protobuf::RepeatedPtrField<node::v1::CalledService>& called);

}  // namespace holon::app
