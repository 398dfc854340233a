#include "contract/openapi/schemas.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "contract/comments.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

JsonValue reference_to(const std::string& component) { return {{"$ref", "#/components/schemas/" + component}}; }

JsonValue text_schema(const char* format) { return {{"type", "string"}, {"format", format}}; }

JsonValue scalar(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE: return {{"type", "number"}, {"format", "double"}};
    case FieldDescriptor::TYPE_FLOAT: return {{"type", "number"}, {"format", "float"}};
    case FieldDescriptor::TYPE_BOOL: return {{"type", "boolean"}};
    case FieldDescriptor::TYPE_STRING: return {{"type", "string"}};
    case FieldDescriptor::TYPE_BYTES: return {{"type", "string"}, {"contentEncoding", "base64"}};
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32: return {{"type", "integer"}, {"format", "uint32"}, {"minimum", 0}};
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64: return text_schema("uint64");
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64: return text_schema("int64");
    default: return {{"type", "integer"}, {"format", "int32"}};
  }
}

JsonValue nullable(JsonValue schema) {
  const JsonValue type = *schema.find("type");
  return schema.set("type", JsonValue::list({type, "null"}));
}

/// The JSON of protobuf's own types. False: `type` is none of them.
bool well_known(const Descriptor& type, JsonValue& schema) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      if (type.full_name() != "google.protobuf.Empty") return false;
      schema = {{"type", "object"}};
      return true;
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      schema = text_schema("date-time");
      return true;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      schema = {{"type", "string"}, {"pattern", R"(^-?[0-9]+(\.[0-9]{1,9})?s$)"}};
      return true;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      schema = {{"type", "string"}};
      return true;
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      schema = {{"type", "object"}, {"additionalProperties", true}};
      return true;
    case Descriptor::WELLKNOWNTYPE_VALUE:
      schema = {};
      return true;
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      schema = {{"type", "array"}, {"items", JsonValue()}};
      return true;
    case Descriptor::WELLKNOWNTYPE_ANY:
      schema = {{"type", "object"},
                {"properties", {{"@type", {{"type", "string"}}}}},
                {"required", JsonValue::list({"@type"})},
                {"additionalProperties", true}};
      return true;
    default:  // wrappers
      schema = nullable(scalar(*type.field(0)));
      return true;
  }
}

// "At most one of `card`, `cash` is given.", after the comment of the oneof.
std::string note_on(const OneofDescriptor& choice) {
  std::string names;
  for (int i = 0; i < choice.field_count(); ++i) names += (i == 0 ? "`" : ", `") + choice.field(i)->json_name() + "`";
  std::string comment = comment_of(choice);
  if (!comment.empty()) comment += "\n\n";
  return comment + "At most one of " + names + " is given.";
}

std::string description_of(const FieldDescriptor& field) {
  std::string text = comment_of(field);
  if (field.real_containing_oneof() == nullptr) return text;
  return (text.empty() ? "" : text + "\n\n") + note_on(*field.real_containing_oneof());
}

void set_default(const FieldDescriptor& field, JsonValue& schema) {
  if (!field.has_default_value()) return;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_STRING) schema.set("default", field.default_value_string());
      return;
    case FieldDescriptor::CPPTYPE_BOOL: schema.set("default", field.default_value_bool()); return;
    case FieldDescriptor::CPPTYPE_INT32: schema.set("default", field.default_value_int32()); return;
    case FieldDescriptor::CPPTYPE_INT64: schema.set("default", std::to_string(field.default_value_int64())); return;
    case FieldDescriptor::CPPTYPE_UINT64: schema.set("default", std::to_string(field.default_value_uint64())); return;
    case FieldDescriptor::CPPTYPE_ENUM: schema.set("default", field.default_value_enum()->name()); return;
    default: return;
  }
}

JsonValue enumeration(const EnumDescriptor& type) {
  JsonValue names = JsonValue::list();
  std::string notes;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    names.push(value.name());
    std::string note = comment_of(value);
    if (value.options().deprecated()) note += note.empty() ? "deprecated" : " (deprecated)";
    if (!note.empty()) notes += "\n- `" + value.name() + "`: " + note;
  }
  JsonValue schema{{"type", "string"}, {"enum", std::move(names)}};
  const std::string comment = comment_of(type);
  schema.set_text("description", comment + (notes.empty() ? "" : (comment.empty() ? "" : "\n") + notes));
  if (type.options().deprecated()) schema.set("deprecated", true);
  return schema;
}

}  // namespace

bool is_http_body(const Descriptor& type) { return type.full_name() == "google.api.HttpBody"; }

bool is_scalar_in_json(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case Descriptor::WELLKNOWNTYPE_ANY: return false;
    default: return true;
  }
}

JsonValue Schemas::of(const Descriptor& type) {
  JsonValue schema;
  if (well_known(type, schema)) return schema;
  if (done_.try_emplace(type.full_name()).second) waiting_.push_back(&type);
  return reference_to(type.full_name());
}

JsonValue Schemas::of(const FieldDescriptor& field) {
  JsonValue schema = field.is_map() ? map(field) : element(field);
  if (field.is_repeated() && !field.is_map()) schema = {{"type", "array"}, {"items", std::move(schema)}};
  schema.set_text("description", description_of(field));
  set_default(field, schema);
  if (field.options().deprecated()) schema.set("deprecated", true);
  return schema;
}

JsonValue Schemas::without(const Descriptor& type, const std::set<std::string>& fields) {
  JsonValue schema;
  if (fields.empty() || well_known(type, schema)) return of(type);
  return object(type, fields);
}

JsonValue Schemas::element(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return of(*field.message_type());
  return field.enum_type() != nullptr ? reference(*field.enum_type()) : scalar(field);
}

JsonValue Schemas::map(const FieldDescriptor& field) {
  JsonValue schema{{"type", "object"}};
  const FieldDescriptor& key = *field.message_type()->map_key();
  if (key.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    schema.set("propertyNames", {{"enum", JsonValue::list({"true", "false"})}});
  } else if (key.cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    schema.set("propertyNames", {{"pattern", "^-?[0-9]+$"}});
  }
  return schema.set("additionalProperties", element(*field.message_type()->map_value()));
}

JsonValue Schemas::reference(const EnumDescriptor& type) {
  if (type.full_name() == "google.protobuf.NullValue") return {{"type", "null"}};
  const auto [place, fresh] = done_.try_emplace(type.full_name());
  if (fresh) place->second = enumeration(type);
  return reference_to(type.full_name());
}

JsonValue Schemas::object(const Descriptor& type, const std::set<std::string>& left_out) {
  JsonValue schema{{"type", "object"}};
  schema.set_text("description", comment_of(type));
  if (type.options().deprecated()) schema.set("deprecated", true);
  JsonValue properties, required = JsonValue::list();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (left_out.contains(field.name())) continue;
    properties.set(field.json_name(), of(field));
    if (field.is_required()) required.push(field.json_name());
  }
  if (!properties.empty()) schema.set("properties", std::move(properties));
  if (!required.empty()) schema.set("required", std::move(required));
  return schema;
}

JsonValue Schemas::components() {
  while (!waiting_.empty()) {
    const Descriptor& type = *waiting_.back();
    waiting_.pop_back();
    JsonValue schema = object(type, {});  // adds to `done_`
    done_[type.full_name()] = std::move(schema);
  }
  JsonValue all;
  for (const auto& [name, schema] : done_) all.set(name, schema);
  return all;
}

}  // namespace holon::contract
