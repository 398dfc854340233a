#include "gateway/transcode/answers.h"

#include <optional>

#include "gateway/headers.h"
#include "gateway/transcode/transcode.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace holon::gateway {
namespace {

/// Seconds, rounded up; nothing if the service does not say.
std::optional<std::int64_t> retry_after(const Error& error) {
  google::rpc::Status status;
  if (error.details().empty() || !status.ParseFromString(error.details())) return std::nullopt;
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::RetryInfo retry;
    if (!detail.UnpackTo(&retry) || !retry.has_retry_delay()) continue;
    const auto& delay = retry.retry_delay();
    if (delay.seconds() >= 0 && delay.nanos() >= 0) return delay.seconds() + (delay.nanos() > 0 ? 1 : 0);
  }
  return std::nullopt;
}

}  // namespace

void answer(Visit& visit, const Entry& entry, const google::protobuf::Message& reply, const contract::Json& json,
            const Metadata& metadata) {
  Result<Outgoing> outgoing = write_reply(entry, reply, json);
  if (!outgoing.ok()) return visit.problem(500, outgoing.error().within("the reply of " + entry.method->full_name()));
  int status = 200;
  if (outgoing->raw) {
    status = chosen_status(metadata).value_or(200);
    if (outgoing->content_type.empty()) outgoing->content_type = "application/octet-stream";
  }
  HeaderList headers = {{"content-type", std::move(outgoing->content_type)}};
  pass_response(metadata, headers);
  visit.respond(status, headers, std::move(outgoing->body));
}

void fail(Visit& visit, const Error& error) {
  if (const auto seconds = retry_after(error)) visit.add_header("retry-after", std::to_string(*seconds));
  visit.problem(error);
}

void refuse_body(Visit& visit, const Error& error) {
  switch (error.code()) {
    case Code::resource_exhausted: return visit.problem(413, error);
    case Code::deadline_exceeded: return visit.problem(408, error);
    default: return visit.problem(error);
  }
}

}  // namespace holon::gateway
