#include "node/dashboard/page.h"

#include <map>
#include <string>

#include "embedded/dashboard_page.h"
#include "gateway/content/conditions.h"
#include "gateway/content/content_tag.h"
#include "gateway/content/media_type.h"

namespace holon::node {
namespace {

// What the browser holds the page to: code and styles of this server alone and none inline, requests to this server alone, no
// other page around it, and no text that becomes markup.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

struct Asset {
  std::string_view content_type;
  std::string etag;
  std::string_view body;
};
using Assets = std::map<std::string, Asset, std::less<>>;  // by path

const Assets& assets() {
  static const Assets all = [] {
    Assets made;
    for (const auto& [name, bytes] : embedded::dashboard_page_files()) {
      const std::string path = name == "index.html" ? "/" : "/" + std::string(name);
      made.emplace(path, Asset{gateway::media_type_of(name), gateway::content_tag(bytes), bytes});
    }
    return made;
  }();
  return all;
}

}  // namespace

void serve_page(server::HttpExchange& exchange) {
  const server::HttpRequest& request = exchange.request();
  const auto found = assets().find(request.path());
  if (found == assets().end()) {
    const wire::HeaderView headers[] = {{"content-type", "text/plain; charset=utf-8"}, {"x-content-type-options", "nosniff"}};
    return (void)exchange.respond(404, headers, "the dashboard has no such file; its page is at /\n").ok();
  }
  const Asset& asset = found->second;
  if (request.method != "GET" && request.method != "HEAD") {
    const wire::HeaderView headers[] = {{"allow", "GET, HEAD"}};
    return (void)exchange.respond(405, headers, {}).ok();
  }
  const std::string tag = gateway::known_etag(request, asset.etag);
  const bool known = gateway::evaluate(request, {asset.etag, 0}, 0) == gateway::Condition::not_modified;
  const wire::HeaderView headers[] = {{"etag", tag},
                                      {"cache-control", "no-cache"},
                                      {"content-type", asset.content_type},
                                      {"content-security-policy", policy},
                                      {"x-frame-options", "DENY"},
                                      {"x-content-type-options", "nosniff"},
                                      {"referrer-policy", "no-referrer"},
                                      {"cross-origin-opener-policy", "same-origin"},
                                      {"cross-origin-resource-policy", "same-origin"}};
  (void)exchange.respond(known ? 304 : 200, headers, known ? std::string() : std::string(asset.body)).ok();
}

}  // namespace holon::node
