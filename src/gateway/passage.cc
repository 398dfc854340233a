#include "gateway/passage.h"

#include "gateway/admission.h"
#include "gateway/headers.h"
#include "gateway/problem.h"
#include "gateway/visitor.h"
#include "telemetry/metrics.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

using internal::CallAccess;

/// What is answered where there is no route: it has no terms of its own.
const RouteConfig nowhere{.name = "none", .target = ToContracts()};

std::string_view version_name(server::HttpVersion version) {
  switch (version) {
    case server::HttpVersion::http_1_0: return "HTTP/1.0";
    case server::HttpVersion::http_1_1: return "HTTP/1.1";
    case server::HttpVersion::http_2: return "HTTP/2.0";
  }
  return "HTTP";
}

server::CorsAsked cors_asked(const server::HttpRequest& request) {
  return {request.header("origin"), request.header("access-control-request-method"),
          request.header("access-control-request-headers")};
}

/// For telemetry, which counts by gRPC's codes.
Code code_of(const Outcome& outcome) {
  if (outcome.cut_off || outcome.status == 0) return Code::cancelled;
  return outcome.status < 400 ? Code::ok : code_of_http(outcome.status);
}

}  // namespace

Passage::Passage(env::Environment& world, server::HttpExchange& exchange, const Edition& edition, BodyBudget& bodies,
                 const contract::Json& json)
    : world_(world),
      exchange_(exchange),
      request_(exchange.request()),
      edition_(edition),
      bodies_(bodies),
      json_(json),
      call_(exchange.arrived() + edition.config().limits.request_time) {
  adopt_trace();
}

void Passage::go(bool has_place) {
  if (Result<void> found = find(); !found.ok()) wrong_ = found.error();
  server::HttpExchange::Watched watched(exchange_, call_);
  const RouteConfig& route = rule_ != nullptr ? rule_->route : nowhere;
  ExchangeVisit visit(exchange_, call_, {route, visitor_, bodies_, json_, edition_.compression()});
  visit.add_header("x-request-id", visitor_.request_id);
  answer(visit, has_place);
  record(visit.outcome());
}

/// Who asks, and the rule for it.
Result<void> Passage::find() {
  const TraceContext& trace = call_.trace();
  std::uint64_t random[] = {trace.trace_high, trace.trace_low};
  Result<Visitor> visitor = identify(request_, edition_.trusted(), random);
  if (!visitor.ok()) {
    visitor_.address = address_of(request_.peer);
    visitor_.request_id = trace.trace_id();
    return visitor.error();
  }
  visitor_ = std::move(*visitor);
  if (request_.target == "*") return {};
  const RequestPath path = HOLON_TRY(read_path(request_.path()));
  const server::CorsAsked asked = cors_asked(request_);
  const bool preflight = server::Cors::is_preflight(request_.method, asked);
  const std::string_view method = preflight ? asked.method : request_.method;
  rule_ = HOLON_TRY(edition_.find({visitor_.host, path, method, request_.headers}));
  return {};
}

void Passage::answer(ExchangeVisit& visit, bool has_place) {
  if (!has_place) {
    return refuse(visit, "gateway.too_many_requests", 503, unavailable("too many requests are under way; try again"));
  }
  if (wrong_) return refuse(visit, "gateway.bad_request", 400, *wrong_);
  if (request_.target == "*") return visit.respond(204, {}, {});
  if (rule_ == nullptr) {
    return visit.problem(404, not_found("nothing answers " + request_.method + " " + std::string(request_.path()) + " here"));
  }
  enter(visit, *rule_);
}

void Passage::enter(ExchangeVisit& visit, const Rule& rule) {
  for (const auto& [name, value] : rule.route.add_headers) visit.add_header(name, value);
  if (rule.cors) {
    if (server::Cors::is_preflight(request_.method, cors_asked(request_))) return answer_preflight(visit, rule);
    for (auto& [name, value] : rule.cors->actual(request_.header("origin"))) visit.add_header(name, value);
  }
  const Admission admission = admit(edition_, rule, call_, visitor_, request_.headers, world_.now());
  for (const auto& [name, value] : admission.headers) visit.add_header(name, value);
  if (admission.refused) return visit.problem(admission.status, *admission.refused);
  visit.extend(rule.timeout);
  visit.limit_body(rule.body_bytes_max);
  rule.destination->serve(visit);
}

void Passage::refuse(ExchangeVisit& visit, std::string_view rule, int status, const Error& error) {
  telemetry::refused(rule, visitor_.address, world_.now());
  visit.problem(status, error);
}

void Passage::answer_preflight(ExchangeVisit& visit, const Rule& rule) {
  std::vector<std::string> methods = rule.route.methods;
  if (methods.empty()) methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  HeaderList headers = rule.cors->preflight(cors_asked(request_), methods);
  visit.respond(204, headers, {});
}

void Passage::adopt_trace() {
  TraceHead trace = read_trace(request_.headers);
  call_.data().trace = trace.trace;
  call_.data().tracestate = std::move(trace.tracestate);
  call_.data().baggage = std::move(trace.baggage);
}

void Passage::record(const Outcome& outcome) const {
  const env::Duration took = world_.now() - exchange_.arrived();
  if (rule_ != nullptr) telemetry::record(rule_->edge, code_of(outcome), static_cast<std::uint64_t>(took.count()));
  if (edition_.log().off()) return;
  const std::string user = CallAccess::root(call_).claims.subject();
  const std::string trace_id = call_.trace().trace_id();
  edition_.log().write({.time = world_.wall() - std::chrono::duration_cast<env::WallTime::duration>(took),
                        .took = took,
                        .address = visitor_.address,
                        .user = user,
                        .http_method = request_.method,
                        .path = request_.path(),
                        .version = version_name(request_.version),
                        .host = visitor_.host,
                        .referer = request_.header("referer"),
                        .user_agent = request_.header("user-agent"),
                        .route = rule_ != nullptr ? std::string_view(rule_->route.name) : std::string_view(),
                        .request_id = visitor_.request_id,
                        .trace_id = trace_id,
                        .status = outcome.status,
                        .bytes = outcome.bytes,
                        .cut_off = outcome.cut_off});
}

}  // namespace holon::gateway
