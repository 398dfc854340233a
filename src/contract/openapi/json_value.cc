#include "contract/openapi/json_value.h"

#include <algorithm>

#include "contract/json.h"

namespace holon::contract {

JsonValue::JsonValue(std::string_view text) : kind_(Kind::scalar), text_(json_quote(text)) {}

JsonValue JsonValue::list(std::vector<JsonValue> elements) {
  JsonValue value;
  value.kind_ = Kind::array;
  value.elements_ = std::move(elements);
  return value;
}

JsonValue& JsonValue::set(std::string_view name, JsonValue value) {
  if (JsonValue* member = find(name)) {
    *member = std::move(value);
  } else {
    members_.emplace_back(name, std::move(value));
  }
  return *this;
}

JsonValue& JsonValue::set_text(std::string_view name, const std::string& text) {
  return text.empty() ? *this : set(name, text);
}

JsonValue* JsonValue::find(std::string_view name) {
  auto found = std::ranges::find(members_, name, &Member::first);
  return found == members_.end() ? nullptr : &found->second;
}

bool JsonValue::remove(std::string_view name) {
  return std::erase_if(members_, [name](const Member& member) { return member.first == name; }) > 0;
}

std::string JsonValue::print() const {
  std::string text;
  print(text, 0);
  return text + '\n';
}

void JsonValue::print(std::string& into, std::size_t depth) const {
  if (kind_ == Kind::scalar) {
    into += text_;
    return;
  }
  const bool object = kind_ == Kind::object;
  const std::size_t count = object ? members_.size() : elements_.size();
  into += object ? '{' : '[';
  for (std::size_t i = 0; i < count; ++i) {
    into += i == 0 ? "\n" : ",\n";
    into.append(2 * (depth + 1), ' ');
    if (object) into += json_quote(members_[i].first) + ": ";
    (object ? members_[i].second : elements_[i]).print(into, depth + 1);
  }
  if (count > 0) into += '\n' + std::string(2 * depth, ' ');
  into += object ? '}' : ']';
}

}  // namespace holon::contract
