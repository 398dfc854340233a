#include "gateway/visitor.h"

#include <algorithm>
#include <optional>

#include "gateway/content/fields.h"
#include "holon/call.h"

namespace holon::gateway {
namespace {

constexpr std::size_t request_id_max = 128;
constexpr std::size_t host_max = 255;
constexpr std::size_t hops_max = 64;  // of proxies in a row

/// What a proxy says of who connected to it.
struct Hop {
  std::string address;  ///< empty: it hides it, or it is malformed
  std::string scheme;   ///< empty: it does not say
  std::string host;
};

Error contradiction(std::string_view what) {
  return invalid_argument("a proxy in front says of the client what can't be understood: " + std::string(what));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Splits at `separator` outside of quoted strings (RFC 9110, 5.6.4).
std::vector<std::string_view> split_quoted(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') ++i;
    else if (text[i] == '"') quoted = !quoted;
    else if (!quoted && text[i] == separator) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    out += text[i];
  }
  return out;
}

/// An element of Forwarded: `for="[2001:db8::1]:4711";proto=https;host=shop.example`.
Result<Hop> parse_forwarded(std::string_view element) {
  Hop hop;
  for (std::string_view pair : split_quoted(element, ';')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos) return contradiction("Forwarded: " + std::string(element));
    const std::string name = lower(pair.substr(0, equals));
    const std::string value = unquoted(pair.substr(equals + 1));
    if (name == "for") hop.address = address_of(value);
    if (name == "proto") hop.scheme = lower(value);
    if (name == "host") hop.host = value;
  }
  return hop;
}

/// In the order written: the one at the end is what our own neighbour says.
Result<std::vector<Hop>> forwarded(const server::HttpRequest& request) {
  std::vector<Hop> hops;
  const std::optional<std::string> field = list_field(request, "forwarded");
  if (!field) return hops;
  for (std::string_view element : split_quoted(*field, ',')) {
    if (element.empty()) continue;
    Hop hop = HOLON_TRY(parse_forwarded(element));
    hops.push_back(std::move(hop));
  }
  return hops;
}

std::string last_of(const server::HttpRequest& request, std::string_view name) {
  const std::optional<std::string> field = list_field(request, name);
  if (!field) return {};
  const std::size_t comma = field->rfind(',');
  return std::string(trimmed(std::string_view(*field).substr(comma == field->npos ? 0 : comma + 1)));
}

std::vector<Hop> x_forwarded(const server::HttpRequest& request) {
  std::vector<Hop> hops;
  const std::optional<std::string> field = list_field(request, "x-forwarded-for");
  if (!field) return hops;
  for (std::string_view element : split_quoted(*field, ',')) {
    if (!element.empty()) hops.push_back({.address = address_of(element), .scheme = {}, .host = {}});
  }
  return hops;
}

/// Goes back from the connection's own address as far as the proxies are trusted.
/// @return the hop that tells of the client; null if nobody does
const Hop* client_of(const std::vector<Hop>& hops, const Networks& trusted, std::string& address) {
  const Hop* client = nullptr;
  for (std::size_t i = hops.size(); i > 0 && hops.size() - i < hops_max; --i) {
    if (!trusted.contains(address)) break;
    client = &hops[i - 1];
    if (client->address.empty()) break;  // hidden: what lies behind is nobody's word that we know
    address = client->address;
  }
  return client;
}

/// Whether `text` has `most` characters at most, at least one, all of them ASCII letters, digits, or among `others`.
bool is_word(std::string_view text, std::size_t most, std::string_view others) {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || others.find(c) != others.npos;
  });
}

bool is_host(std::string_view host) { return is_word(host, host_max, "-._:[]"); }

Result<void> believe(const server::HttpRequest& request, const Networks& trusted, Visitor& visitor) {
  const std::vector<Hop> standard = HOLON_TRY(forwarded(request));
  const std::vector<Hop> common = x_forwarded(request);
  std::string by_standard = visitor.address;
  std::string by_common = visitor.address;
  const Hop* told = client_of(standard, trusted, by_standard);
  client_of(common, trusted, by_common);
  if (!standard.empty() && !common.empty() && by_standard != by_common) {
    return contradiction("Forwarded and X-Forwarded-For name different clients; let it set one, and remove the other");
  }
  visitor.address = standard.empty() ? by_common : by_standard;
  std::string scheme = lower(last_of(request, "x-forwarded-proto"));
  std::string host = last_of(request, "x-forwarded-host");
  if (told != nullptr && !told->scheme.empty()) scheme = told->scheme;
  if (told != nullptr && !told->host.empty()) host = told->host;
  if (!scheme.empty() && scheme != "http" && scheme != "https") return contradiction("the protocol " + scheme);
  if (!host.empty() && !is_host(host)) return contradiction("the host");
  if (!scheme.empty()) visitor.scheme = std::move(scheme);
  if (!host.empty()) visitor.host = std::move(host);
  return {};
}

}  // namespace

bool is_request_id(std::string_view id) { return is_word(id, request_id_max, "-_.:/+=@"); }

Result<Visitor> identify(const server::HttpRequest& request, const Networks& trusted, std::uint64_t (&random)[2]) {
  Visitor visitor{.address = address_of(request.peer),
                  .scheme = request.secure ? "https" : "http",
                  .host = request.authority,
                  .request_id = std::string(request.header("x-request-id"))};
  if (!is_request_id(visitor.request_id)) visitor.request_id = TraceContext{random[0], random[1], 0, false}.trace_id();
  if (trusted.contains(visitor.address)) HOLON_TRY(believe(request, trusted, visitor));
  return visitor;
}

}  // namespace holon::gateway
