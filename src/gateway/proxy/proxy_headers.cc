#include "gateway/proxy/proxy_headers.h"

#include <algorithm>
#include <array>

#include "gateway/access/identity_headers.h"

namespace holon::gateway {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// RFC 9110, 7.6.1. What `Connection` names has gone with it: the server's exchange and the client's connection see to that.
bool is_hop_by_hop(std::string_view name) {
  constexpr std::array<std::string_view, 13> names = {
      "connection",     "content-length",   "expect",     "host", "http2-settings", "keep-alive",
      "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",   "trailer",        "transfer-encoding",
      "upgrade"};
  return is_one_of(name, names);
}

/// What the gateway says in the client's stead.
bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 4> names = {"forwarded", "traceparent", "x-real-ip", "x-request-id"};
  return name.starts_with("x-forwarded-") || is_one_of(name, names) || is_identity_header(name);
}

bool is_trailer(std::string_view name) {
  constexpr std::array<std::string_view, 7> names = {"age",    "authorization", "cache-control", "location",
                                                     "server", "set-cookie",    "vary"};
  return !is_hop_by_hop(name) && !name.starts_with("content-") && !is_one_of(name, names);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

/// "http://127.0.0.1:9000/a" of an upstream at that origin leads the client to "/prefix/a".
void relocate(std::string& location, const client::HttpOrigin& origin, std::string_view strip_prefix) {
  const std::string here = origin.to_string();
  if (!location.starts_with(here) || location.compare(here.size(), 1, "/") != 0) return;
  if (location.compare(here.size(), 2, "//") == 0) return;  // it would be another host
  location.replace(0, here.size(), strip_prefix);
}

}  // namespace

ProxyRequestHeaders::ProxyRequestHeaders(Visit& visit, const ToHttp& to) {
  const server::HttpRequest& request = visit.request();
  views_.reserve(request.headers.size() + 6);
  for (const auto& [name, value] : request.headers) {
    if (is_hop_by_hop(name) || is_ours(name)) continue;
    if (name == "cookie") {  // HTTP/2 may cut it into crumbs (RFC 9113, 8.2.3)
      cookie_.append(cookie_.empty() ? "" : "; ").append(value);
    } else {
      views_.push_back({name, value});
    }
  }
  if (!cookie_.empty()) views_.push_back({"cookie", cookie_});
  const Visitor& visitor = visit.visitor();
  if (visitor.address != "unix") views_.push_back({"x-forwarded-for", visitor.address});
  views_.push_back({"x-forwarded-proto", visitor.scheme});
  views_.push_back({"x-forwarded-host", visitor.host});
  if (!to.strip_prefix.empty()) views_.push_back({"x-forwarded-prefix", to.strip_prefix});
  views_.push_back({"x-request-id", visitor.request_id});
  traceparent_ = visit.call().trace().traceparent();
  views_.push_back({"traceparent", traceparent_});
}

HeaderList proxy_response_headers(client::HttpResponse response, const RouteConfig& route, const client::HttpOrigin& origin,
                                  std::string_view strip_prefix) {
  HeaderList headers = std::move(response.headers);
  std::erase_if(headers, [&](const auto& header) {
    const std::string& name = header.first;
    return is_hop_by_hop(name) || name == "x-request-id" || (route.cors && name.starts_with("access-control-"));
  });
  for (auto& [name, value] : headers) {
    if (name == "location") relocate(value, origin, strip_prefix);
  }
  return headers;
}

HeaderList proxy_trailers(const wire::Http1Trailers& trailers) {
  HeaderList out;
  for (const auto& [name, value] : trailers) {
    std::string lowered = lower(name);
    if (is_trailer(lowered)) out.emplace_back(std::move(lowered), value);
  }
  return out;
}

Result<std::string> proxy_target(std::string_view target, std::string_view strip_prefix, std::string_view base) {
  while (strip_prefix.ends_with('/')) strip_prefix.remove_suffix(1);
  std::string out(base);
  if (target == "*") return base.empty() && strip_prefix.empty() ? "*" : out.append("/");
  if (!target.starts_with(strip_prefix)) return not_found("the path does not begin with " + std::string(strip_prefix));
  const std::string_view rest = target.substr(strip_prefix.size());
  if (!rest.empty() && rest.front() != '/' && rest.front() != '?') {
    return not_found("the path does not begin with " + std::string(strip_prefix) + "/");
  }
  if (!rest.starts_with('/')) out += '/';
  return out.append(rest);
}

}  // namespace holon::gateway
