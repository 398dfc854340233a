// A unary call, made as often as it takes and may: attempts one after the other while the contract and the budget allow it,
// and a hedge beside an attempt whose answer is late (Dean and Barroso, The Tail at Scale, 2013). The first answer wins.
#pragma once

#include <google/protobuf/message_lite.h>

#include "client/experience.h"
#include "client/outbound.h"

namespace holon::client {

/// Suspends until there is an answer, or none can come.
/// @param method  its index
Result<void> call_unary(Outbound& call, Experience& experience, unsigned method, const google::protobuf::MessageLite& request,
                        google::protobuf::MessageLite& reply);

}  // namespace holon::client
