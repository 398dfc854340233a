// What a client gets of a call that has one reply, or of any that failed before its answer began.
#pragma once

#include <google/protobuf/message.h>

#include "contract/json.h"
#include "gateway/transcode/router.h"
#include "gateway/visit.h"
#include "holon/call.h"

namespace holon::gateway {

/// The reply, with the headers and the status that the service's metadata chooses (gateway/headers.h).
void answer(Visit& visit, const Entry& entry, const google::protobuf::Message& reply, const contract::Json& json,
            const Metadata& metadata);

/// The service's error: the status of its code, and `Retry-After` if its details have a google.rpc.RetryInfo.
void fail(Visit& visit, const Error& error);

/// The request could not be read to its end: 413, 408, or what the error's code says.
void refuse_body(Visit& visit, const Error& error);

}  // namespace holon::gateway
