#include "wire/header_check.h"

#include <array>
#include <functional>

namespace holon::wire {
namespace {

/// A set of characters, to look up by.
class Characters {
 public:
  explicit constexpr Characters(std::string_view all) {
    for (char c : all) allowed_[static_cast<unsigned char>(c)] = true;
  }
  constexpr bool has(char c) const { return allowed_[static_cast<unsigned char>(c)]; }
  bool has_all_of(std::string_view text) const {
    for (char c : text) {
      if (!has(c)) return false;
    }
    return true;
  }

 private:
  std::array<bool, 256> allowed_{};
};

/// RFC 9110, 5.6.2: what a token consists of; RFC 9113, 8.2.1 takes the upper-case letters away.
constexpr Characters name_characters("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

/// RFC 3986, 3.2, without the user before an at sign, which RFC 9113, 8.3.1, takes away.
constexpr Characters authority_characters(
    "-._~%!$&'()*+,;=:[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

bool is_name(std::string_view name) { return !name.empty() && name_characters.has_all_of(name); }

/// RFC 3986, 3.1
bool is_scheme(std::string_view scheme) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (char c : scheme) {
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return false;
  }
  return !scheme.empty() && letter(scheme.front());
}

/// A token with letters of both cases (RFC 9110, 9.1).
bool is_method(std::string_view method) {
  for (char c : method) {
    bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !name_characters.has(c)) return false;
  }
  return !method.empty();
}

/// What may stand in :path, as far as nobody could read it in two ways.
bool has_no_blanks(std::string_view value) {
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return false;
  }
  return true;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// RFC 9113, 8.2.1, and RFC 9110, 5.5, which allows no other control characters either.
bool is_value(std::string_view value) {
  if (value.empty()) return true;
  if (is_blank(value.front()) || is_blank(value.back())) return false;
  bool wrong = false;
  for (char c : value) {  // without branches, so that many bytes are looked at in one step
    auto byte = static_cast<unsigned char>(c);
    wrong |= ((byte < 0x20) & (byte != '\t')) | (byte == 0x7f);
  }
  return !wrong;
}

bool belongs_to_connection(std::string_view name) {
  return name == "connection" || name == "keep-alive" || name == "proxy-connection" || name == "transfer-encoding" ||
         name == "upgrade";
}

}  // namespace

void HeaderCheck::add(std::string_view name, std::string_view value) {
  if (!is_value(value)) return fail(rule::field_value);
  if (name.starts_with(':')) {
    if (regular_seen_) return fail(rule::pseudo_late);
    return add_pseudo(name, value);
  }
  regular_seen_ = true;
  add_regular(name, value);
}

void HeaderCheck::see(Seen which) {
  if ((seen_ & which) != 0) return fail(rule::pseudo_twice);
  seen_ |= which;
}

// 8.3.1, 8.3.2
void HeaderCheck::add_pseudo(std::string_view name, std::string_view value) {
  if (block_ == Block::response) {
    if (name != ":status") return fail(rule::pseudo_unknown);
    return add_status(value);
  }
  if (block_ == Block::trailers) return fail(rule::pseudo_unknown);  // 8.1
  if (name == ":method") {
    see(saw_method);
    connect_ = value == "CONNECT";
    options_ = value == "OPTIONS";
    if (!is_method(value)) fail(rule::method);
  } else if (name == ":scheme") {
    see(saw_scheme);
    if (!is_scheme(value)) fail(rule::scheme);
  } else if (name == ":path") {
    add_path(value);
  } else if (name == ":authority") {
    see(saw_authority);
    add_host(value, true);
  } else {
    fail(rule::pseudo_unknown);
  }
}

void HeaderCheck::add_path(std::string_view value) {
  see(saw_path);
  star_ = value == "*";
  if (!star_ && (!value.starts_with('/') || !has_no_blanks(value))) fail(rule::path);
}

void HeaderCheck::add_status(std::string_view value) {
  see(saw_status);
  if (value.size() != 3) return fail(rule::status);
  status_ = 0;
  for (char c : value) {
    if (c < '0' || c > '9') return fail(rule::status);
    status_ = status_ * 10 + (c - '0');
  }
  if (status_ == 101) fail(rule::status);  // 8.6: there is no upgrade
}

void HeaderCheck::add_regular(std::string_view name, std::string_view value) {
  if (!is_name(name)) return fail(rule::field_name);
  switch (name.front()) {
    case 'c':
      if (name == "content-length") return add_length(value);
      [[fallthrough]];
    case 'k': case 'p': case 'u':
      if (belongs_to_connection(name)) fail(rule::connection_field);
      return;
    case 'h':
      if (name == "host" && block_ == Block::request) add_host(value, false);
      return;
    case 't':
      if (name == "te" && value != "trailers") fail(rule::te);
      if (belongs_to_connection(name)) fail(rule::connection_field);
      return;
    default:
      return;
  }
}

// RFC 9110, 8.6: repeated, it must be the same each time.
void HeaderCheck::add_length(std::string_view value) {
  std::uint64_t length = 0;
  if (value.empty() || value.size() > 18) return fail(rule::content_length);
  for (char c : value) {
    if (c < '0' || c > '9') return fail(rule::content_length);
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (has_length_ && length != length_) fail(rule::content_length);
  has_length_ = true;
  length_ = length;
}

// 8.3.1: Host follows the rules of :authority, and must name what :authority names. Compared by hash, so that a kept state needs no text.
void HeaderCheck::add_host(std::string_view value, bool is_authority) {
  if (!authority_characters.has_all_of(value)) return fail(rule::authority);
  std::uint64_t hash = std::hash<std::string_view>()(value);
  if (!is_authority && has_host_ && hash != host_hash_) fail(rule::host);
  has_host_ = true;
  host_hash_ = hash;
}

Verdict HeaderCheck::finish() {
  if (wrong_ != nullptr) return wrong_;
  if (block_ == Block::response && (seen_ & saw_status) == 0) fail(rule::pseudo_missing);
  // RFC 9110, 8.6: what never has a body has no length either.
  const bool bodiless = informational() || status_ == 204;
  if (bodiless && content_length().value_or(0) != 0) fail(rule::content_length);
  if (block_ != Block::request) return wrong_;
  constexpr std::uint8_t required = saw_method | saw_scheme | saw_path;
  if (connect_) {  // 8.5
    if ((seen_ & (saw_scheme | saw_path)) != 0 || (seen_ & saw_authority) == 0) fail(rule::connect);
  } else if ((seen_ & required) != required) {
    fail(rule::pseudo_missing);
  } else if (star_ && !options_) {
    fail(rule::path);
  }
  return wrong_;
}

}  // namespace holon::wire
