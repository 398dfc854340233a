#include "gateway/problem.h"

#include <google/protobuf/descriptor.h>

#include "google/rpc/status.pb.h"
#include "wire/grpc.h"
#include "wire/http1.h"

namespace holon::gateway {
namespace {

/// Prints what holon itself knows, whether or not a contract does: google.rpc.RetryInfo and its like.
const contract::Json& own_json() {
  static const contract::Json json(*google::protobuf::DescriptorPool::generated_pool());
  return json;
}

std::string detail_json(const google::protobuf::Any& detail, const contract::Json& json) {
  if (auto text = json.print(detail); text.ok()) return *std::move(text);
  if (auto text = own_json().print(detail); text.ok()) return *std::move(text);
  std::string value = wire::base64_encode(detail.value());
  while (value.size() % 4 != 0) value += '=';
  return "{\"@type\":" + contract::json_quote(detail.type_url()) + ",\"value\":" + contract::json_quote(value) + "}";
}

/// The details of a serialized google.rpc.Status, as a JSON array.
std::string details_json(const std::string& serialized, const contract::Json& json) {
  google::rpc::Status status;
  std::string array = "[";
  if (status.ParseFromString(serialized)) {
    for (const google::protobuf::Any& detail : status.details()) {
      if (array.size() > 1) array += ',';
      array += detail_json(detail, json);
    }
  }
  return array + "]";
}

}  // namespace

int http_status(Code code) {
  switch (code) {
    case Code::ok: return 200;
    case Code::cancelled: return 499;
    case Code::invalid_argument:
    case Code::failed_precondition:
    case Code::out_of_range: return 400;
    case Code::unauthenticated: return 401;
    case Code::permission_denied: return 403;
    case Code::not_found: return 404;
    case Code::already_exists:
    case Code::aborted: return 409;
    case Code::resource_exhausted: return 429;
    case Code::unimplemented: return 501;
    case Code::unavailable: return 503;
    case Code::deadline_exceeded: return 504;
    case Code::unknown:
    case Code::internal:
    case Code::data_loss: return 500;
  }
  return 500;
}

Code code_of_http(int status) {
  switch (status) {
    case 401: return Code::unauthenticated;
    case 403: return Code::permission_denied;
    case 404: return Code::not_found;
    case 405:
    case 501: return Code::unimplemented;
    case 408: return Code::deadline_exceeded;
    case 413:
    case 431: return Code::resource_exhausted;
    case 503: return Code::unavailable;
    default: return status >= 500 ? Code::internal : Code::invalid_argument;
  }
}

std::string problem_body(int status, const Error& error, const contract::Json& json) {
  const std::string_view reason = wire::reason_phrase(status);
  const std::string title = contract::json_quote(reason.empty() ? code_name(error.code()) : reason);
  const std::string message = contract::json_quote(error.message());
  return "{\"type\":\"about:blank\",\"title\":" + title + ",\"status\":" + std::to_string(status) +
         ",\"detail\":" + message + ",\"code\":" + contract::json_quote(code_name(error.code())) +
         ",\"message\":" + message + ",\"details\":" + details_json(error.details(), json) + "}\n";
}

}  // namespace holon::gateway
