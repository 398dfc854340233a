// What of a message's headers goes on to the other side of the gateway, and what the gateway adds.
#pragma once

#include <string>
#include <vector>

#include "client/http.h"
#include "gateway/visit.h"

namespace holon::gateway {

/// The headers of a request as its upstream gets them: the client's, in their order, without those that concern the client's
/// connection only, and without what it says of itself that only the gateway knows (X-Forwarded-*, Forwarded, who it is).
/// Then X-Forwarded-For, -Proto, -Host and -Prefix, X-Request-Id, and traceparent with the visit's span.
class ProxyRequestHeaders {
 public:
  /// @param visit  outlives it
  ProxyRequestHeaders(Visit& visit, const ToHttp& to);
  ProxyRequestHeaders(const ProxyRequestHeaders&) = delete;
  ProxyRequestHeaders& operator=(const ProxyRequestHeaders&) = delete;

  wire::Headers views() const { return views_; }

 private:
  std::string cookie_;
  std::string traceparent_;
  std::vector<wire::HeaderView> views_;
};

/// The headers of an upstream's response as the client gets them: without those of its connection, and those that the gateway
/// says itself on this route.
/// @param strip_prefix  of the route: put back before a Location on `origin`, which the client could not reach
HeaderList proxy_response_headers(client::HttpResponse response, const RouteConfig& route, const client::HttpOrigin& origin,
                                  std::string_view strip_prefix);
/// The same, of trailers: nothing that would have mattered before the body (RFC 9110, 6.5.1).
HeaderList proxy_trailers(const wire::Http1Trailers& trailers);

/// The target that an upstream is asked for: as it came, without `strip_prefix`, behind the path that its URL has. NOT_FOUND if
/// it does not begin with that prefix, spelled as it is.
/// @param base  the path of the URL, without a slash at its end
Result<std::string> proxy_target(std::string_view target, std::string_view strip_prefix, std::string_view base);

}  // namespace holon::gateway
