#include "gateway/transcode/transcode.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "gateway/transcode/field_text.h"
#include "gateway/transcode/url.h"

namespace holon::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool is_raw(const Descriptor* type) { return type != nullptr && type->full_name() == "google.api.HttpBody"; }

const FieldDescriptor* body_field(const Entry& entry) {
  const std::string& name = entry.route.body;
  return name.empty() || name == "*" ? nullptr : entry.method->input_type()->FindFieldByName(name);
}

/// The raw message that the body fills; null if it is JSON.
Message* raw_body(const Entry& entry, Message& request) {
  if (entry.route.body == "*") return is_raw(request.GetDescriptor()) ? &request : nullptr;
  const FieldDescriptor* field = body_field(entry);
  if (field == nullptr || field->is_repeated() || !is_raw(field->message_type())) return nullptr;
  return request.GetReflection()->MutableMessage(&request, field);
}

void set_text(Message& message, const char* field, std::string value) {
  message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName(field), std::move(value));
}

std::string get_text(const Message& message, const char* field) {
  return message.GetReflection()->GetString(message, message.GetDescriptor()->FindFieldByName(field));
}

Result<void> read_body(const Entry& entry, const Incoming& incoming, const contract::Json& json, Message& request) {
  if (entry.route.body.empty()) {
    if (incoming.body.empty()) return {};
    return invalid_argument(entry.route.http_method + " " + entry.route.path.text() + " takes no body");
  }
  if (Message* raw = raw_body(entry, request)) {
    set_text(*raw, "content_type", std::string(incoming.content_type));
    set_text(*raw, "data", std::string(incoming.body));
    return {};
  }
  if (incoming.body.empty()) return {};
  const FieldDescriptor* field = body_field(entry);
  const Result<void> read =
      field == nullptr ? json.parse(incoming.body, request) : json.parse_field(incoming.body, *field, request);
  if (!read.ok()) return read.error().within("the body");
  return {};
}

std::string dotted(const FieldPath& path) {
  std::string text;
  for (const FieldDescriptor* field : path) text += (text.empty() ? "" : ".") + field->name();
  return text;
}

Result<void> read_path(const Entry& entry, const Incoming& incoming, const contract::Json& json, Message& request) {
  const auto& variables = entry.route.path.variables();
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const FieldPath path = HOLON_TRY(resolve(*request.GetDescriptor(), variables[i].name()));
    if (auto set = set_field(request, path, incoming.path_values[i], json); !set.ok()) {
      return set.error().within("{" + variables[i].name() + "} of the path");
    }
  }
  return {};
}

/// Notes that a field is filled. INVALID_ARGUMENT if it was already, or another one of its oneof; elements add up.
Result<void> claim(const FieldPath& path, std::set<std::string>& taken) {
  const FieldDescriptor& field = *path.back();
  const bool first = taken.insert(dotted(path)).second;
  if (!first && !field.is_repeated()) return invalid_argument(dotted(path) + " is given twice");
  const auto* oneof = field.real_containing_oneof();
  if (oneof == nullptr) return {};
  const std::string holder = dotted({path.begin(), path.end() - 1});
  if (taken.insert(holder + ":" + oneof->name()).second) return {};
  return invalid_argument("only one of " + oneof->full_name() + " may be given");
}

/// Sets one field from the query. `taken` has what is filled already.
Result<void> read_parameter(const std::string& name, const std::string& value, const Entry& entry,
                            const contract::Json& json, std::set<std::string>& taken, Message& request) {
  const FieldPath path = HOLON_TRY(resolve(*request.GetDescriptor(), name));
  if (path[0]->name() == entry.route.body) return invalid_argument("the body fills " + path[0]->name());
  if (path.back()->is_map()) return invalid_argument(dotted(path) + " is a map, which a query can't fill");
  HOLON_TRY(claim(path, taken));
  return set_field(request, path, value, json);
}

Result<void> read_query(const Entry& entry, const Incoming& incoming, const contract::Json& json, Message& request) {
  const Query query = HOLON_TRY(parse_query(incoming.query));
  if (!query.empty() && entry.route.body == "*") {
    return invalid_argument("the query parameter " + contract::json_quote(query[0].first) +
                            " has no place: the body is the whole request");
  }
  std::set<std::string> taken;
  for (const contract::PathVariable& variable : entry.route.path.variables()) {
    const FieldPath path = HOLON_TRY(resolve(*request.GetDescriptor(), variable.name()));
    HOLON_TRY(claim(path, taken));
  }
  for (const auto& [name, value] : query) {
    if (auto read = read_parameter(name, value, entry, json, taken, request); !read.ok()) {
      return read.error().within("the query parameter " + contract::json_quote(name));
    }
  }
  return {};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "application/json", "application/anything+json", with `charset=utf-8` or no charset.
bool is_json(std::string_view content_type) {
  const std::string text = lower(content_type);
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  const std::string_view type = trim(std::string_view(text).substr(0, semicolon));
  if (type != "application/json" && !(type.starts_with("application/") && type.ends_with("+json"))) return false;
  const std::size_t charset = text.find("charset=", semicolon);
  if (charset == text.npos) return true;
  const std::string_view value = trim(std::string_view(text).substr(charset + 8));
  return value == "utf-8" || value == "\"utf-8\"";
}

}  // namespace

bool takes_content_type(const Entry& entry, std::string_view content_type) {
  if (entry.route.body.empty() || content_type.empty() || is_json(content_type)) return true;
  if (entry.route.body == "*") return is_raw(entry.method->input_type());
  const FieldDescriptor* field = body_field(entry);
  return field != nullptr && is_raw(field->message_type());
}

Result<void> read_request(const Entry& entry, const Incoming& incoming, const contract::Json& json, Message& request) {
  HOLON_TRY(read_body(entry, incoming, json, request));
  HOLON_TRY(read_query(entry, incoming, json, request));
  return read_path(entry, incoming, json, request);  // last: the path is what was routed by, so it wins over the body
}

Result<Outgoing> write_reply(const Entry& entry, const Message& reply, const contract::Json& json) {
  const std::string& name = entry.route.response_body;
  const FieldDescriptor* field = name.empty() ? nullptr : reply.GetDescriptor()->FindFieldByName(name);
  const Message* raw = nullptr;
  if (field == nullptr) {
    raw = is_raw(reply.GetDescriptor()) ? &reply : nullptr;
  } else if (!field->is_repeated() && is_raw(field->message_type())) {
    raw = &reply.GetReflection()->GetMessage(reply, field);
  }
  if (raw != nullptr) return Outgoing{get_text(*raw, "content_type"), get_text(*raw, "data"), true};
  std::string text = HOLON_TRY(field == nullptr ? json.print(reply) : json.print_field(reply, *field));
  return Outgoing{"application/json", std::move(text), false};
}

}  // namespace holon::gateway
