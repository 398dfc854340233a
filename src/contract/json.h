// JSON of messages, by the public mapping (https://protobuf.dev/programming-guides/json/), strictly.
//
//   contract::Json json(pool);
//   TRY(json.parse(R"({"productId": "7", "quantity": 2})", message));   // adds to what `message` has
//   std::string text = TRY(json.print(message));
//
// In: both spellings of a field's name (`product_id`, `productId`), 64-bit numbers as numbers or strings, enums by name
// or number, `null` for "not given". What RFC 8259 does not allow is refused, and so are a name that comes twice, a
// field the message does not have, a value of another kind than the field's, and more than 64 levels. An error begins
// with its place: `2:14: shop.CartItem has no field "quantum"`.
// Out: lowerCamelCase, 64-bit numbers as strings, enums by name; fields that have their default value are left out.
//
// Any number of threads may use one Json.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "holon/result.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class FieldDescriptor;
class Message;
namespace util {
class TypeResolver;
}
}  // namespace google::protobuf

namespace holon::contract {

/// How a message is printed.
struct JsonStyle {
  bool lines = false;     ///< a line for each field, indented; else all on one line
  bool defaults = false;  ///< fields that have their default value are printed too
};

class Json {
 public:
  static constexpr int depth_max = 64;

  /// @param pool  has the types of all messages given to this object, and outlives it
  explicit Json(const google::protobuf::DescriptorPool& pool);
  ~Json();

  /// Merges the fields of a JSON object into `into`.
  Result<void> parse(std::string_view text, google::protobuf::Message& into) const;
  /// Merges a JSON value, of whatever kind `field` is, into that field of `into`.
  Result<void> parse_field(std::string_view text, const google::protobuf::FieldDescriptor& field,
                           google::protobuf::Message& into) const;

  Result<std::string> print(const google::protobuf::Message& message, JsonStyle style = {}) const;
  /// One field as a JSON value; unlike `print`, a default value is printed too (`[]`, `""`, `0`, …).
  Result<std::string> print_field(const google::protobuf::Message& message,
                                  const google::protobuf::FieldDescriptor& field) const;

 private:
  Result<void> merge(std::string_view text, google::protobuf::Message& into) const;

  std::unique_ptr<google::protobuf::util::TypeResolver> types_;
};

/// Whether `text` is one JSON value that `type` could be read from; any value if `type` is null. What the values say
/// (the range of a number, the name in an enum) is not looked at.
Result<void> check_json(std::string_view text, const google::protobuf::Descriptor* type = nullptr);
/// The same for a value of one field.
Result<void> check_json(std::string_view text, const google::protobuf::FieldDescriptor& field);

/// `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

/// The field of `type` by either spelling of its name; null if there is none.
const google::protobuf::FieldDescriptor* find_field(const google::protobuf::Descriptor& type, std::string_view name);

}  // namespace holon::contract
