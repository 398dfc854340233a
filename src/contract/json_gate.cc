// The strict pass over a JSON text, in front of protobuf's reader, which takes single quotes, bare and duplicate names,
// trailing commas and more. It knows the message type, so it can say where a field is unknown or of the wrong kind.

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>

#include "contract/json.h"
#include "contract/utf8.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// What a value is to be read as: a message, a field, an element of a field, or (both null) anything.
struct Shape {
  const Descriptor* message = nullptr;
  const FieldDescriptor* field = nullptr;
  bool element = false;
};

/// Messages with a JSON form of their own; what is inside is protobuf's business.
bool has_own_form(const Descriptor& type) {
  return type.well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Gate {
 public:
  explicit Gate(std::string_view text) : text_(text) {}

  Result<void> run(const Shape& shape) {
    space();
    if (value(shape)) {
      space();
      if (at_ < text_.size()) fail("the value has ended, but there is more");
    }
    if (problem_.empty()) return {};
    return invalid_argument(place() + ": " + problem_);
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  bool fail_at(std::size_t at, std::string problem) {
    at_ = at;
    return fail(std::move(problem));
  }

  /// Line and column of `at_`, both from 1; a column is a character.
  std::string place() const {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i < at_; ++i) {
      if (text_[i] == '\n') {
        ++line;
        column = 1;
      } else if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) {
        ++column;
      }
    }
    return std::to_string(line) + ":" + std::to_string(column);
  }

  int peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool digit() const { return peek() >= '0' && peek() <= '9'; }

  /// Says what stands here instead of what was expected.
  bool unexpected(std::string_view expected) {
    const int c = peek();
    if (c < 0) return fail("the text ends where " + std::string(expected) + " is expected");
    if (c == '\'') {
      return fail("a single quote where " + std::string(expected) + " is expected; strings take double quotes");
    }
    if (c == '/' || c == '#') return fail("JSON has no comments");
    const std::size_t size = utf8_character(text_.substr(at_));
    if (size == 0) return fail("bytes that are no UTF-8");
    if (c < 0x20 || c == 0x7F) return fail("a control character where " + std::string(expected) + " is expected");
    return fail("'" + std::string(text_.substr(at_, size)) + "' where " + std::string(expected) + " is expected");
  }

  bool value(const Shape& shape) {
    if (!kind_fits(shape)) return false;
    switch (peek()) {
      case '{': return nested([&] { return object(shape); });
      case '[': return nested([&] { return array(shape); });
      case '"': return string(nullptr);
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return number();
      default: return unexpected("a value");
    }
  }

  template <class F>
  bool nested(F body) {
    if (depth_ == Json::depth_max) return fail("more than 64 levels");
    ++depth_;
    ++at_;
    space();
    const bool good = body();
    --depth_;
    return good;
  }

  bool object(const Shape& shape) {
    const Descriptor* message = shape.message;
    Shape map_value;
    if (shape.field != nullptr && (shape.element || !shape.field->is_repeated())) message = shape.field->message_type();
    if (shape.field != nullptr && shape.field->is_map() && !shape.element) {
      map_value = {nullptr, shape.field->message_type()->map_value(), true};
    }
    if (message != nullptr && has_own_form(*message)) message = nullptr;
    std::set<std::string> names;
    if (take('}')) return true;
    do {
      space();
      if (!member(message, map_value, names)) return false;
      space();
    } while (take(','));
    return take('}') || unexpected("',' or '}'");
  }

  bool member(const Descriptor* message, const Shape& map_value, std::set<std::string>& names) {
    const std::size_t start = at_;
    if (peek() != '"') return unexpected("a name in double quotes");
    std::string name;
    if (!string(&name)) return false;
    Shape shape = map_value;
    std::string known = name;
    if (message != nullptr) {
      shape = {nullptr, find_field(*message, name), false};
      if (shape.field == nullptr) {
        return fail_at(start, std::string(message->full_name()) + " has no field " + quoted(name));
      }
      known = shape.field->name();  // `a_b` and `aB` are the same field
    }
    if (!names.insert(known).second) return fail_at(start, quoted(name) + " is given twice");
    space();
    if (!take(':')) return unexpected("':'");
    space();
    return value(shape);
  }

  bool array(const Shape& shape) {
    Shape element;
    if (shape.field != nullptr && shape.field->is_repeated() && !shape.element) element = {nullptr, shape.field, true};
    if (take(']')) return true;
    do {
      space();
      if (!value(element)) return false;
      space();
    } while (take(','));
    return take(']') || unexpected("',' or ']'");
  }

  bool word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return unexpected("a value");
    at_ += word.size();
    return true;
  }

  bool number() {
    take('-');
    if (!digit()) return unexpected("a digit");
    if (take('0')) {
      if (digit()) return fail("a number does not begin with 0");
    } else {
      while (digit()) ++at_;
    }
    if (take('.')) {
      if (!digit()) return unexpected("a digit");
      while (digit()) ++at_;
    }
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digit()) return unexpected("a digit");
      while (digit()) ++at_;
    }
    return true;
  }

  /// Reads a string; its content goes to `into`, if that is asked for.
  bool string(std::string* into) {
    const std::size_t start = at_++;
    while (!take('"')) {
      const int c = peek();
      if (c < 0) return fail_at(start, "the string does not end");
      if (c < 0x20) return fail("a control character in a string; write it as \\u00XX");
      if (c == '\\') {
        if (!escape(into)) return false;
        continue;
      }
      const std::size_t size = utf8_character(text_.substr(at_));
      if (size == 0) return fail("bytes that are no UTF-8");
      if (into != nullptr) into->append(text_, at_, size);
      at_ += size;
    }
    return true;
  }

  bool escape(std::string* into) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const std::size_t start = at_++;
    if (take('u')) return unicode(start, into);
    const std::size_t which = peek() < 0 ? letters.npos : letters.find(static_cast<char>(peek()));
    if (which == letters.npos) return fail_at(start, "an escape that JSON does not have");
    ++at_;
    if (into != nullptr) *into += meanings[which];
    return true;
  }

  bool unicode(std::size_t start, std::string* into) {
    unsigned code = 0;
    if (!hex(code)) return fail_at(start, "\\u takes four hex digits");
    if (code >= 0xDC00 && code <= 0xDFFF) {
      return fail_at(start, "the second half of a surrogate pair without the first");
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
      unsigned low = 0;
      if (!take('\\') || !take('u') || !hex(low) || low < 0xDC00 || low > 0xDFFF) {
        return fail_at(start, "the first half of a surrogate pair without the second");
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (into != nullptr) append_utf8(code, *into);
    return true;
  }

  bool hex(unsigned& code) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const int c = peek();
      if (digit()) code = code * 16 + static_cast<unsigned>(c - '0');
      else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') code = code * 16 + static_cast<unsigned>((c | 0x20) - 'a' + 10);
      else return false;
    }
    return true;
  }

  static void append_utf8(unsigned code, std::string& out) {
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

  /// Whether a value that begins as the one here may stand for `shape`. Syntax is looked at later.
  bool kind_fits(const Shape& shape) {
    const int c = peek();
    if (shape.message != nullptr) {
      if (has_own_form(*shape.message) || c == '{' || !begins_value(c)) return true;
      return fail("a " + std::string(shape.message->full_name()) + " is written as an object");
    }
    if (shape.field == nullptr || !begins_value(c)) return true;
    const FieldDescriptor& field = *shape.field;
    const bool repeated = field.is_repeated() && !shape.element;
    if (!repeated && field.message_type() != nullptr && has_own_form(*field.message_type())) return true;
    if (c == 'n') return shape.element ? fail("null inside " + std::string(field.full_name())) : true;
    const std::string_view wanted = repeated ? (field.is_map() ? "{" : "[") : starts_of(field);
    if (wanted.find(static_cast<char>(c)) != wanted.npos) return true;
    return fail(std::string(field.full_name()) + " is written as " + std::string(spoken(field, repeated)));
  }

  static bool begins_value(int c) {
    static constexpr std::string_view starts = "{[\"tfn-0123456789";
    return c >= 0 && starts.find(static_cast<char>(c)) != starts.npos;
  }

  /// First characters that a value of the field may have.
  static std::string_view starts_of(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return "{";
      case FieldDescriptor::CPPTYPE_STRING: return "\"";
      case FieldDescriptor::CPPTYPE_BOOL: return "tf";
      default: return "\"-0123456789";
    }
  }

  static std::string_view spoken(const FieldDescriptor& field, bool repeated) {
    if (repeated) return field.is_map() ? "an object" : "an array";
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return "an object";
      case FieldDescriptor::CPPTYPE_STRING: return "a string";
      case FieldDescriptor::CPPTYPE_BOOL: return "true or false";
      case FieldDescriptor::CPPTYPE_ENUM: return "the name of a value, or its number";
      default: return "a number";
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string problem_;
};

}  // namespace

Result<void> check_json(std::string_view text, const Descriptor* type) {
  return Gate(text).run({type, nullptr, false});
}

Result<void> check_json(std::string_view text, const FieldDescriptor& field) {
  return Gate(text).run({nullptr, &field, false});
}

}  // namespace holon::contract
