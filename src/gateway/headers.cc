#include "gateway/headers.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace holon::gateway {
namespace {

constexpr std::size_t trace_text_max = 8192;  // baggage: W3C, 3.3.2

constexpr std::array<std::string_view, 4> to_service = {"cookie", "accept", "accept-language", "referer"};
constexpr std::array<std::string_view, 6> to_client = {"set-cookie", "location",  "cache-control",
                                                       "etag",       "vary", "content-disposition"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Printable ASCII: what may be metadata of a call and a header again.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void append_list(std::string& list, std::string_view more) {
  if (list.size() + more.size() + 1 > trace_text_max) return;
  if (!list.empty()) list += ',';
  list += more;
}

/// Lower-case hex, which is all that W3C allows.
std::optional<std::uint64_t> hex(std::string_view text) {
  const bool plain = text.find_first_not_of("0123456789abcdef") == text.npos;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (!plain || read.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  // version "-" trace id "-" parent id "-" flags; versions after 00 may append more behind a "-"
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = hex(text.substr(0, 2));
  const auto high = hex(text.substr(3, 16));
  const auto low = hex(text.substr(19, 16));
  const auto span = hex(text.substr(36, 16));
  const auto flags = hex(text.substr(53, 2));
  if (!version || !high || !low || !span || !flags || *version == 0xFF) return std::nullopt;
  if (text.size() > 55 && (*version == 0 || text[55] != '-')) return std::nullopt;
  if ((*high == 0 && *low == 0) || *span == 0) return std::nullopt;
  return TraceContext{*high, *low, *span, (*flags & 1) != 0};
}

TraceHead read_trace(HeaderSpan headers) {
  TraceHead head;
  int traceparents = 0;
  for (const auto& [name, value] : headers) {
    if (name == "traceparent") {
      head.trace = parse_traceparent(value).value_or(TraceContext());
      ++traceparents;
    } else if (name == "tracestate" && is_plain(value)) {
      append_list(head.tracestate, value);
    } else if (name == "baggage" && is_plain(value)) {
      append_list(head.baggage, value);
    }
  }
  if (traceparents != 1) head.trace = {};
  if (head.trace.span == 0) head.tracestate.clear();  // it means nothing without its parent
  return head;
}

Metadata pass_request(HeaderSpan headers) {
  Metadata metadata;
  for (const auto& [name, value] : headers) {
    if (!is_plain(value)) continue;
    if (name == "user-agent") metadata.add("x-user-agent", value);
    if (is_in(to_service, name)) metadata.add(name, value);
  }
  return metadata;
}

void pass_response(const Metadata& metadata, HeaderList& headers) {
  for (const auto& [name, value] : metadata) {
    if (is_in(to_client, name)) headers.emplace_back(name, value);
  }
}

std::optional<int> chosen_status(const Metadata& metadata) {
  const std::string_view text = metadata.get("holon-http-status");
  int status = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (problem != std::errc() || end != text.data() + text.size() || status < 200 || status > 599) return std::nullopt;
  return status;
}

}  // namespace holon::gateway
