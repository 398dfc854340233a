#include "contract/json_sequence.h"

#include <google/protobuf/message.h>

namespace holon::contract {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool opens(char c) { return c == '{' || c == '['; }
bool closes(char c) { return c == '}' || c == ']'; }

}  // namespace

Result<void> JsonSequence::Value::parse(const Json& json, google::protobuf::Message& into) const {
  return json.parse(text, into, {.line = line, .column = column});
}

void JsonSequence::feed(std::string_view bytes) {
  text_.erase(0, start_);
  start_ = 0;
  text_ += bytes;
}

Result<std::optional<JsonSequence::Value>> JsonSequence::next() {
  if (seen_ == 0) skip_space();
  while (start_ + seen_ < text_.size()) {
    if (step(text_[start_ + seen_])) return std::optional(take());
    if (seen_ > bytes_max_) {
      return resource_exhausted(std::to_string(line_) + ":" + std::to_string(column_) + ": the value is larger than " +
                                std::to_string(bytes_max_) + " bytes");
    }
  }
  if (ended_ && seen_ > 0) return std::optional(take());
  return std::optional<Value>();
}

/// Looks at one more character of the value. True once the value is complete: it ends before seen_.
bool JsonSequence::step(char c) {
  switch (inside_) {
    case Inside::escape:
      inside_ = Inside::string;
      break;
    case Inside::string:
      if (c == '\\') inside_ = Inside::escape;
      if (c == '"') inside_ = Inside::nothing;
      break;
    case Inside::word:  // a word or a number ends before what is none of it
      if (!is_space(c) && c != '"' && c != ',' && !opens(c) && !closes(c)) break;
      inside_ = Inside::nothing;
      if (depth_ == 0) return true;
      [[fallthrough]];
    case Inside::nothing:
      if (c == '"') inside_ = Inside::string;
      if (opens(c)) ++depth_;
      if (closes(c) && depth_ > 0) --depth_;
      if (!is_space(c) && c != '"' && c != ',' && !opens(c) && !closes(c)) inside_ = Inside::word;
      break;
  }
  ++seen_;
  return depth_ == 0 && inside_ == Inside::nothing;
}

void JsonSequence::skip_space() {
  const std::size_t before = start_;
  while (start_ < text_.size() && is_space(text_[start_])) ++start_;
  count(std::string_view(text_).substr(before, start_ - before));
}

JsonSequence::Value JsonSequence::take() {
  Value value{text_.substr(start_, seen_), line_, column_};
  count(value.text);
  start_ += seen_;
  seen_ = 0;
  depth_ = 0;
  inside_ = Inside::nothing;
  return value;
}

void JsonSequence::count(std::string_view passed) {
  for (char c : passed) {
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;
    }
  }
}

}  // namespace holon::contract
