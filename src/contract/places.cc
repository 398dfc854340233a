#include "contract/places.h"

#include <google/protobuf/descriptor.h>

#include <span>

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::SourceLocation;

/// The type of what `path` leads to from a value of type `type`; null if that is no message.
const Descriptor* type_at(const Descriptor* type, std::span<const int> path) {
  for (std::size_t i = 0; type != nullptr && i < path.size(); ++i) {
    const FieldDescriptor* field = type->FindFieldByNumber(path[i]);
    if (field == nullptr) return nullptr;
    type = field->message_type();
    if (field->is_repeated()) ++i;
  }
  return type;
}

}  // namespace

Places::Places(const google::protobuf::FileDescriptor& file, std::string_view text) : file_(file) {
  if (!text.empty()) text_.emplace(std::string(text));
}

std::optional<TextPlace> Places::of(Path path) const {
  SourceLocation location;
  while (!file_.GetSourceLocation(path, &location)) {
    if (path.empty()) return std::nullopt;
    path.pop_back();
  }
  return TextPlace{location.start_line, location.start_column};
}

// protoc notes the statement `option (x) = { … };` under the option, and `option (x).field = …;` under the field.
std::optional<TextPlace> Places::of_option(Path path, const FieldDescriptor& option, const RulePlace& place) const {
  path.push_back(option.number());
  const std::size_t value = path.size();
  path.insert(path.end(), place.path.begin(), place.path.end());
  std::size_t noted = path.size();
  SourceLocation location;
  while (noted >= value && !file_.GetSourceLocation({path.begin(), path.begin() + static_cast<int>(noted)}, &location)) --noted;
  if (noted < value) return of(std::move(path));
  const TextPlace statement{location.start_line, location.start_column};
  const std::span<const int> all(path);
  const Descriptor* type = type_at(option.message_type(), all.subspan(value, noted - value));
  std::optional<TextPlace> exact;
  if (text_) exact = text_->inside_option(statement, type, all.subspan(noted), place.character);
  return exact ? exact : statement;
}

}  // namespace holon::contract
