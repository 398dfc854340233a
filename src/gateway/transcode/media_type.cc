#include "gateway/transcode/media_type.h"

#include <algorithm>
#include <array>
#include <vector>

namespace holon::gateway {
namespace {

constexpr std::array<std::string_view, 3> sequence_types = {"application/x-ndjson", "application/ndjson",
                                                            "application/jsonl"};

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// Cuts `text` at `separator`, but not inside quotes.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (text[at] == separator && !quoted) {
      parts.push_back(trim(text.substr(start, at - start)));
      start = at + 1;
    }
  }
  parts.push_back(trim(text.substr(std::min(start, text.size()))));
  return parts;
}

struct Parameter {
  std::string name;
  std::string value;
};

/// "charset=utf-8", "charset=\"utf-8\"".
std::optional<Parameter> parse_parameter(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  std::string_view value = text.substr(std::min(equals + 1, text.size()));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
    if (value.find_first_of("\"\\") != value.npos) return std::nullopt;  // an escape, which no parameter here needs
  } else if (!is_token(value)) {
    return std::nullopt;
  }
  if (!is_token(name)) return std::nullopt;
  return Parameter{lowered(name), lowered(value)};
}

bool is_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != text.npos && is_token(text.substr(0, slash)) && is_token(text.substr(slash + 1));
}

/// "0.5" in thousandths; nothing if it is no weight (RFC 9110, 12.4.2).
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = text[0] - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (c < '0' || c > '9') return std::nullopt;
    weight = weight * 10 + (c - '0');
  }
  if (weight > 1000) return std::nullopt;
  return weight;
}

/// How closely a range names `type`: 3 exactly, 2 "application/*", 1 "*/*", 0 not at all.
int closeness(std::string_view range, std::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
}

}  // namespace

bool MediaType::json() const {
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

bool MediaType::json_sequence() const { return json() || std::ranges::find(sequence_types, type) != sequence_types.end(); }

bool MediaType::utf8() const { return charset.empty() || charset == "utf-8" || charset == "us-ascii"; }

std::optional<MediaType> parse_media_type(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ';');
  if (!is_type(parts[0])) return std::nullopt;
  MediaType media{lowered(parts[0]), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;  // "application/json;"
    std::optional<Parameter> parameter = parse_parameter(parts[i]);
    if (!parameter) return std::nullopt;
    if (parameter->name == "charset" && !media.charset.empty()) return std::nullopt;
    if (parameter->name == "charset") media.charset = std::move(parameter->value);
  }
  return media;
}

int wanted(std::string_view accept, std::string_view type) {
  int closest = 0;
  int weight = 0;
  bool any = false;
  for (std::string_view range : split(accept, ',')) {
    const std::vector<std::string_view> parts = split(range, ';');
    if (!is_type(parts[0])) continue;
    any = true;
    std::optional<int> own = 1000;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (parts[i].starts_with("q=") || parts[i].starts_with("Q=")) own = parse_weight(parts[i].substr(2));
    }
    const int close = closeness(lowered(parts[0]), type);
    if (!own || close < closest || close == 0) continue;
    weight = close > closest ? *own : std::max(weight, *own);
    closest = close;
  }
  return any ? weight : 1000;
}

}  // namespace holon::gateway
