#include "gateway/gateway.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "contract/options.h"
#include "gateway/problem.h"
#include "gateway/transcode/media_type.h"
#include "gateway/transcode/transcode.h"
#include "gateway/transcode/url.h"

namespace holon::gateway {

std::string_view Request::path() const { return split_target(target).first; }

Gateway::Gateway(const Contracts& contracts, const Upstream& upstream, std::chrono::nanoseconds longest)
    : contracts_(contracts), upstream_(upstream), longest_(longest) {}

std::variant<Router::Match, Response> Gateway::route(std::string_view http_method, std::string_view target) const {
  auto found = contracts_.router().find(http_method, split_target(target).first);
  if (auto* miss = std::get_if<Router::Miss>(&found)) {
    Response response = problem(miss->status, miss->why);
    if (!miss->allow.empty()) response.headers.emplace_back("allow", std::move(miss->allow));
    return response;
  }
  Router::Match& match = std::get<Router::Match>(found);
  const auto& method = *match.entry->method;
  if (method.client_streaming() || method.server_streaming()) {
    return problem(501, method.full_name() + " is a stream, which this gateway does not carry; call it by gRPC");
  }
  return std::move(match);
}

std::chrono::nanoseconds Gateway::timeout(const Router::Match& match) const {
  const std::int64_t own = contract::rules_of(*match.entry->method).timeout_ns;
  return own == 0 ? longest_ : std::min(longest_, std::chrono::nanoseconds(own));
}

Response Gateway::answer(Call& call, const Request& request) const {
  const Entry& entry = *request.match.entry;
  const std::string& type = request.head.content_type;
  const std::optional<MediaType> media = parse_media_type(type);
  const bool json = type.empty() || (media && media->json() && media->utf8());
  if (!request.body.empty() && !entry.route.body.empty() && !json && !takes_raw_body(entry)) {
    return problem(415, "the body is " + type + "; this route takes application/json");
  }
  const auto message = contracts_.make(*entry.method->input_type());
  Result<void> read = read_url(request.match, split_target(request.target).second, contracts_.json(), *message);
  if (read.ok()) read = read_body(request.match, {type, request.body}, contracts_.json(), *message);
  if (!read.ok()) return problem(400, read.error());
  const auto reply = contracts_.make(*entry.method->output_type());
  const Result<void> called = upstream_.unary(call, *entry.method, *message, *reply);
  const Metadata& metadata = call.response_metadata();
  if (called.ok()) return answer_of(entry, *reply, metadata);
  Response response = problem(http_status(called.code()), called.error());
  if (called.code() == Code::unavailable) response.headers.emplace_back("retry-after", "1");
  return response;
}

Response Gateway::answer_of(const Entry& entry, const google::protobuf::Message& reply,
                            const Metadata& metadata) const {
  Result<Outgoing> outgoing = write_reply(entry, reply, contracts_.json());
  if (!outgoing.ok()) return problem(500, outgoing.error());
  Response response{200, {}, std::move(outgoing->body)};
  if (outgoing->raw) {
    response.status = chosen_status(metadata).value_or(200);
    if (outgoing->content_type.empty()) outgoing->content_type = "application/octet-stream";
  }
  response.headers.emplace_back("content-type", std::move(outgoing->content_type));
  pass_response(metadata, response.headers);
  return response;
}

Response Gateway::problem(int status, const Error& error) const {
  return {status, {{"content-type", std::string(problem_type)}}, problem_body(status, error, contracts_.json())};
}

Response Gateway::problem(int status, std::string_view why) const {
  return problem(status, Error(code_of_http(status), std::string(why)));
}

}  // namespace holon::gateway
