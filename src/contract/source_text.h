// The text of a contract, for places that protoc does not note: inside the value of an option, `option (x) = { … };`, and
// inside the strings that stand there.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace google::protobuf {
class Descriptor;
}

namespace holon::contract {

/// A place in a text, from 0; a tab goes on to the next multiple of 8, as protoc counts.
struct TextPlace {
  int line;
  int column;
  bool operator==(const TextPlace&) const = default;
};

class SourceText {
 public:
  explicit SourceText(std::string text) : text_(std::move(text)) {}

  /// Where a field stands inside an option's value.
  ///
  /// @param statement  where the word `option` of its statement stands
  /// @param type       of the option; null for one that is no message
  /// @param path       from the value to the field: numbers of fields, each repeated one followed by an index
  /// @param character  of the string that is the field's value, from 1; 0 for the field's name
  /// None if the text is not the one that the contract was compiled from.
  std::optional<TextPlace> inside_option(TextPlace statement, const google::protobuf::Descriptor* type,
                                         std::span<const int> path, std::size_t character) const;

 private:
  std::optional<std::size_t> offset_of(TextPlace place) const;
  TextPlace place_of(std::size_t offset) const;
  std::optional<std::string> inside_braces(std::size_t value) const;
  std::optional<std::size_t> field(std::size_t value, const google::protobuf::Descriptor& type,
                                   std::span<const int> path) const;

  std::string text_;
};

}  // namespace holon::contract
