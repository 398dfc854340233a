// From what a node says of who may call what to what a host goes by.
#pragma once

#include "holon/node/v1/node.pb.h"
#include "identity/policy.h"

namespace holon::app {

identity::Policy policy_of(const node::v1::Permissions& permissions);

}  // namespace holon::app
