#include "gateway/openapi/document.h"

#include "gateway/content/conditions.h"
#include "gateway/content/content_tag.h"

namespace holon::gateway {

OpenApiDocument::OpenApiDocument(std::string json) : json_(std::move(json)), etag_(content_tag(json_)) {}

void OpenApiDocument::serve(Visit& visit) const {
  const server::HttpRequest& request = visit.request();
  if (request.method != "GET" && request.method != "HEAD") {
    visit.add_header("allow", "GET, HEAD");
    return visit.problem(405, unimplemented("the OpenAPI document is read by GET and HEAD"));
  }
  HeaderList headers = {{"etag", known_etag(request, etag_)}, {"cache-control", "no-cache"}};
  switch (evaluate(request, {etag_, 0}, 0)) {
    case Condition::not_modified: return visit.respond(304, headers, {});
    case Condition::failed: return visit.problem(412, failed_precondition("the OpenAPI document is another one by now; get it again"));
    case Condition::met: break;
  }
  headers.emplace_back("content-type", "application/json");
  visit.respond(200, headers, json_);
}

}  // namespace holon::gateway
