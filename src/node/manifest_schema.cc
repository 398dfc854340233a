// The schema of holon.yaml. Any value may be written by a variable, so each scalar may also be a text that has one.
#include <google/protobuf/struct.pb.h>

#include "config/reader.h"
#include "contract/json.h"
#include "node/manifest_keys.h"

namespace holon::node {
namespace {

using config::Key;
using config::Keys;
using google::protobuf::Struct;
using google::protobuf::Value;

Value value_of(const std::string& text) {
  Value value;
  value.set_string_value(text);
  return value;
}
Value value_of(const Struct& map) {
  Value value;
  *value.mutable_struct_value() = map;
  return value;
}
Value value_of(double number) {
  Value value;
  value.set_number_value(number);
  return value;
}
Value value_of(const std::vector<Value>& all) {
  Value value;
  value.mutable_list_value();
  for (const Value& one : all) *value.mutable_list_value()->add_values() = one;
  return value;
}
Value value_of(const std::vector<std::string>& all) {
  std::vector<Value> values;
  for (const std::string& one : all) values.push_back(value_of(one));
  return value_of(values);
}
Value truth(bool is) {
  Value value;
  value.set_bool_value(is);
  return value;
}

void set(Struct& map, const std::string& name, const Value& value) { (*map.mutable_fields())[name] = value; }

Struct typed(const std::string& type) {
  Struct schema;
  set(schema, "type", value_of(type));
  return schema;
}

Struct pattern(const std::string& expression) {
  Struct schema = typed("string");
  set(schema, "pattern", value_of(expression));
  return schema;
}

Struct reference(const std::string& name) {
  Struct schema;
  set(schema, "$ref", value_of("#/$defs/" + name));
  return schema;
}

/// Makes the schema of one map, and of all below it.
class SchemaWriter {
 public:
  explicit SchemaWriter(const Keys& keys) : keys_(keys) {}

  Struct map(std::string_view path) const {
    Struct schema = typed("object");
    Struct properties;
    Struct company;
    std::vector<std::string> required;
    for (const Key* key : keys_.children(path)) {
      const std::string name(key->name());
      set(properties, name, value_of(property(*key)));
      if (key->required) required.push_back(name);
      if (const Struct others = company_of(*key); others.fields_size() > 0) set(company, name, value_of(others));
    }
    set(schema, "properties", value_of(properties));
    set(schema, "additionalProperties", truth(false));
    if (!required.empty()) set(schema, "required", value_of(required));
    if (company.fields_size() > 0) set(schema, "dependentSchemas", value_of(company));
    if (const auto variants = keys_.variants(path); !variants.empty()) set(schema, "oneOf", each_required(variants));
    return schema;
  }

 private:
  Struct property(const Key& key) const {
    Struct schema = value(key);
    set(schema, "description", value_of(key.meaning));
    if (!key.otherwise.empty() && key.otherwise[0] != '{') set(schema, "default", default_of(key));
    return schema;
  }

  static Value default_of(const Key& key) {
    if (key.is(Key::boolean)) return truth(key.otherwise == "true");
    const std::optional<std::uint64_t> number = key.is(Key::number) ? config::parse_number(key.otherwise) : std::nullopt;
    return number ? value_of(static_cast<double>(*number)) : value_of(key.otherwise);
  }

  /// What the value of `key` may be, in all its forms.
  Struct value(const Key& key) const {
    std::vector<Value> forms = single_forms(key);
    if (key.is(Key::list | Key::or_list)) {
      Struct list = typed("array");
      set(list, "items", value_of(any_of(forms)));
      if (key.is(Key::list)) forms.clear();
      forms.push_back(value_of(list));
    }
    return any_of(forms);
  }

  static Struct any_of(const std::vector<Value>& forms) {
    if (forms.size() == 1) return forms.front().struct_value();
    Struct schema;
    set(schema, "anyOf", value_of(forms));
    return schema;
  }

