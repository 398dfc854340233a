// A JSON value that is put together and printed. Members stay in the order in which they were set.
//
//   JsonValue schema{{"type", "string"}};
//   schema.set("format", "int64");
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holon::contract {

class JsonValue {
 public:
  using Member = std::pair<std::string, JsonValue>;

  /// An object.
  JsonValue() = default;
  JsonValue(std::initializer_list<Member> members) : members_(members) {}
  JsonValue(std::string_view text);
  JsonValue(const std::string& text) : JsonValue(std::string_view(text)) {}
  JsonValue(const char* text) : JsonValue(std::string_view(text)) {}
  JsonValue(bool value) : kind_(Kind::scalar), text_(value ? "true" : "false") {}
  JsonValue(int value) : kind_(Kind::scalar), text_(std::to_string(value)) {}
  /// An array.
  static JsonValue list(std::vector<JsonValue> elements = {});

  /// Adds a member, or gives it another value.
  JsonValue& set(std::string_view name, JsonValue value);
  /// Sets it unless it is empty.
  JsonValue& set_text(std::string_view name, const std::string& text);
  /// Whether there was such a member.
  bool remove(std::string_view name);
  void push(JsonValue element) { elements_.push_back(std::move(element)); }

  /// An object without members, or an array without elements.
  bool empty() const { return kind_ != Kind::scalar && members_.empty() && elements_.empty(); }
  /// The member of this name, or null.
  JsonValue* find(std::string_view name);
  const std::vector<Member>& members() const { return members_; }

  /// A line for each member, indented.
  std::string print() const;

 private:
  enum class Kind : std::uint8_t { object, array, scalar };

  void print(std::string& into, std::size_t depth) const;

  Kind kind_ = Kind::object;
  std::string text_;  ///< of a scalar, as it is printed
  std::vector<Member> members_;
  std::vector<JsonValue> elements_;
};

}  // namespace holon::contract
