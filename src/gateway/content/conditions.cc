#include "gateway/content/conditions.h"

#include <optional>

#include "gateway/content/fields.h"

namespace holon::gateway {
namespace {

/// The tag without the mark of weakness: what weak comparison compares (8.8.3.2).
std::string_view opaque(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}
bool weakly_same(std::string_view a, std::string_view b) { return opaque(a) == opaque(b); }
bool strongly_same(std::string_view a, std::string_view b) { return a == b && !a.starts_with("W/"); }

/// Takes the next entity-tag off a list; empty at its end, or where it is malformed. A tag may have commas in it.
std::string_view next_etag(std::string_view& list) {
  while (list.starts_with(',') || list.starts_with(' ') || list.starts_with('\t')) list.remove_prefix(1);
  const std::size_t open = list.starts_with("W/") ? 2 : 0;
  if (list.size() <= open || list[open] != '"') return {};
  const std::size_t close = list.find('"', open + 1);
  if (close == list.npos) return {};
  const std::string_view tag = list.substr(0, close + 1);
  list.remove_prefix(close + 1);
  return tag;
}

/// The first tag of the list that is `same` as `etag`, or empty.
template <class Same>
std::string_view find_etag(std::string_view list, std::string_view etag, Same same) {
  for (std::string_view tag = next_etag(list); !tag.empty(); tag = next_etag(list)) {
    if (same(tag, etag)) return tag;
  }
  return {};
}

bool is_any(std::string_view list) { return trimmed(list) == "*"; }

std::optional<wire::UnixSeconds> date_field(const server::HttpRequest& request, std::string_view name, wire::UnixSeconds now) {
  const std::optional<std::string_view> text = single_field(request, name);
  return text ? wire::parse_http_date(*text, now) : std::nullopt;
}

bool reads(const server::HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

/// Steps 1 and 2 of 13.2.2: whether the client means this version.
bool means_this(const server::HttpRequest& request, const Validators& current, wire::UnixSeconds now) {
  if (const auto list = list_field(request, "if-match")) {
    return is_any(*list) || !find_etag(*list, current.etag, strongly_same).empty();
  }
  const auto since = date_field(request, "if-unmodified-since", now);
  return !since || current.modified <= *since;
}

/// Steps 3 and 4: whether the client has this version.
bool has_this(const server::HttpRequest& request, const Validators& current, wire::UnixSeconds now) {
  if (const auto list = list_field(request, "if-none-match")) {
    return is_any(*list) || !find_etag(*list, current.etag, weakly_same).empty();
  }
  const auto since = date_field(request, "if-modified-since", now);
  return reads(request) && since && current.modified <= *since;
}

}  // namespace

Condition evaluate(const server::HttpRequest& request, const Validators& current, wire::UnixSeconds now) {
  if (!means_this(request, current, now)) return Condition::failed;
  if (!has_this(request, current, now)) return Condition::met;
  return reads(request) ? Condition::not_modified : Condition::failed;
}

bool range_permitted(const server::HttpRequest& request, const Validators& current, wire::UnixSeconds now) {
  if (!list_field(request, "if-range")) return true;
  const std::optional<std::string_view> field = single_field(request, "if-range");
  if (!field) return false;
  if (field->ends_with('"')) return strongly_same(*field, current.etag);
  return wire::parse_http_date(*field, now) == current.modified && current.modified < now;
}

std::string known_etag(const server::HttpRequest& request, const std::string& etag) {
  const std::string list = list_field(request, "if-none-match").value_or("");
  const std::string_view known = find_etag(list, etag, weakly_same);
  return known.empty() ? etag : std::string(known);
}

}  // namespace holon::gateway