  std::vector<Value> single_forms(const Key& key) const {
    std::vector<Value> forms;
    if (key.is(Key::map)) forms.push_back(value_of(map(key.path)));
    if (key.is(Key::named)) forms.push_back(value_of(named(key)));
    if (key.is(Key::message)) forms.push_back(value_of(typed("object")));
    if (key.is(Key::text)) forms.push_back(value_of(reference("text")));
    if (key.is(Key::texts)) forms.push_back(value_of(reference("texts")));
    const std::size_t before = forms.size();
    if (key.is(Key::words)) forms.push_back(value_of(words(key)));
    if (key.is(Key::number)) forms.push_back(value_of(number(key)));
    if (key.is(Key::boolean)) forms.push_back(value_of(typed("boolean")));
    if (key.is(Key::duration)) forms.push_back(value_of(reference("duration")));
    if (key.is(Key::size)) forms.push_back(value_of(reference("size")));
    if (key.is(Key::cores)) forms.push_back(value_of(reference("cores")));
    if (forms.size() > before) forms.push_back(value_of(reference("variable")));
    return forms;
  }

  Struct named(const Key& key) const {
    Struct schema = typed("object");
    const Key* each = keys_.find(key.path + "/*");
    if (each != nullptr) set(schema, "additionalProperties", value_of(value(*each)));
    return schema;
  }

  static Struct words(const Key& key) {
    Struct schema;
    set(schema, "enum", value_of(key.choices));
    return schema;
  }

  static Struct number(const Key& key) {
    Struct schema = typed("integer");
    set(schema, "minimum", value_of(static_cast<double>(key.least)));
    set(schema, "maximum", value_of(static_cast<double>(key.most)));
    return schema;
  }

  /// What must hold of a map that has the key.
  static Struct company_of(const Key& key) {
    Struct schema;
    const bool alone = key.beside.empty() || key.beside == std::vector{std::string(key.name())};
    if (!alone) set(schema, "anyOf", each_required(key.beside));
    if (key.apart.empty()) return schema;
    Struct others;
    set(others, "anyOf", each_required(key.apart));
    set(schema, "not", value_of(others));
    return schema;
  }

  static Value each_required(const std::vector<std::string>& names) {
    std::vector<Value> choices;
    for (const std::string& name : names) {
      Struct choice;
      set(choice, "required", value_of(std::vector<std::string>{name}));
      choices.push_back(value_of(choice));
    }
    return value_of(choices);
  }

  const Keys& keys_;
};

Struct definitions() {
  Struct text;
  set(text, "type", value_of(std::vector<std::string>{"string", "number", "boolean"}));
  Struct texts = typed("array");
  set(texts, "items", value_of(reference("text")));
  Struct whole = typed("integer");
  set(whole, "minimum", value_of(1.0));
  Struct size;
  set(size, "anyOf", value_of(std::vector<Value>{value_of(whole), value_of(pattern("^[1-9][0-9]*(KiB|MiB|GiB)$"))}));
  Struct cores = typed("number");
  set(cores, "exclusiveMinimum", value_of(0.0));
  Struct all;
  set(all, "text", value_of(text));
  set(all, "texts", value_of(texts));
  set(all, "variable", value_of(pattern("\\$\\{")));
  set(all, "duration", value_of(pattern("^[1-9][0-9]*(ms|s|min|h|d)$")));
  set(all, "size", value_of(size));
  set(all, "cores", value_of(cores));
  return all;
}

}  // namespace

std::string manifest_schema() {
  Struct schema = SchemaWriter(manifest_keys()).map("");
  set(schema, "$schema", value_of("https://json-schema.org/draft/2020-12/schema"));
  set(schema, "$defs", value_of(definitions()));
  set(schema, "title", value_of("holon.yaml"));
  const contract::Json json(*Struct::descriptor()->file()->pool());
  return json.print(schema, {.lines = true}).value_or("");
}

}  // namespace holon::node
