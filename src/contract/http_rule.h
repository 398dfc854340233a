// The path of a route, as google.api.http spells it (google/api/http.proto has the grammar):
//
//   "/v1/{parent=shelves/*}/books/{book.id}:archive"
//
//   auto parsed = PathTemplate::parse(text);
//   if (auto* error = std::get_if<TemplateError>(&parsed)) …
//
// A value: matching is the business of who has requests to match.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holon::contract {

/// What stands between two slashes.
struct PathSegment {
  enum class Kind {
    literal,  ///< exactly `text`
    one,      ///< `*`: any one segment, not empty
    rest,     ///< `**`: any number of segments, none included; always the last one
  };
  Kind kind;
  std::string text;  ///< of a literal, percent-decoded; otherwise empty
};

/// The part of the path that fills a field of the request: segments [first, end) with the slashes between them.
struct PathVariable {
  std::vector<std::string> field;  ///< "book.id" is {"book", "id"}
  std::size_t first;
  std::size_t end;
  /// Whether it may take more than one segment: then "%2F" stays as it is when the value is percent-decoded, since it
  /// means another thing than "/" does (google/api/http.proto, "Reserved expansion").
  bool multi;
  std::size_t column;  ///< of its "{" in the template, from 1

  /// "book.id"
  std::string name() const;
};

/// Why a text is no path template.
struct TemplateError {
  std::size_t column;  ///< of the character at fault, from 1
  std::string what;    ///< and how to mend it
};

class PathTemplate {
 public:
  /// Reads a template. Beyond the grammar, "/" alone is the path of the root: no segments.
  static std::variant<PathTemplate, TemplateError> parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<PathSegment>& segments() const { return segments_; }
  /// In the order in which they stand; they do not overlap, and each fills another field.
  const std::vector<PathVariable>& variables() const { return variables_; }
  /// What follows the last ":", percent-decoded, or empty.
  const std::string& verb() const { return verb_; }

  /// The template without its variables' names, "/v1/shelves/*/books/*:archive": two with the same shape match the same
  /// paths.
  std::string shape() const;

 private:
  friend class TemplateParser;
  PathTemplate() = default;

  std::string text_;
  std::vector<PathSegment> segments_;
  std::vector<PathVariable> variables_;
  std::string verb_;
};

}  // namespace holon::contract
