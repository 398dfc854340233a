// Faults as the node's contract has them.
#pragma once

#include "env/environment.h"
#include "faults/rule.h"
#include "holon/node/v1/node.pb.h"

namespace holon::app {

/// What calls go by; its end is not set.
faults::Rule rule_of(const node::v1::Fault& fault);
/// When it ends, on the monotonic clock.
env::Time end_of(const node::v1::Fault& fault, env::Environment& world);

}  // namespace holon::app
