#include "contract/json_types.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <mutex>

#include "contract/json.h"

namespace holon::contract {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

JsonForm json_form(const Descriptor& message) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED: return JsonForm::fields;
    case Descriptor::WELLKNOWNTYPE_ANY: return JsonForm::any;
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP: return JsonForm::timestamp;
    case Descriptor::WELLKNOWNTYPE_DURATION: return JsonForm::duration;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK: return JsonForm::field_mask;
    case Descriptor::WELLKNOWNTYPE_STRUCT: return JsonForm::structure;
    case Descriptor::WELLKNOWNTYPE_VALUE: return JsonForm::value;
    case Descriptor::WELLKNOWNTYPE_LISTVALUE: return JsonForm::list;
    default: return JsonForm::wrapper;
  }
}

bool JsonField::takes_null() const { return is_null_value || (type != nullptr && type->form == JsonForm::value); }

const JsonField* JsonType::find(std::string_view name, std::size_t expected) const {
  if (expected < fields.size() && fields[expected].field->json_name() == name) return &fields[expected];
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

JsonTypes::JsonTypes() = default;
JsonTypes::~JsonTypes() = default;

const JsonType& JsonTypes::of(const Descriptor& message) const {
  {
    std::shared_lock lock(mutex_);
    const auto found = types_.find(&message);
    if (found != types_.end()) return *found->second;
  }
  std::unique_lock lock(mutex_);
  std::vector<JsonType*> unfilled;
  const JsonType& type = known(message, unfilled);
  fill_all(unfilled);
  return type;
}

const JsonField& JsonTypes::extension(const FieldDescriptor& extension) const {
  {
    std::shared_lock lock(mutex_);
    const auto found = extensions_.find(&extension);
    if (found != extensions_.end()) return *found->second;
  }
  std::unique_lock lock(mutex_);
  std::unique_ptr<JsonField>& field = extensions_[&extension];
  if (field != nullptr) return *field;  // another thread was first
  std::vector<JsonType*> unfilled;
  field = std::make_unique<JsonField>(described(extension, unfilled));
  fill_all(unfilled);
  return *field;
}

/// All types that a new one refers to are there before anybody sees it.
void JsonTypes::fill_all(std::vector<JsonType*>& unfilled) const {
  while (!unfilled.empty()) {
    JsonType& type = *unfilled.back();
    unfilled.pop_back();
    fill(type, unfilled);
  }
}

JsonType& JsonTypes::known(const Descriptor& message, std::vector<JsonType*>& unfilled) const {
  std::unique_ptr<JsonType>& type = types_[&message];
  if (type == nullptr) {
    type = std::make_unique<JsonType>();
    type->message = &message;
    type->form = json_form(message);
    unfilled.push_back(type.get());
  }
  return *type;
}

void JsonTypes::fill(JsonType& type, std::vector<JsonType*>& unfilled) const {
  const Descriptor& message = *type.message;
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < message.field_count(); ++i) fields.push_back(message.field(i));
  std::ranges::sort(fields, {}, &FieldDescriptor::number);
  type.fields.reserve(fields.size());  // pointers to them stay
  for (const FieldDescriptor* field : fields) {
    JsonField& described = type.fields.emplace_back(this->described(*field, unfilled));
    described.index = type.fields.size() - 1;
    if (field->is_required()) type.required.push_back(&described);
    type.names.emplace(field->name(), &described);
  }
  for (const JsonField& field : type.fields) type.names.emplace(field.field->json_name(), &field);
}

JsonField JsonTypes::described(const FieldDescriptor& field, std::vector<JsonType*>& unfilled) const {
  JsonField described;
  described.field = &field;
  described.label = json_quote(field.is_extension() ? "[" + field.full_name() + "]" : field.json_name()) + ":";
  if (field.message_type() != nullptr) described.type = &known(*field.message_type(), unfilled);
  described.is_null_value = field.enum_type() != nullptr && field.enum_type()->full_name() == "google.protobuf.NullValue";
  return described;
}

}  // namespace holon::contract
