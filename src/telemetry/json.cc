#include "telemetry/json.h"

#include <cstdio>

namespace holon::telemetry {
namespace {

// The length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(at + 1) ? 2 : 0;
  unsigned second = byte(at + 1);
  if (first >= 0xe0 && first <= 0xef) {
    bool shortest = first != 0xe0 || second >= 0xa0;
    bool no_surrogate = first != 0xed || second < 0xa0;
    return follows(at + 1) && follows(at + 2) && shortest && no_surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    bool in_range = (first != 0xf0 || second >= 0x90) && (first != 0xf4 || second < 0x90);
    return follows(at + 1) && follows(at + 2) && follows(at + 3) && in_range ? 4 : 0;
  }
  return 0;
}

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned char>(c));
  out += text;
}

}  // namespace

// What needs no escape is copied in runs.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (length > 1 || (length == 1 && stands_for_itself(text[at]))) {
      at += length;
      continue;
    }
    out.append(text, copied, at - copied);
    if (length == 0) out += "\xef\xbf\xbd";
    else append_escaped(out, text[at]);
    copied = ++at;
  }
  out.append(text, copied);
  out += '"';
}

}  // namespace holon::telemetry
