// The manifest of a program: what it serves and calls, told without running anything.
#pragma once

#include "app/assembly.h"
#include "holon/node/v1/node.pb.h"

namespace holon::app {

node::v1::Manifest manifest_of(const Assembly& assembly);

}  // namespace holon::app
