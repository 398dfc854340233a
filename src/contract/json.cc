#include "contract/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include "config/utf8.h"
#include "contract/json_read.h"
#include "contract/json_scalar.h"
#include "contract/json_write.h"
#include "telemetry/json.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

static_assert(Json::depth_max == JsonCursor::depth_max);

Result<JsonCursor> cursor_of(std::string_view text, const JsonText& about) {
  if (text.size() <= about.bytes_max) return JsonCursor(text, about.line, about.column);
  return resource_exhausted("the JSON has " + std::to_string(text.size()) + " bytes; at most " +
                            std::to_string(about.bytes_max) + " are taken");
}

Error unprintable(const Message& message, const std::string& why) {
  return internal_error(message.GetDescriptor()->full_name() + " has no JSON: " + why);
}

}  // namespace

struct Json::Tables {
  explicit Tables(const google::protobuf::DescriptorPool& pool) : factory(&pool), world{pool, factory, types} {
    factory.SetDelegateToGeneratedFactory(true);  // where there is generated code, it is faster
  }

  const JsonField& field(const FieldDescriptor& field) const {
    if (field.is_extension()) return types.extension(field);
    return *types.of(*field.containing_type()).find(field.name());
  }

  JsonTypes types;
  google::protobuf::DynamicMessageFactory factory;
  JsonWorld world;
};

Json::Json(const google::protobuf::DescriptorPool& pool) : tables_(std::make_unique<Tables>(pool)) {}
Json::~Json() = default;

Result<void> Json::parse(std::string_view text, Message& into, const JsonText& about) const {
  return JsonReader(tables_->world, HOLON_TRY(cursor_of(text, about))).message(into);
}

Result<void> Json::parse_field(std::string_view text, const FieldDescriptor& field, Message& into,
                               const JsonText& about) const {
  return JsonReader(tables_->world, HOLON_TRY(cursor_of(text, about))).field(tables_->field(field), into);
}

Result<void> Json::parse_bare(std::string_view text, const FieldDescriptor& field, Message& into) const {
  if (!config::valid_utf8(text)) return invalid_argument(refusal(field, text, Written::bare));
  if (field.message_type() == nullptr) {
    if (set_scalar(into, field, text, Written::bare)) return {};
    return invalid_argument(refusal(field, text, Written::bare));
  }
  const Descriptor& type = *field.message_type();
  const JsonForm form = json_form(type);
  const bool by_text = form == JsonForm::timestamp || form == JsonForm::duration || form == JsonForm::field_mask;
  if (field.is_map()) return invalid_argument(field.full_name() + " is a map, which text can't fill; a body can");
  if (form != JsonForm::wrapper && !by_text) {
    return invalid_argument(field.full_name() + " is a message, which text can't fill; name a field inside it");
  }
  const auto& reflection = *into.GetReflection();
  Message& message = *(field.is_repeated() ? reflection.AddMessage(&into, &field) : reflection.MutableMessage(&into, &field));
  const bool set = by_text ? set_by_text(message, text) : set_scalar(message, *type.field(0), text, Written::bare);
  return set ? Result<void>() : invalid_argument(refusal(field, text, Written::bare));
}

Result<std::string> Json::print(const Message& message, JsonStyle style) const {
  std::string text;
  JsonWriter writer(tables_->world, style, text);
  if (!writer.message(message)) return unprintable(message, writer.problem());
  if (style.lines) text += '\n';
  return text;
}

Result<std::string> Json::print_field(const Message& message, const FieldDescriptor& field) const {
  std::string text;
  JsonWriter writer(tables_->world, {}, text);
  if (!writer.field(tables_->field(field), message)) return unprintable(message, writer.problem());
  return text;
}

Result<void> check_json(std::string_view text) {
  JsonCursor in(text);
  if (in.skip() && in.end()) return {};
  return in.error();
}

std::string json_quote(std::string_view text) {
  std::string out;
  telemetry::append_json_string(out, text);
  return out;
}

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name) {
  if (const FieldDescriptor* field = type.FindFieldByName(std::string(name))) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

}  // namespace holon::contract
