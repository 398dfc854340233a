// JSON of messages, by the public mapping (https://protobuf.dev/programming-guides/json/), strictly.
//
//   contract::Json json(pool);
//   TRY(json.parse(R"({"productId": "7", "quantity": 2})", message));   // adds to what `message` has
//   std::string text = TRY(json.print(message));
//
// In: both spellings of a field's name (`product_id`, `productId`), 64-bit numbers as numbers or strings, enums by name
// or number, `null` for "not given". What RFC 8259 does not allow is refused, and so are a name that comes twice, two fields
// of a oneof, a field the message does not have, a value that is none of the field's, a required field that is missing, and
// more than 64 levels. An error begins with its place and ends with the remedy:
// `2:14: shop.CartItem has no field "quantum"; did you mean quantity?`.
// Out: lowerCamelCase in the order of the fields' numbers, maps in the order of their keys, 64-bit numbers as strings, enums by
// name, numbers with as many digits as bring them back; fields that have their default value are left out.
//
// Any number of threads may use one Json.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "holon/result.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace holon::contract {

/// How a message is printed.
struct JsonStyle {
  bool lines = false;     ///< a line for each field, indented; else all on one line
  bool defaults = false;  ///< fields that have their default value are printed too
};

/// What is known of a text that is read.
struct JsonText {
  std::size_t bytes_max = std::string_view::npos;  ///< RESOURCE_EXHAUSTED beyond
  std::size_t line = 1;                            ///< of its first character, for the places in errors
  std::size_t column = 1;
};

class Json {
 public:
  static constexpr int depth_max = 64;

  /// @param pool  has the types of all messages given to this object, and outlives it
  explicit Json(const google::protobuf::DescriptorPool& pool);
  ~Json();

  /// Merges the fields of a JSON object into `into`. After an error it has what was read before.
  Result<void> parse(std::string_view text, google::protobuf::Message& into, const JsonText& about = {}) const;
  /// Merges a JSON value, of whatever kind `field` is, into that field of `into`.
  Result<void> parse_field(std::string_view text, const google::protobuf::FieldDescriptor& field,
                           google::protobuf::Message& into, const JsonText& about = {}) const;
  /// Sets a field, or adds an element to it if it is repeated, to what a text without quotes says: of a path or a query.
  /// Whole numbers are digits alone, enums are given by name or number, messages are none but those whose JSON is a string or
  /// another scalar: Timestamp, Duration, FieldMask and the wrappers.
  Result<void> parse_bare(std::string_view text, const google::protobuf::FieldDescriptor& field,
                          google::protobuf::Message& into) const;

  /// INTERNAL names what has no JSON: an Any of a type that the pool does not have, a time beyond the year 9999.
  Result<std::string> print(const google::protobuf::Message& message, JsonStyle style = {}) const;
  /// One field as a JSON value; unlike `print`, a default value is printed too (`[]`, `""`, `0`, …).
  Result<std::string> print_field(const google::protobuf::Message& message,
                                  const google::protobuf::FieldDescriptor& field) const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

/// Whether `text` is one JSON value, by the rules above that hold without knowing its type.
Result<void> check_json(std::string_view text);

/// `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

/// The field of `type` by either spelling of its name; null if there is none.
const google::protobuf::FieldDescriptor* find_field(const google::protobuf::Descriptor& type, std::string_view name);
/// For an error: `shop.CartItem has no field "quantum"; did you mean quantity?`
std::string no_field(const google::protobuf::Descriptor& type, std::string_view name);

}  // namespace holon::contract
