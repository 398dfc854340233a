#include "contract/http_rule.h"

#include <algorithm>
#include <optional>

namespace holon::contract {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 3986's pchar without "*", which is a wildcard, and ":", which starts the verb. "%" begins an escape.
bool is_literal(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("-.~!$&'()+,;=@").find(c) != std::string_view::npos;
}

std::optional<unsigned> hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// Undoes the decoding of a literal, so that "%2F" and "/" stay apart.
std::string encoded(std::string_view literal) {
  std::string text;
  for (const char c : literal) {
    if (is_literal(c)) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
    }
  }
  return text;
}

}  // namespace

std::string PathVariable::name() const {
  std::string name;
  for (const std::string& part : field) name += (name.empty() ? "" : ".") + part;
  return name;
}

std::string PathTemplate::shape() const {
  std::string shape = segments_.empty() ? "/" : "";
  for (const PathSegment& segment : segments_) {
    switch (segment.kind) {
      case PathSegment::Kind::literal: shape += "/" + encoded(segment.text); break;
      case PathSegment::Kind::one: shape += "/*"; break;
      case PathSegment::Kind::rest: shape += "/**"; break;
    }
  }
  return verb_.empty() ? shape : shape + ":" + encoded(verb_);
}

// Recursive descent over the grammar. Each function reads one production and gives false once `error_` says why not.
class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : text_(text) { result_.text_ = text; }

  std::variant<PathTemplate, TemplateError> parse() {
    if (!path()) return *std::move(error_);
    return std::move(result_);
  }

 private:
  using Kind = PathSegment::Kind;

  bool path() {
    if (!take('/')) return fail("a path starts with '/'");
    if (text_ == "/") return true;
    if (!segments(/*in_variable=*/false)) return false;
    if (take(':')) {
      if (!literal(result_.verb_)) return false;
      if (result_.verb_.empty()) return fail("the verb after ':' is missing; name it or leave out the ':'");
    }
    return at_end() || fail_at_stranger();
  }

  bool segments(bool in_variable) {
    do {
      if (!segment(in_variable)) return false;
    } while (take('/'));
    return true;
  }

  bool segment(bool in_variable) {
    if (!result_.segments_.empty() && result_.segments_.back().kind == Kind::rest) {
      return fail("'**' takes the rest of the path, so nothing but a verb can follow it; use '*' for one segment");
    }
    if (take('*')) {
      result_.segments_.push_back({take('*') ? Kind::rest : Kind::one, {}});
      if (at_boundary()) return true;
      return fail(std::string("'") + text_[position_] + "' cannot follow a '*'; put a '/' between them");
    }
    if (peek('{')) {
      if (in_variable) return fail("a variable cannot stand inside another one; close the outer one with '}' first");
      return variable();
    }
    std::string text;
    if (!literal(text)) return false;
    if (text.empty() && !at_end() && !peek('/')) return fail_at_stranger();
    if (text.empty()) return fail("a segment is empty; remove the extra '/'");
    result_.segments_.push_back({Kind::literal, std::move(text)});
    return true;
  }

  bool variable() {
    const std::size_t opening = position_++;
    PathVariable variable{{}, result_.segments_.size(), 0, false, opening + 1};
    if (!field_path(variable.field)) return false;
    for (const PathVariable& other : result_.variables_) {
      if (other.field != variable.field) continue;
      position_ = opening;
      return fail("{" + variable.name() + "} stands there twice; a field is filled from one place");
    }
    const bool has_segments = take('=');
    if (!has_segments) result_.segments_.push_back({Kind::one, {}});
    if (has_segments && !segments(/*in_variable=*/true)) return false;
    if (!take('}')) {
      const bool closable = at_end() || !has_segments;
      return closable ? fail("the '}' that closes {" + variable.name() + " is missing") : fail_at_stranger();
    }
    variable.end = result_.segments_.size();
    variable.multi = variable.end - variable.first > 1 || result_.segments_.back().kind == Kind::rest;
    result_.variables_.push_back(std::move(variable));
    if (!at_boundary()) return fail("a variable takes whole segments; put a '/' after its '}'");
    return true;
  }

  bool field_path(std::vector<std::string>& field) {
    do {
      const std::size_t start = position_;
      const auto belongs = [&](char c) { return is_letter(c) || (position_ > start && is_digit(c)); };
      while (!at_end() && belongs(text_[position_])) ++position_;
      if (position_ == start) return fail("a field's name belongs here, as in {name} or {book.id}");
      field.emplace_back(text_.substr(start, position_ - start));
    } while (take('.'));
    return true;
  }

  bool literal(std::string& into) {
    for (; !at_end(); ++position_) {
      const char c = text_[position_];
      if (c == '%') {
        if (!escape(into)) return false;
      } else if (is_literal(c)) {
        into += c;
      } else if (!into.empty() && (c == '*' || c == '{')) {
        return fail(std::string("'") + c + "' stands for a whole segment; put a '/' before it");
      } else {
        break;
      }
    }
    return true;
  }

  // Leaves `position_` on the last digit.
  bool escape(std::string& into) {
    if (position_ + 2 >= text_.size()) return fail("two hexadecimal digits belong after '%'");
    const auto high = hex_value(text_[position_ + 1]);
    const auto low = hex_value(text_[position_ + 2]);
    if (!high || !low) return fail("two hexadecimal digits belong after '%'");
    into += static_cast<char>(*high * 16 + *low);
    position_ += 2;
    return true;
  }

  bool fail_at_stranger() {
    if (at_end()) return fail("the path ends too early");
    const char c = text_[position_];
    if (c == '?') return fail("a path has no query; the fields that path and body leave out come from it anyway");
    if (c == ':') return fail("':' starts the verb, which ends the path; write %3A for a ':' inside a segment");
    if (c == '}') return fail("a '}' without its '{'");
    if (c == '/') return fail("nothing can follow the verb; write %3A for a ':' inside a segment");
    return fail(std::string("'") + c + "' cannot stand in a path; write it percent-encoded");
  }

  bool fail(std::string what) {
    error_ = TemplateError{position_ + 1, std::move(what)};
    return false;
  }

  bool at_boundary() const { return at_end() || peek('/') || peek(':') || peek('}'); }
  bool at_end() const { return position_ == text_.size(); }
  bool peek(char c) const { return !at_end() && text_[position_] == c; }
  bool take(char c) {
    if (!peek(c)) return false;
    ++position_;
    return true;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  PathTemplate result_;
  std::optional<TemplateError> error_;
};

std::variant<PathTemplate, TemplateError> PathTemplate::parse(std::string_view text) {
  return TemplateParser(text).parse();
}

}  // namespace holon::contract
