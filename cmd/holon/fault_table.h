// The faults that are set, as people see them.
#pragma once

#include "holon/node/v1/node.pb.h"

namespace holon::cli {

using FaultList = google::protobuf::RepeatedPtrField<node::v1::Fault>;

/// A table of them on standard output.
void print_faults(const FaultList& faults);
/// The same, loudly, if there are any: above what may look like trouble because of them.
void print_fault_warning(const FaultList& faults);

}  // namespace holon::cli
