#include "contract/json_cursor.h"

#include <algorithm>

#include "config/utf8.h"
#include "contract/json.h"
#include "contract/json_names.h"
#include "contract/json_scan.h"

namespace holon::contract {
namespace {

constexpr std::size_t excerpt_bytes_max = 48;

void append_utf8(unsigned code, std::string& out) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    tail(12), tail(6), tail(0);
  }
}

/// What to do about a character that begins no value, if that is known.
std::string_view remedy(int c, std::string_view expected) {
  if (c == '/' || c == '#') return "; JSON has no comments";
  if (c == '+' || c == '.') return "; a number begins with a digit or '-'";
  if (expected == "a value" && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
    return "; only true, false and null go without quotes";
  }
  return "";
}

}  // namespace

JsonKind JsonCursor::kind() {
  space();
  switch (peek()) {
    case '{': return JsonKind::object;
    case '[': return JsonKind::array;
    case '"': return JsonKind::string;
    case 't':
    case 'f': return JsonKind::boolean;
    case 'n': return JsonKind::null;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      return JsonKind::number;
    default:
      unexpected("a value");
      return JsonKind::wrong;
  }
}

bool JsonCursor::enter() {
  if (depth_ == depth_max) return fail("more than " + std::to_string(depth_max) + " objects and arrays in each other");
  ++depth_;
  ++at_;
  return true;
}

JsonCursor::Step JsonCursor::step(char close, bool first) {
  space();
  if (take(close)) {
    --depth_;
    return Step::end;
  }
  if (first) return Step::item;
  const std::size_t comma = at_;
  if (!take(',')) {
    unexpected(close == '}' ? "',' or '}'" : "',' or ']'");
    return Step::wrong;
  }
  space();
  if (peek() != close) return Step::item;
  fail(comma, std::string("a comma before '") + close + "'; leave it out");
  return Step::wrong;
}

bool JsonCursor::name(std::string_view& name) {
  name_at_ = at_;
  if (peek() != '"') return unexpected("a name in double quotes");
  if (!string(name)) return false;
  space();
  if (!take(':')) return unexpected("':'");
  return true;
}

bool JsonCursor::word(std::string_view& written) {
  const int c = peek();
  const std::string_view word = c == 't' ? "true" : c == 'f' ? "false" : "null";
  if (text_.substr(at_, word.size()) != word) return unexpected("a value");
  written = word;
  at_ += word.size();
  return true;
}

bool JsonCursor::number(std::string_view& written) {
  const NumberScan scan = scan_number(text_.substr(at_));
  if (scan.good) {
    written = text_.substr(at_, scan.size);
    at_ += scan.size;
    return true;
  }
  at_ += scan.size;
  if (peek() == '0') return fail("a number that begins with 0; leave the zeros out");
  return unexpected("a digit");
}

bool JsonCursor::string(std::string_view& said) {
  const std::size_t start = ++at_;
  at_ += plain_prefix(text_.substr(at_));
  if (peek() != '"') return string_rest(start, said);
  said = text_.substr(start, at_++ - start);
  return true;
}

/// The string that began at `start`, from its first character on that is more than plain.
bool JsonCursor::string_rest(std::size_t start, std::string_view& said) {
  std::size_t copied = start;  // up to here, if anything is
  bool escapes = false;
  while (peek() != '"') {
    const int c = peek();
    if (c < 0) return fail(start - 1, "the string does not end");
    if (c < 0x20) return fail("a control character in a string; write it as \\n, \\t or \\u00XX");
    if (c == '\\') {
      if (!escapes) unescaped_.clear();
      escapes = true;
      unescaped_.append(text_, copied, at_ - copied);
      if (!escape()) return false;
      copied = at_;
    } else {
      const std::size_t size = config::utf8_character(text_.substr(at_));
      if (size == 0) return fail("bytes that are no UTF-8; JSON is UTF-8");
      at_ += size;
    }
    at_ += plain_prefix(text_.substr(at_));
  }
  if (escapes) unescaped_.append(text_, copied, at_ - copied);
  said = escapes ? std::string_view(unescaped_) : text_.substr(start, at_ - start);
  ++at_;
  return true;
}

