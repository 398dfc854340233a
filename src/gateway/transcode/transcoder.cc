#include "gateway/transcode/transcoder.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "gateway/headers.h"
#include "gateway/problem.h"
#include "gateway/transcode/answers.h"
#include "gateway/transcode/negotiate.h"
#include "gateway/transcode/requests.h"

namespace holon::gateway {
namespace {

using google::protobuf::Message;
using google::protobuf::ServiceDescriptor;

bool streams(const Router::Match& match) {
  return match.entry->method->client_streaming() || match.entry->method->server_streaming();
}

/// What the service reads in `call.metadata()`.
Metadata metadata_of(const Visit& visit) {
  Metadata metadata = pass_request(visit.request().headers);
  metadata.set("x-request-id", visit.visitor().request_id);
  if (const std::string_view id = visit.request().header("last-event-id"); !id.empty()) {
    metadata.set("last-event-id", std::string(id));
  }
  return metadata;
}

}  // namespace

Result<std::unique_ptr<Transcoder>> Transcoder::make(const Contracts& contracts, const Remote& remote, const ToContracts& target,
                                                     nanoseconds stream_time, Beats beats) {
  std::unique_ptr<Transcoder> made(new Transcoder(contracts, remote, stream_time, beats));
  const auto& known = contracts.services();
  if (target.services.empty()) {
    for (const ServiceDescriptor* service : known) HOLON_TRY(made->add(*service));
  }
  for (const std::string& name : target.services) {
    const auto found = std::ranges::find(known, name, [](const ServiceDescriptor* service) { return service->full_name(); });
    if (found == known.end()) return not_found("there is no contract of a service " + name);
    HOLON_TRY(made->add(**found));
  }
  return made;
}

Result<void> Transcoder::add(const ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service.method(i);
    for (contract::Route& route : contract::routes_of(method).routes) HOLON_TRY(router_.add({std::move(route), &method}));
  }
  return {};
}

void Transcoder::serve(Visit& visit) const {
  auto found = router_.find(visit.request().method, visit.request().path());
  if (const auto* missed = std::get_if<Router::Miss>(&found)) return miss(visit, *missed);
  serve(visit, std::get<Router::Match>(found));
}

void Transcoder::miss(Visit& visit, const Router::Miss& miss) const {
  if (!miss.allow.empty()) visit.add_header("allow", miss.allow);
  if (miss.status == 405 && visit.request().method == "OPTIONS") return visit.respond(204, {}, {});
  visit.problem(miss.status, Error(code_of_http(miss.status), miss.why));
}

void Transcoder::serve(Visit& visit, const Router::Match& match) const {
  const server::HttpRequest& request = visit.request();
  if (const std::optional<std::string> why = refused_type(*match.entry, request)) {
    visit.add_header("accept", match.entry->method->client_streaming() ? "application/x-ndjson" : "application/json");
    return visit.problem(415, invalid_argument(*why));
  }
  const std::optional<Form> form = wanted_form(*match.entry, request);
  if (!form) {
    return visit.problem(406, invalid_argument("this route answers in " + forms_of(*match.entry) + "; let Accept have that"));
  }
  internal::CallAccess::set_metadata(visit.call(), metadata_of(visit));
  if (!streams(match)) return serve_unary(visit, match);
  if (!visit.route().timeout) visit.extend(stream_time_);
  serve_stream(visit, match, contracts_, remote_.binding(*match.entry->method->service()), *form, beats_);
}

void Transcoder::serve_unary(Visit& visit, const Router::Match& match) const {
  Requests requests(visit, match, contracts_);
  if (Result<void> begun = requests.begin(); !begun.ok()) return visit.problem(begun.error());
  const Result<std::unique_ptr<Message>> request = requests.next();
  if (!request.ok()) return refuse_body(visit, request.error());
  const std::unique_ptr<Message> reply = contracts_.make(*match.entry->method->output_type());
  const Result<void> called = remote_.unary(visit.call(), *match.entry->method, **request, *reply);
  if (!called.ok()) return fail(visit, called.error());
  answer(visit, *match.entry, *reply, contracts_.json(), visit.call().response_metadata());
}

}  // namespace holon::gateway
