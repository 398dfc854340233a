#include "gateway/explorer/explorer.h"

#include "embedded/explorer_page.h"
#include "gateway/content/conditions.h"
#include "gateway/content/content_tag.h"
#include "gateway/content/media_type.h"

namespace holon::gateway {
namespace {

constexpr std::string_view page = "index.html";

// What the browser holds the page to: code and styles of this server alone and none inline, requests to this server alone, no
// other page around it, and no text that becomes markup.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string with_address(std::string html, std::string_view openapi) {
  constexpr std::string_view mark = "{openapi}";
  return html.replace(html.find(mark), mark.size(), html_text(openapi));
}

/// The route's path without what stands for all below it.
std::string_view folder_of(std::string_view route_path) {
  if (route_path.ends_with("/**")) route_path.remove_suffix(3);
  return route_path;
}

}  // namespace

ExplorerPage::ExplorerPage(std::string_view openapi) {
  for (const auto& [name, bytes] : embedded::explorer_page_files()) {
    std::string body(bytes);
    if (name == page) body = with_address(std::move(body), openapi);
    std::string tag = content_tag(body);
    assets_.emplace(name, Asset{media_type_of(name), std::move(tag), std::move(body)});
  }
}

const ExplorerPage::Asset* ExplorerPage::find(std::string_view name) const {
  const auto found = assets_.find(name.empty() ? page : name);
  return found == assets_.end() ? nullptr : &found->second;
}

void ExplorerPage::serve(Visit& visit) const {
  const server::HttpRequest& request = visit.request();
  const std::string_view folder = folder_of(visit.route().path);
  std::string_view name = request.path();
  if (request.method != "GET" && request.method != "HEAD") {
    visit.add_header("allow", "GET, HEAD");
    return visit.problem(405, unimplemented("the explorer is read by GET and HEAD"));
  }
  // Scripts and styles are named from the page's folder.
  if (name == folder) return visit.respond(308, {{"location", std::string(folder) + "/"}}, {});
  name.remove_prefix(std::min(name.size(), folder.size() + 1));
  const Asset* asset = find(name);
  if (asset == nullptr) return visit.problem(404, not_found("the explorer has no such file"));
  HeaderList headers = {{"etag", known_etag(request, asset->etag)}, {"cache-control", "no-cache"}};
  if (evaluate(request, {asset->etag, 0}, 0) == Condition::not_modified) return visit.respond(304, headers, {});
  headers.emplace_back("content-type", asset->content_type);
  headers.emplace_back("content-security-policy", policy);
  headers.emplace_back("x-frame-options", "DENY");
  headers.emplace_back("x-content-type-options", "nosniff");
  headers.emplace_back("referrer-policy", "no-referrer");
  headers.emplace_back("cross-origin-opener-policy", "same-origin");
  visit.respond(200, headers, asset->body);
}

}  // namespace holon::gateway
