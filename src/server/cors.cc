#include "server/cors.h"

#include <algorithm>

namespace holon::server {
namespace {

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  auto fits = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != marks.npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool is_host(std::string_view text) {
  auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.'; };
  return !text.empty() && !text.starts_with('.') && std::all_of(text.begin(), text.end(), fits);
}

/// "https://*.shop.example:8443" in its parts; `host` without "*.".
struct Pattern {
  std::string_view scheme;  ///< with "://"
  std::string_view host;
  std::string_view port;  ///< with ":", or empty
  bool below = false;     ///< it stands for all names below `host`
};

Pattern split(std::string_view origin) {
  Pattern parts;
  const std::size_t slashes = origin.find("://");
  if (slashes == origin.npos) return parts;
  parts.scheme = origin.substr(0, slashes + 3);
  origin.remove_prefix(slashes + 3);
  const std::size_t colon = origin.starts_with('[') ? origin.find(':', origin.find(']')) : origin.find(':');
  parts.host = origin.substr(0, colon);
  if (colon != origin.npos) parts.port = origin.substr(colon);
  parts.below = parts.host.starts_with("*.");
  if (parts.below) parts.host.remove_prefix(2);
  return parts;
}

/// As a browser writes them (RFC 6454, 6.2): lower case, no path, no port that the scheme implies.
bool is_origin(std::string_view text) {
  const Pattern parts = split(text);
  const bool known = parts.scheme == "https://" || parts.scheme == "http://";
  const bool implied = parts.port == (parts.scheme == "https://" ? ":443" : ":80");
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool good_port =
      parts.port.empty() || (parts.port.size() > 1 && std::all_of(parts.port.begin() + 1, parts.port.end(), digit));
  const bool ipv6 = parts.host.starts_with('[') && parts.host.ends_with(']') && !parts.below;
  return known && !implied && good_port && (ipv6 || is_host(parts.host));
}

bool fits(std::string_view pattern, std::string_view origin) {
  if (pattern == "*" || pattern == origin) return true;
  const Pattern rule = split(pattern);
  const Pattern page = split(origin);
  if (!rule.below || rule.scheme != page.scheme || rule.port != page.port || !is_host(page.host)) return false;
  if (page.host.size() <= rule.host.size() + 1 || !page.host.ends_with(rule.host)) return false;
  return page.host[page.host.size() - rule.host.size() - 1] == '.';
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Names and commas, which may go back as they came.
bool is_list(std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!is_token(one)) return false;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}

}  // namespace

Result<Cors> Cors::make(CorsRules rules) {
  for (const std::string& origin : rules.origins) {
    if (origin == "*" && rules.credentials) {
      return invalid_argument("credentials go with named origins alone: * would let any page act as whoever looks at it");
    }
    if (origin != "*" && !is_origin(origin)) {
      return invalid_argument("\"" + origin + "\" is no origin; write https://shop.example, https://*.shop.example or *");
    }
  }
  if (rules.origins.empty()) return invalid_argument("no origins: which pages may call?");
  for (const auto* names : {&rules.methods, &rules.headers, &rules.expose}) {
    for (const std::string& name : *names) {
      if (!is_token(name)) return invalid_argument("\"" + name + "\" is no name of a method or a header");
    }
  }
  if (rules.credentials && (has(rules.methods, "*") || has(rules.expose, "*"))) {
    return invalid_argument("with credentials, * stands for nothing: name the methods, and the headers to expose");
  }
  return Cors(std::move(rules));
}

bool Cors::admits(std::string_view origin) const {
  if (origin.empty()) return true;
  return std::any_of(rules_.origins.begin(), rules_.origins.end(), [&](const std::string& rule) { return fits(rule, origin); });
}

bool Cors::for_all() const { return !rules_.credentials && has(rules_.origins, "*"); }

void Cors::add_origin(std::string_view origin, Headers& into) const {
  into.emplace_back("access-control-allow-origin", for_all() ? "*" : std::string(origin));
  if (rules_.credentials) into.emplace_back("access-control-allow-credentials", "true");
}

Cors::Headers Cors::preflight(const CorsAsked& asked, const std::vector<std::string>& methods) const {
  Headers headers = {{"vary", "origin, access-control-request-method, access-control-request-headers"}};
  if (!admits(asked.origin)) return headers;
  add_origin(asked.origin, headers);
  const std::string allowed = joined(rules_.methods.empty() ? methods : rules_.methods);
  if (!allowed.empty()) headers.emplace_back("access-control-allow-methods", allowed);
  // A `*` would leave out Authorization, so what was asked for is named.
  const bool echo = has(rules_.headers, "*") && is_list(asked.headers);
  const std::string names = echo ? std::string(asked.headers) : joined(rules_.headers);
  if (!names.empty()) headers.emplace_back("access-control-allow-headers", names);
  headers.emplace_back("access-control-max-age", std::to_string(rules_.max_age.count()));
  return headers;
}

Cors::Headers Cors::actual(std::string_view origin) const {
  Headers headers;
  if (!for_all()) headers.emplace_back("vary", "origin");
  if (origin.empty() || !admits(origin)) return headers;
  add_origin(origin, headers);
  if (!rules_.expose.empty()) headers.emplace_back("access-control-expose-headers", joined(rules_.expose));
  return headers;
}

}  // namespace holon::server