bool JsonCursor::escape() {
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const std::size_t start = at_++;
  if (take('u')) return unicode(start);
  const std::size_t which = peek() < 0 ? letters.npos : letters.find(static_cast<char>(peek()));
  if (which == letters.npos) return fail(start, "an escape that JSON does not have; write \\\\ for a backslash");
  ++at_;
  unescaped_ += meanings[which];
  return true;
}

bool JsonCursor::unicode(std::size_t start) {
  unsigned code = 0;
  if (!hex(code)) return fail(start, "\\u takes four hex digits");
  if (code >= 0xDC00 && code <= 0xDFFF) return fail(start, "the second half of a surrogate pair without the first");
  if (code >= 0xD800 && code <= 0xDBFF) {
    unsigned low = 0;
    if (!take('\\') || !take('u') || !hex(low) || low < 0xDC00 || low > 0xDFFF) {
      return fail(start, "the first half of a surrogate pair without the second");
    }
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(code, unescaped_);
  return true;
}

bool JsonCursor::hex(unsigned& code) {
  for (int i = 0; i < 4; ++i, ++at_) {
    const int c = peek();
    const int letter = c | 0x20;
    if (c >= '0' && c <= '9') code = code * 16 + static_cast<unsigned>(c - '0');
    else if (letter >= 'a' && letter <= 'f') code = code * 16 + static_cast<unsigned>(letter - 'a' + 10);
    else return false;
  }
  return true;
}

bool JsonCursor::skip() {
  std::string_view ignored;
  switch (kind()) {
    case JsonKind::object: {
      Names names;
      return object([&](std::string_view name) {
        return names.add(name) ? skip() : fail(name_at_, json_excerpt(name) + " is given twice; leave one out");
      });
    }
    case JsonKind::array: return array([&] { return skip(); });
    case JsonKind::string: return string(ignored);
    case JsonKind::number: return number(ignored);
    case JsonKind::wrong: return false;
    default: return word(ignored);
  }
}

bool JsonCursor::end() {
  space();
  return at_ == text_.size() || fail("the value has ended, but there is more");
}

/// Says what stands here instead of what was expected.
bool JsonCursor::unexpected(std::string_view expected) {
  const int c = peek();
  if (c < 0) return fail("the text ends where " + std::string(expected) + " is expected");
  if (text_.substr(at_).starts_with("\xEF\xBB\xBF")) return fail("a byte order mark; JSON goes without");
  if (c == '\'') return fail("a single quote where " + std::string(expected) + " is expected; strings take double quotes");
  const std::size_t size = config::utf8_character(text_.substr(at_));
  if (size == 0) return fail("bytes that are no UTF-8; JSON is UTF-8");
  if (c < 0x20 || c == 0x7F) return fail("a control character where " + std::string(expected) + " is expected");
  return fail("'" + std::string(text_.substr(at_, size)) + "' where " + std::string(expected) + " is expected" +
              std::string(remedy(c, expected)));
}

bool JsonCursor::fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

bool JsonCursor::fail(std::size_t at, std::string problem) {
  at_ = at;
  return fail(std::move(problem));
}

Error JsonCursor::error() const {
  std::size_t line = line_;
  std::size_t column = column_;
  for (char c : text_.substr(0, at_)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return invalid_argument(std::to_string(line) + ":" + std::to_string(column) + ": " + problem_);
}

std::string json_excerpt(std::string_view text) {
  if (text.size() <= excerpt_bytes_max) return json_quote(text);
  std::size_t size = 0;
  while (size < excerpt_bytes_max) size += std::max<std::size_t>(1, config::utf8_character(text.substr(size)));
  return json_quote(std::string(text.substr(0, size)) + "…");
}

}  // namespace holon::contract
