// Routes: which requests they are for, and on which terms.
#include <algorithm>

#include "config/suggest.h"
#include "gateway/config_reader.h"
#include "gateway/keys.h"
#include "gateway/route_table.h"

namespace holon::gateway {
namespace {

using config::Named;
using Kind = config::YamlNode::Kind;

bool is_token(std::string_view text, bool upper) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const bool letter = upper ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
    return letter || (c >= '0' && c <= '9') || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// Framing is the server's own, and the request id the gateway's.
bool is_reserved(std::string_view header) {
  for (std::string_view name : {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "content-length",
                                "content-encoding", "content-type", "date", "x-request-id"}) {
    if (header == name) return true;
  }
  return false;
}

/// What stands before the `/**` of a path, or all of it.
std::string_view stem(std::string_view path) { return path.ends_with("/**") ? path.substr(0, path.size() - 3) : path; }

/// Whether `one` takes all requests that fit `other`.
bool covers(const RouteConfig& one, const RouteConfig& other) {
  if (!one.hosts.empty() || !one.methods.empty() || !one.headers.empty()) return false;
  return one.path == other.path || (one.path.ends_with("/**") && path_fits(one.path, stem(other.path)));
}

}  // namespace

void ConfigReader::read_routes(const YamlNode& value) {
  if (value.kind != Kind::list) {
    return problem(value.place, "routes is a list, as in `- {path: /assets/**, to: {files: public}}`");
  }
  if (value.items.empty()) problem(value.place, "routes is an empty list; leave it out, and all goes to the contracts");
  for (const YamlNode& item : value.items) {
    config_.routes.push_back(route(item));
    route_places_.push_back(item.place);
  }
  check_routes();
}

RouteConfig ConfigReader::route(const YamlNode& value) {
  RouteConfig route{.target = ToContracts()};
  if (!is_map(value, "a route", keys().below("gateway/routes"))) return route;
  if (const YamlNode* path = value.find("path")) route.path = path_pattern(*path);
  route.name = route.path;
  if (const YamlNode* name = value.find("name")) route.name = text(*name, "name").text;
  const std::string where = "route " + route.name;
  read_match(value, where, route);
  if (const YamlNode* to = required(value, "to", where, "where it leads, as in `to: contracts` or `to: {files: public}`")) {
    const bool folder = route.path.ends_with("/**");
    route.target = target(*to, where, folder ? std::string(stem(route.path)) : "");
  }
  read_terms(value, where, route);
  return route;
}

void ConfigReader::read_match(const YamlNode& value, const std::string& where, RouteConfig& route) {
  if (const YamlNode* hosts = value.find("hosts")) {
    for (const Named& host : texts(*hosts, "hosts")) {
      const bool wild = host.text.find('*') == host.text.npos || host.text.rfind('*') == 0;
      const bool fine = host.text == host_of(host.text) && wild && (!host.text.starts_with('*') || host.text.starts_with("*."));
      if (!fine) {
        problem(host.place,
                "a host is \"shop.example\", or \"*.shop.example\", in lower case without port, not " + host.text);
      }
      route.hosts.push_back(host.text);
    }
  }
  if (const YamlNode* methods = value.find("methods")) {
    for (const Named& method : texts(*methods, "methods")) {
      if (!is_token(method.text, true)) problem(method.place, "a method is in capitals, as GET, not " + method.text);
      route.methods.push_back(method.text);
    }
  }
  if (const YamlNode* headers = value.find("headers"); headers != nullptr && is_map(*headers, "headers of " + where)) {
    route.headers = header_matches(*headers);
  }
}

void ConfigReader::read_terms(const YamlNode& value, const std::string& where, RouteConfig& route) {
  if (const YamlNode* rules = value.find("access")) route.access = access(*rules, where);
  if (const YamlNode* given = value.find("rate")) route.rates = rates(*given, where);
  if (const YamlNode* most = value.find("concurrency")) route.concurrency = number(*most, "concurrency", 1);
  if (const YamlNode* body = value.find("body")) route.body_bytes_max = bytes(*body, "body");
  if (const YamlNode* timeout = value.find("timeout")) route.timeout = duration(*timeout, "timeout");
  if (const YamlNode* given = value.find("cors")) route.cors = cors(*given, where);
  if (const YamlNode* headers = value.find("add_headers"); headers != nullptr && is_map(*headers, "add_headers of " + where)) {
    route.add_headers = added_headers(*headers);
  }
}

std::vector<HeaderMatch> ConfigReader::header_matches(const YamlNode& value) {
  std::vector<HeaderMatch> matches;
  for (const auto& [key, content] : value.entries) {
    HeaderMatch match{.name = header_name({key.text, key.place}, "headers"), .value = {}};
    const bool any = content.kind == Kind::scalar && content.text == "*";
    if (!any) match.value = text(content, "header " + key.text + " (\"*\" for any value)", true).text;
    matches.push_back(std::move(match));
  }
  return matches;
}

std::vector<std::pair<std::string, std::string>> ConfigReader::added_headers(const YamlNode& value) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [key, content] : value.entries) {
    const std::string name = header_name({key.text, key.place}, "add_headers");
    const Named given = text(content, "header " + key.text, true);
    const bool plain = std::ranges::all_of(given.text, [](unsigned char c) { return c >= ' ' && c != 0x7F; });
    if (!plain) problem(given.place, "the value of a header has no line ends or other control characters");
    if (is_reserved(name)) problem(key.place, "the header " + name + " is what the gateway says itself; leave it out");
    headers.emplace_back(name, given.text);
  }
  return headers;
}

std::string ConfigReader::header_name(const Named& name, const std::string& what) {
  std::string lower = name.text;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (!lower.empty() && !is_token(lower, false)) problem(name.place, what + ": " + name.text + " is no name of a header");
  return lower;
}

std::string ConfigReader::path_pattern(const YamlNode& value) {
  const std::string path = text(value, "path").text;
  const std::string_view exact = stem(path);
  const Result<RequestPath> read = read_path(exact.empty() ? "/" : exact);
  const bool plain = exact.find_first_of("*%?#") == exact.npos && read.ok() && (exact.empty() || read->lenient == exact);
  if (!path.empty() && !plain) {
    problem(value.place,
            "path is exactly \"/a/b\", or \"/a/**\" for all below, without %, ?, # and empty segments; not " + path);
  }
  return path;
}

/// What no request can reach is a mistake, and so is a page that has nothing to show.
void ConfigReader::check_routes() {
  const std::vector<RouteConfig>& routes = config_.routes;
  const auto has_document = [](const RouteConfig& route) { return std::holds_alternative<OpenApi>(route.target); };
  const bool document = std::ranges::any_of(routes, has_document);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const auto before = routes.begin() + static_cast<std::ptrdiff_t>(i);
    const auto taker = std::find_if(routes.begin(), before, [&](const RouteConfig& other) { return covers(other, routes[i]); });
    if (taker != before) {
      const config::Place place = route_places_[static_cast<std::size_t>(taker - routes.begin())];
      problem(route_places_[i], "no request gets here: route " + taker->name + " in line " + std::to_string(place.line) +
                                    " takes all of them; write this one before it");
    }
    if (std::holds_alternative<Explorer>(routes[i].target) && !document) {
      problem(route_places_[i],
              "the explorer shows what the OpenAPI document says; add a route `{path: /openapi.json, to: openapi}`");
    }
  }
}

}  // namespace holon::gateway
