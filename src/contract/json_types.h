// JsonTypes: what reading and writing JSON looks up about a message type, made once for each.
//
//   const JsonType& type = types.of(*message.GetDescriptor());
//   const JsonField* field = type.find("productId");        // or "product_id"
//
// Any number of threads may use it. What it gives lives as long as it does, and does not change.
#pragma once

#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace holon::contract {

/// The forms that messages have in JSON: an object of their fields, or, if well known, one of their own.
enum class JsonForm : unsigned char { fields, any, timestamp, duration, field_mask, structure, value, list, wrapper };

struct JsonType;

struct JsonField {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string label;               ///< `"productId":`
  std::size_t index = 0;           ///< in its type's fields; an extension has none
  bool is_null_value = false;      ///< of the enum google.protobuf.NullValue, which is written as null
  const JsonType* type = nullptr;  ///< of a message; a map's is its entry

  /// Whether null is one of its values, not "none".
  bool takes_null() const;
};

struct JsonType {
  const google::protobuf::Descriptor* message = nullptr;
  JsonForm form = JsonForm::fields;
  std::vector<JsonField> fields;            ///< by number, the order in which they are written
  std::vector<const JsonField*> required;
  std::unordered_map<std::string_view, const JsonField*> names;  ///< in both spellings

  /// The field of this name; null if there is none. Found at once if it is that with the index `expected`.
  const JsonField* find(std::string_view name, std::size_t expected = 0) const;
};

class JsonTypes {
 public:
  JsonTypes();
  ~JsonTypes();

  const JsonType& of(const google::protobuf::Descriptor& message) const;
  const JsonField& extension(const google::protobuf::FieldDescriptor& extension) const;

 private:
  JsonType& known(const google::protobuf::Descriptor& message, std::vector<JsonType*>& unfilled) const;
  JsonField described(const google::protobuf::FieldDescriptor& field, std::vector<JsonType*>& unfilled) const;
  void fill(JsonType& type, std::vector<JsonType*>& unfilled) const;
  void fill_all(std::vector<JsonType*>& unfilled) const;

  mutable std::shared_mutex mutex_;  ///< held for a lookup, or while a type is described; never over a suspension
  mutable std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<JsonType>> types_;
  mutable std::unordered_map<const google::protobuf::FieldDescriptor*, std::unique_ptr<JsonField>> extensions_;
};

/// The form of a message type.
JsonForm json_form(const google::protobuf::Descriptor& message);

}  // namespace holon::contract
