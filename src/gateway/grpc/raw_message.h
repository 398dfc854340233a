// RawMessage: a message that only keeps its bytes. What passes through is neither parsed nor printed.
#pragma once

#include <google/protobuf/implicit_weak_message.h>

namespace holon::gateway {

/// protobuf's own, for types that a program does not link; one of ours could not be fed, since what it is fed by is private.
using RawMessage = google::protobuf::internal::ImplicitWeakMessage;

}  // namespace holon::gateway
