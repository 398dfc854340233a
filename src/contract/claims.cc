#include "holon/claims.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <charconv>
#include <mutex>

#include "contract/json.h"

namespace holon {

using google::protobuf::Struct;
using google::protobuf::Value;

namespace {

constexpr double integers_end = 9007199254740992.0;  // 2^53: from here on doubles skip integers

std::string text_of_number(double number) {
  char text[32];
  bool whole = number == static_cast<double>(static_cast<std::int64_t>(number));
  char* end = whole ? std::to_chars(text, text + sizeof text, static_cast<std::int64_t>(number)).ptr
                    : std::to_chars(text, text + sizeof text, number).ptr;
  return {text, end};
}

/// Empty for what is no single value.
std::string text_of(const Value& value) {
  switch (value.kind_case()) {
    case Value::kStringValue: return value.string_value();
    case Value::kNumberValue: return text_of_number(value.number_value());
    case Value::kBoolValue: return value.bool_value() ? "true" : "false";
    default: return {};
  }
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

const Value* find(const Struct& in, std::string_view name) {
  auto found = in.fields().find(std::string(name));
  return found != in.fields().end() ? &found->second : nullptr;
}

/// A name that is there as it is comes before one that leads inside others.
const Value* follow(const Struct& in, std::string_view way) {
  if (const Value* whole = find(in, way)) return whole;
  for (std::size_t dot = way.find('.'); dot != way.npos; dot = way.find('.', dot + 1)) {
    const Value* outer = find(in, way.substr(0, dot));
    if (outer == nullptr || !outer->has_struct_value()) continue;
    if (const Value* inner = follow(outer->struct_value(), way.substr(dot + 1))) return inner;
  }
  return nullptr;
}

bool has_lossy_number(const Value& value) {
  auto in_list = [](const auto& values) { return std::any_of(values.begin(), values.end(), has_lossy_number); };
  auto in_field = [](const auto& field) { return has_lossy_number(field.second); };
  if (value.has_list_value()) return in_list(value.list_value().values());
  if (value.has_number_value()) return !(value.number_value() > -integers_end && value.number_value() < integers_end);
  const auto& fields = value.struct_value().fields();
  return std::any_of(fields.begin(), fields.end(), in_field);
}

Result<Struct> parse(std::string_view json) {
  if (json.size() > Claims::bytes_max) {
    return resource_exhausted("claims of " + std::to_string(json.size()) + " bytes, more than " +
                              std::to_string(Claims::bytes_max));
  }
  static const contract::Json reader(*google::protobuf::DescriptorPool::generated_pool());
  Value root;
  HOLON_TRY(reader.parse(json, *root.mutable_struct_value()));
  if (has_lossy_number(root)) return invalid_argument("an integer beyond 2^53, of which parsers read different values");
  return std::move(*root.mutable_struct_value());
}

}  // namespace

struct Claims::Content {
  std::string json;

  const Struct& root() const {
    std::call_once(read_once, [this] {
      Result<Struct> read = parse(json);
      if (read.ok()) parsed = std::move(*read);
    });
    return parsed;
  }

  mutable std::once_flag read_once;
  mutable Struct parsed;  ///< without fields if `json` is malformed
};

Claims Claims::received(std::string json) {
  if (json.empty()) return {};
  auto content = std::make_shared<Content>();
  content->json = std::move(json);
  return Claims(std::move(content));
}

Result<Claims> Claims::from_json(std::string json) {
  Struct parsed = HOLON_TRY(parse(json));
  auto content = std::make_shared<Content>();
  std::call_once(content->read_once, [&] { content->parsed = std::move(parsed); });
  content->json = std::move(json);
  return Claims(std::move(content));
}

bool Claims::empty() const { return content_ == nullptr || content_->root().fields().empty(); }

std::string Claims::get(std::string_view name) const {
  const Value* value = empty() ? nullptr : follow(content_->root(), name);
  return value != nullptr ? text_of(*value) : std::string();
}

std::vector<std::string> Claims::list(std::string_view name) const {
  const Value* value = empty() ? nullptr : follow(content_->root(), name);
  if (value == nullptr || value->has_struct_value() || value->has_null_value()) return {};
  if (!value->has_list_value()) return words_of(text_of(*value));
  std::vector<std::string> texts;
  for (const Value& element : value->list_value().values()) texts.push_back(text_of(element));
  return texts;
}

bool Claims::has(std::string_view name, std::string_view value) const {
  std::vector<std::string> all = list(name);
  return std::find(all.begin(), all.end(), value) != all.end() || (!all.empty() && get(name) == value);
}

std::string_view Claims::json() const { return content_ != nullptr ? content_->json : std::string_view(); }

}  // namespace holon
