#include "contract/json_read.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "config/suggest.h"
#include "contract/json.h"
#include "contract/json_names.h"
#include "contract/json_scalar.h"

namespace holon::contract {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

/// The fields that an object has given so far.
class JsonReader::Seen {
 public:
  explicit Seen(const JsonType& type) {
    if (type.fields.size() > few_max) many_.resize(type.fields.size());
  }

  /// False if it is there already.
  bool add(const JsonField& field) {
    if (field.field->is_extension()) return add(extensions_, field.field);
    if (!many_.empty()) {
      if (many_[field.index]) return false;
      many_[field.index] = true;
      return true;
    }
    const std::uint64_t bit = std::uint64_t{1} << field.index;
    if ((few_ & bit) != 0) return false;
    few_ |= bit;
    return true;
  }
  bool add(const OneofDescriptor* oneof) { return add(oneofs_, oneof); }

 private:
  static constexpr std::size_t few_max = 64;

  template <class T>
  static bool add(std::vector<const T*>& all, const T* one) {
    if (std::ranges::find(all, one) != all.end()) return false;
    all.push_back(one);
    return true;
  }

  std::uint64_t few_ = 0;
  std::vector<bool> many_;
  std::vector<const OneofDescriptor*> oneofs_;
  std::vector<const FieldDescriptor*> extensions_;
};

Result<void> JsonReader::message(Message& into) {
  if (read(world_.types.of(*into.GetDescriptor()), into, nullptr) && in_.end()) return {};
  return in_.error();
}

Result<void> JsonReader::field(const JsonField& field, Message& into) {
  const JsonKind kind = in_.kind();
  if (kind != JsonKind::wrong && value(field, kind, into) && in_.end()) return {};
  return in_.error();
}

bool JsonReader::read(const JsonType& type, Message& into, const FieldDescriptor* field) {
  const JsonKind kind = in_.kind();
  const bool is_object = kind == JsonKind::object;
  switch (type.form) {
    case JsonForm::fields:
      if (is_object) return fields(type, into, Beside::nothing);
      break;
    case JsonForm::structure:
      if (is_object) return entries(type.fields[0], into);
      break;
    case JsonForm::any:
      if (is_object) return any(type, into);
      break;
    case JsonForm::list:
      if (kind == JsonKind::array) return elements(type.fields[0], into);
      break;
    case JsonForm::timestamp:
    case JsonForm::duration:
    case JsonForm::field_mask:
      if (kind == JsonKind::string) return text(into, field);
      break;
    case JsonForm::value: return any_value(type, into);
    case JsonForm::wrapper: return scalar(*type.fields[0].field, kind, into, field != nullptr ? *field : *type.fields[0].field);
  }
  return refuse(field != nullptr ? field->full_name() : "a " + type.message->full_name(), written_form(*type.message));
}

bool JsonReader::fields(const JsonType& type, Message& into, Beside beside) {
  const std::size_t start = in_.at();
  Seen seen(type);
  std::size_t expected = 0;
  bool typed = false;
  const bool read = in_.object([&](std::string_view name) {
    if (beside == Beside::type && name == "@type") return once(typed, name) && in_.skip();  // what it says is known
    const JsonField* field = find(type, name, expected);
    if (field == nullptr) return in_.fail(in_.name_at(), no_field(*type.message, name));
    expected = field->index + 1;
    bool given = !seen.add(*field);
    return once(given, name) && member(*field, seen, into);
  });
  return read && nothing_lacks(type, into, start);
}

/// Refuses a name that was given before.
bool JsonReader::once(bool& given, std::string_view name) {
  if (!std::exchange(given, true)) return true;
  return in_.fail(in_.name_at(), json_excerpt(name) + " is given twice; leave one out");
}

bool JsonReader::member(const JsonField& field, Seen& seen, Message& into) {
  const std::size_t name_at = in_.name_at();
  const JsonKind kind = in_.kind();
  if (kind == JsonKind::wrong) return false;
  const OneofDescriptor* oneof = field.field->real_containing_oneof();
  const bool given = kind != JsonKind::null || field.takes_null();
  if (oneof != nullptr && given && !seen.add(oneof)) {
    return in_.fail(name_at, field.field->name() + " is given, and " +
                                 into.GetReflection()->GetOneofFieldDescriptor(into, oneof)->name() +
                                 " too: of the oneof " + oneof->full_name() + " only one may be; leave one out");
  }
  return value(field, kind, into);
}

const JsonField* JsonReader::find(const JsonType& type, std::string_view name, std::size_t expected) {
  if (!name.starts_with('[') || !name.ends_with(']')) return type.find(name, expected);
  const std::string full_name(name.substr(1, name.size() - 2));
  const FieldDescriptor* extension = type.message->file()->pool()->FindExtensionByName(full_name);
  if (extension == nullptr || extension->containing_type() != type.message) return nullptr;
  return &world_.types.extension(*extension);
}

bool JsonReader::nothing_lacks(const JsonType& type, const Message& message, std::size_t start) {
  std::vector<std::string> lacking;
  for (const JsonField* field : type.required) {
    if (!message.GetReflection()->HasField(message, field->field)) lacking.push_back(field->field->json_name());
  }
  if (lacking.empty()) return true;
  return in_.fail(start, type.message->full_name() + " lacks " + config::listed(lacking) + ", which it requires");
}

bool JsonReader::value(const JsonField& field, JsonKind kind, Message& into) {
  const FieldDescriptor& descriptor = *field.field;
  if (kind == JsonKind::null && (descriptor.is_repeated() || !field.takes_null())) {
    std::string_view null;
    return in_.word(null);  // as if it were not given
  }
  if (!descriptor.is_repeated()) return one(field, kind, into);
  if (descriptor.is_map()) {
    return kind == JsonKind::object ? entries(field, into) : refuse(descriptor.full_name(), "an object");
  }
  return kind == JsonKind::array ? elements(field, into) : refuse(descriptor.full_name(), "an array");
}

bool JsonReader::elements(const JsonField& field, Message& into) {
  return in_.array([&] {
    const JsonKind kind = in_.kind();
    if (kind != JsonKind::null || field.takes_null()) return one(field, kind, into);
    return in_.fail("null is no element of " + field.field->full_name() + "; leave it out");
  });
}

/// A map, or a Struct.
bool JsonReader::entries(const JsonField& field, Message& into) {
  if (into.GetReflection()->FieldSize(into, field.field) == 0) return add_entries(field, into);
  const std::unique_ptr<Message> added(into.New());  // so that keys which are there already are replaced
  if (!add_entries(field, *added)) return false;
  into.MergeFrom(*added);
  return true;
}

bool JsonReader::add_entries(const JsonField& field, Message& into) {
  const JsonField& key = field.type->fields[0];
  const JsonField& mapped = field.type->fields[1];
  Names names;
  return in_.object([&](std::string_view name) {
    bool given = !names.add(name);
    if (!once(given, name)) return false;
    Message& entry = *into.GetReflection()->AddMessage(&into, field.field);
    if (!set_scalar(entry, *key.field, name, Written::bare)) {
      return in_.fail(in_.name_at(), "a key of " + field.field->full_name() + " is written as " + written_form(*key.field) +
                                         " in double quotes, not " + json_excerpt(name));
    }
    const JsonKind kind = in_.kind();
    if (kind != JsonKind::null || mapped.takes_null()) return one(mapped, kind, entry);
    return in_.fail("null is no value of " + field.field->full_name() + "; leave the key out");
  });
}

/// A field that is not repeated, or one more element.
bool JsonReader::one(const JsonField& field, JsonKind kind, Message& into) {
  if (kind == JsonKind::wrong) return false;
  if (field.type == nullptr) return scalar(*field.field, kind, into, *field.field);
  const Reflection& reflection = *into.GetReflection();
  Message& message = *(field.field->is_repeated() ? reflection.AddMessage(&into, field.field)
                                                  : reflection.MutableMessage(&into, field.field));
  return read(*field.type, message, field.field);
}

bool JsonReader::scalar(const FieldDescriptor& field, JsonKind kind, Message& into, const FieldDescriptor& named) {
  const std::size_t start = in_.at();
  std::string_view said;
  Written written = Written::boolean;
  switch (kind) {
    case JsonKind::string:
      if (!in_.string(said)) return false;
      written = Written::string;
      break;
    case JsonKind::number:
      if (!in_.number(said)) return false;
      written = Written::number;
      break;
    case JsonKind::boolean:
      if (!in_.word(said)) return false;
      break;
    case JsonKind::null:  // of the enum NullValue, whose only value has the number 0
      if (!in_.word(said)) return false;
      said = "0";
      written = Written::number;
      break;
    case JsonKind::wrong: return false;
    default: return refuse(named.full_name(), written_form(field));
  }
  return set_scalar(into, field, said, written) || in_.fail(start, refusal(named, said, written));
}

/// The value that comes is not of the form that it should be.
bool JsonReader::refuse(std::string_view subject, std::string_view form) {
  const std::string what = found();
  if (what.empty()) return false;
  return in_.fail(std::string(subject) + " is written as " + std::string(form) + ", not " + what);
}

/// What comes, in words; empty if it is not even JSON.
std::string JsonReader::found() {
  switch (in_.kind()) {
    case JsonKind::wrong: return {};
    case JsonKind::object: return "an object";
    case JsonKind::array: return "an array";
    case JsonKind::string: return "a string";
    case JsonKind::number: return "a number";
    case JsonKind::boolean: return "true or false";
    case JsonKind::null: return "null";
  }
  return {};
}

}  // namespace holon::contract
