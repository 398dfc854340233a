// JsonSequence: cuts a text that arrives in pieces into the JSON values it is a sequence of: one a line, or one after the
// other.
//
//   JsonSequence input;
//   input.feed(R"({"a": 1} {"a")");
//   while (auto value = TRY(input.next())) TRY(value->parse(json, message));
//
// It only cuts. What is wrong with a value is told where it is parsed, with its place in the whole text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "contract/json.h"

namespace holon::contract {

class JsonSequence {
 public:
  struct Value {
    std::string text;
    std::size_t line;    ///< where it begins, from 1
    std::size_t column;  ///< from 1; a column is a character

    /// Json::parse; an error begins with its place in the whole text.
    Result<void> parse(const Json& json, google::protobuf::Message& into) const;
  };

  /// @param bytes_max  that a value may have
  explicit JsonSequence(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void feed(std::string_view bytes);
  /// No more comes: what is there is all of the last value.
  void end() { ended_ = true; }
  /// The next value, if it is complete. RESOURCE_EXHAUSTED if it is larger than a value may be.
  Result<std::optional<Value>> next();

 private:
  enum class Inside { nothing, word, string, escape };

  bool step(char c);
  void skip_space();
  Value take();
  void count(std::string_view passed);

  std::size_t bytes_max_;
  std::string text_;
  std::size_t start_ = 0;  ///< of what is not cut yet
  std::size_t seen_ = 0;   ///< characters from there that were looked at
  std::size_t depth_ = 0;
  Inside inside_ = Inside::nothing;
  std::size_t line_ = 1;  ///< of text_[start_]
  std::size_t column_ = 1;
  bool ended_ = false;
};

}  // namespace holon::contract
