// JsonCursor: walks over one JSON text (RFC 8259) and gives its tokens, strictly.
//
//   JsonCursor in(text);
//   bool good = in.object([&](std::string_view name) { return in.kind() == JsonKind::number ? read(in) : in.skip(); }) && in.end();
//   if (!good) return in.error();                        // "2:14: a comma before '}'; leave it out"
//
// Functions that read give false for what is wrong; then nothing more is to be read, and `error` says what and where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "holon/result.h"

namespace holon::contract {

/// What a value is, by its first character.
enum class JsonKind : std::uint8_t { wrong, object, array, string, number, boolean, null };

class JsonCursor {
 public:
  static constexpr int depth_max = 64;  ///< of objects and arrays in each other

  /// @param line, column  of the text's first character, in errors
  explicit JsonCursor(std::string_view text, std::size_t line = 1, std::size_t column = 1)
      : text_(text), line_(line), column_(column) {}

  /// Of the value that comes next; space before it is skipped.
  JsonKind kind();
  /// Where the value that comes next begins, once its kind is known; to go back to, or to say what is wrong with it.
  std::size_t at() const { return at_; }
  /// Where the name began that was given last.
  std::size_t name_at() const { return name_at_; }
  /// Back to where the cursor has been, at the same depth.
  void back(std::size_t at) { at_ = at; }

  /// Reads `{"name": value, …}`: calls `member(name)` at each value, which it reads. A name stays until the next string.
  template <class F>
  bool object(F member);
  /// Reads `[value, …]`: calls `element()` at each value, which it reads.
  template <class F>
  bool array(F element);
  /// What a string says; stays until the next one is read, or the text is gone.
  bool string(std::string_view& said);
  /// A number as it is written.
  bool number(std::string_view& written);
  /// `true`, `false` or `null`, by its kind.
  bool word(std::string_view& written);
  /// A value of any kind. Names that come twice are refused.
  bool skip();
  /// Nothing but space comes.
  bool end();

  /// Says what is wrong, here or at a place that was passed. Gives false.
  bool fail(std::string problem);
  bool fail(std::size_t at, std::string problem);
  /// INVALID_ARGUMENT: what is wrong, after `line:column: `. A column is a character.
  Error error() const;

 private:
  enum class Step { item, end, wrong };

  void space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
  }
  int peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool enter();
  Step step(char close, bool first);
  bool name(std::string_view& name);
  bool string_rest(std::size_t start, std::string_view& said);
  bool escape();
  bool unicode(std::size_t start);
  bool hex(unsigned& code);
  bool unexpected(std::string_view expected);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t name_at_ = 0;
  int depth_ = 0;
  std::size_t line_;
  std::size_t column_;
  std::string unescaped_;  ///< of the string read last, if it had escapes
  std::string problem_;
};

/// For messages: a text as it would be written, quoted, of its first characters only.
std::string json_excerpt(std::string_view text);

template <class F>
bool JsonCursor::object(F member) {
  if (!enter()) return false;
  for (bool first = true;; first = false) {
    const Step next = step('}', first);
    if (next != Step::item) return next == Step::end;
    std::string_view name;
    if (!this->name(name) || !member(name)) return false;
  }
}

template <class F>
bool JsonCursor::array(F element) {
  if (!enter()) return false;
  for (bool first = true;; first = false) {
    const Step next = step(']', first);
    if (next != Step::item) return next == Step::end;
    if (!element()) return false;
  }
}

}  // namespace holon::contract
