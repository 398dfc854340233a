#include "client/http_url.h"

#include <algorithm>
#include <charconv>

#include "env/reactor.h"

namespace holon::client {
namespace {

constexpr std::size_t socket_path_bytes_max = 107;  // of sun_path, with its end (unix(7))

Error malformed(std::string_view text, std::string_view what) {
  return invalid_argument("URL \"" + std::string(text) + "\": " + std::string(what) +
                          "; write http://HOST:PORT/PATH, https://HOST/PATH or http+unix:/SOCKET");
}

int own_port(HttpOrigin::Scheme scheme) { return scheme == HttpOrigin::Scheme::https ? 443 : 80; }

bool is_name(std::string_view host) {
  const bool clean = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
  });
  return clean && !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.';
}

bool is_v6(const std::string& host) { return host.find(':') != std::string::npos && env::is_ip_address(host); }

bool is_clean(std::string_view target) {
  return std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

/// "host", "host:80", "[::1]:80". What is wrong with it, or empty.
std::string_view read_authority(std::string_view authority, HttpOrigin& into) {
  if (authority.find('@') != std::string_view::npos) return "names and passwords do not belong into it";
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  into.port = own_port(into.scheme);
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into.port);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    if (!whole || into.port < 1 || into.port > 65535) return "the port is no number from 1 to 65535";
  }
  if (host.starts_with('[')) {
    into.host = lower(host.substr(1, host.size() - 2));
    return bracket + 1 == host.size() && is_v6(into.host) ? "" : "the host is no IPv6 address";
  }
  into.host = lower(host);
  return is_name(host) ? "" : "the host is neither a name nor an IP address";
}

Result<HttpUrl> parse_socket(std::string_view text, std::string_view rest) {
  HttpUrl url;
  url.origin.scheme = HttpOrigin::Scheme::unix_socket;
  const std::size_t colon = std::min(rest.find(':'), rest.size());
  url.origin.host = rest.substr(0, colon);
  if (!url.origin.host.starts_with('/')) return malformed(text, "the socket's path must begin with a slash");
  if (url.origin.host.size() > socket_path_bytes_max) return malformed(text, "a socket's path has at most 107 bytes");
  if (colon < rest.size()) url.target = rest.substr(colon + 1);
  if (!url.target.starts_with('/') || !is_clean(url.target)) return malformed(text, "the path behind the socket is none");
  return url;
}

}  // namespace

std::string HttpOrigin::authority() const {
  if (scheme == Scheme::unix_socket) return "localhost";
  const std::string name = is_v6(host) ? "[" + host + "]" : host;
  return port == own_port(scheme) ? name : name + ":" + std::to_string(port);
}

std::string HttpOrigin::to_string() const {
  if (scheme == Scheme::unix_socket) return "http+unix:" + host;
  return (scheme == Scheme::https ? "https://" : "http://") + authority();
}

Result<HttpUrl> HttpUrl::parse(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string scheme = lower(text.substr(0, colon));
  std::string_view rest = text.substr(std::min(colon + 1, text.size()));
  if (scheme == "http+unix") return parse_socket(text, rest);
  HttpUrl url;
  if (scheme == "https") url.origin.scheme = HttpOrigin::Scheme::https;
  if ((scheme != "http" && scheme != "https") || !rest.starts_with("//")) return malformed(text, "the scheme is unknown");
  rest.remove_prefix(2);
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  if (auto wrong = read_authority(rest.substr(0, path), url.origin); !wrong.empty()) return malformed(text, wrong);
  if (path < rest.size()) url.target = rest.substr(path);
  if (url.target.starts_with('?')) url.target.insert(0, "/");
  if (!is_clean(url.target)) return malformed(text, "the path has characters that must be percent-encoded, or a fragment");
  return url;
}

}  // namespace holon::client
