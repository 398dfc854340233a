// What a client gets instead of an answer: application/problem+json (RFC 9457).
//
//   {"type":"about:blank","title":"Not Found","status":404,"detail":"no product 7",
//    "code":"NOT_FOUND","message":"no product 7","details":[]}
//
// `code`, `message` and `details` are those of the gRPC status; a problem of HTTP itself has a code that fits.
#pragma once

#include <string>
#include <string_view>

#include "contract/json.h"
#include "holon/result.h"

namespace holon::gateway {

inline constexpr std::string_view problem_type = "application/problem+json";

/// The HTTP status of a gRPC code, as google/rpc/code.proto maps them.
int http_status(Code code);
/// The other way round, for what HTTP refuses before there is a call.
Code code_of_http(int status);

/// @param json  prints the details, where their types are known; others are given in base64
std::string problem_body(int status, const Error& error, const contract::Json& json);

}  // namespace holon::gateway
