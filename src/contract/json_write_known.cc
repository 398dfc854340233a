// The well-known types that have a form of their own in JSON.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cmath>

#include "contract/json_number.h"
#include "contract/json_time.h"
#include "contract/json_write.h"
#include "telemetry/json.h"

namespace holon::contract {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool JsonWriter::moment(const JsonType& type, const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const Moment moment{reflection.GetInt64(message, type.fields[0].field), reflection.GetInt32(message, type.fields[1].field)};
  const bool good = type.form == JsonForm::timestamp ? append_timestamp(out_, moment) : append_duration(out_, moment);
  return good || fail("a " + type.message->full_name() + " of " + std::to_string(moment.seconds) + " seconds and " +
                      std::to_string(moment.nanos) + " nanos is out of range");
}

bool JsonWriter::mask(const JsonType& type, const Message& message) {
  const FieldDescriptor* paths = type.fields[0].field;
  std::string text;
  std::string scratch;
  const int size = message.GetReflection()->FieldSize(message, paths);
  for (int i = 0; i < size; ++i) {
    const std::string& path = message.GetReflection()->GetRepeatedStringReference(message, paths, i, &scratch);
    if (i > 0) text += ',';
    if (!append_mask_path(text, path)) return fail("the path " + json_excerpt(path) + " of a google.protobuf.FieldMask");
  }
  telemetry::append_json_string(out_, text);
  return true;
}

bool JsonWriter::any_value(const JsonType& type, const Message& message) {
  for (const JsonField& field : type.fields) {
    if (!message.GetReflection()->HasField(message, field.field)) continue;
    if (field.field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE &&
        !std::isfinite(message.GetReflection()->GetDouble(message, field.field))) {
      return fail("a google.protobuf.Value that is no finite number");
    }
    return value(field, message);
  }
  out_ += "null";
  return true;
}

bool JsonWriter::any(const JsonType& type, const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const std::string url = reflection.GetString(message, type.fields[0].field);
  const std::string bytes = reflection.GetString(message, type.fields[1].field);
  if (url.empty() && bytes.empty()) {
    out_ += "{}";
    return true;
  }
  const std::size_t slash = url.rfind('/');
  const Descriptor* descriptor = slash == url.npos ? nullptr : world_.pool.FindMessageTypeByName(url.substr(slash + 1));
  if (descriptor == nullptr) return fail("no contract here has the type of an Any, " + json_excerpt(url));
  const std::unique_ptr<Message> content(world_.factory.GetPrototype(descriptor)->New());
  if (!content->ParsePartialFromString(bytes)) return fail("an Any that is no " + descriptor->full_name());
  const JsonType& inside = world_.types.of(*descriptor);
  if (inside.form == JsonForm::fields) return object(inside, *content, url);
  if (!open('{')) return false;
  bool first = true;
  const auto label = [&](std::string_view text) {
    next(first);
    out_ += text;
    if (style_.lines) out_ += ' ';
  };
  label("\"@type\":");
  telemetry::append_json_string(out_, url);
  label("\"value\":");
  return write(inside, *content) && close('}', first);
}

}  // namespace holon::contract
