// The well-known types that have a form of their own in JSON.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include "contract/json_number.h"
#include "contract/json_read.h"
#include "contract/json_scalar.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string deterministic_bytes(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&out);  // what is required was looked at where it was read
  out.Trim();
  return bytes;
}

}  // namespace

/// Timestamp, Duration or FieldMask.
bool JsonReader::text(Message& into, const FieldDescriptor* field) {
  const std::size_t start = in_.at();
  std::string_view said;
  if (!in_.string(said)) return false;
  if (set_by_text(into, said)) return true;
  const Descriptor& type = *into.GetDescriptor();
  return in_.fail(start, (field != nullptr ? field->full_name() : "a " + type.full_name()) + " is written as " +
                             written_form(type) + ", not " + json_excerpt(said));
}

/// google.protobuf.Value: its fields are a oneof of what there is, by number null, number, string, bool, struct, list.
bool JsonReader::any_value(const JsonType& type, Message& into) {
  const auto nested = [&](const JsonField& field) {
    return read(*field.type, *into.GetReflection()->MutableMessage(&into, field.field), field.field);
  };
  const JsonKind kind = in_.kind();
  const auto single = [&](const JsonField& field) { return scalar(*field.field, kind, into, *field.field); };
  switch (kind) {
    case JsonKind::wrong: return false;
    case JsonKind::null: return single(type.fields[0]);
    case JsonKind::number: return single(type.fields[1]);
    case JsonKind::string: return single(type.fields[2]);
    case JsonKind::boolean: return single(type.fields[3]);
    case JsonKind::object: return nested(type.fields[4]);
    case JsonKind::array: return nested(type.fields[5]);
  }
  return false;
}

/// `{"@type": "type.googleapis.com/a.B", …}`: the fields of a.B, or if it has a form of its own, "value".
bool JsonReader::any(const JsonType& type, Message& into) {
  std::string url;
  const Descriptor* descriptor = nullptr;
  if (!any_type(url, descriptor)) return false;
  if (descriptor == nullptr) return in_.skip();  // {}: an Any of nothing
  const std::unique_ptr<Message> content(world_.factory.GetPrototype(descriptor)->New());
  const JsonType& inside = world_.types.of(*descriptor);
  const bool by_fields = inside.form == JsonForm::fields && !inside.fields.empty();
  if (!(by_fields ? fields(inside, *content, Beside::type) : any_content(inside, *content))) return false;
  const Reflection& reflection = *into.GetReflection();
  reflection.SetString(&into, type.fields[0].field, std::move(url));
  reflection.SetString(&into, type.fields[1].field, deterministic_bytes(*content));
  return true;
}

/// Reads "value" beside "@type". Some leave it out where it is the default.
bool JsonReader::any_content(const JsonType& type, Message& content) {
  bool typed = false;
  bool there = false;
  return in_.object([&](std::string_view name) {
    bool& seen = name == "value" ? there : typed;
    if (name != "value" && name != "@type") {
      return in_.fail(in_.name_at(), "a " + type.message->full_name() + " in an Any has \"@type\" and \"value\", not " +
                                         json_excerpt(name));
    }
    if (!once(seen, name)) return false;
    return name == "value" ? this->read(type, content, nullptr) : in_.skip();
  });
}

/// Looks ahead for "@type", which may come last. Empty and null for an object that has nothing.
bool JsonReader::any_type(std::string& url, const Descriptor*& type) {
  JsonCursor ahead = in_;
  bool found = false;
  bool empty = true;
  std::size_t place = in_.at();
  const bool passed = ahead.object([&](std::string_view name) {
    empty = false;
    const bool is_type = name == "@type";
    const JsonKind kind = ahead.kind();
    if (!is_type) return ahead.skip();
    place = ahead.at();
    if (kind != JsonKind::string) return ahead.fail("\"@type\" is a string");
    std::string_view said;
    found = ahead.string(said);
    url = said;
    return false;  // there is no need to look further
  });
  if (!found && !passed) {
    in_ = ahead;
    return false;
  }
  if (!found && empty) return true;
  if (!found) return in_.fail(place, R"(an Any begins with "@type": "type.googleapis.com/THE.TYPE")");
  const std::size_t slash = url.rfind('/');
  if (slash == url.npos) {
    return in_.fail(place, "\"@type\" is written as \"type.googleapis.com/THE.TYPE\", not " + json_excerpt(url));
  }
  type = world_.pool.FindMessageTypeByName(url.substr(slash + 1));
  return type != nullptr || in_.fail(place, "no contract here has the type " + json_excerpt(url.substr(slash + 1)));
}

}  // namespace holon::contract
