#include "gateway/transcode/transcode.h"

#include <google/protobuf/descriptor.h>

#include "gateway/transcode/field_text.h"
#include "gateway/transcode/url.h"

namespace holon::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool is_raw(const Descriptor* type) { return type != nullptr && type->full_name() == "google.api.HttpBody"; }

/// The field that `name` of a route says; null for "" and "*".
const FieldDescriptor* named_field(const Descriptor& type, const std::string& name) {
  return name.empty() || name == "*" ? nullptr : type.FindFieldByName(name);
}

bool is_raw(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() && is_raw(field->message_type());
}

/// The raw message that the body fills; null if it is JSON.
Message* raw_body(const Entry& entry, Message& request) {
  if (!takes_raw_body(entry)) return nullptr;
  const FieldDescriptor* field = named_field(*request.GetDescriptor(), entry.route.body);
  return field == nullptr ? &request : request.GetReflection()->MutableMessage(&request, field);
}

void set_text(Message& message, const char* field, std::string value) {
  message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName(field), std::move(value));
}

std::string get_text(const Message& message, const char* field) {
  return message.GetReflection()->GetString(message, message.GetDescriptor()->FindFieldByName(field));
}

Result<void> read_path(const Router::Match& match, const contract::Json& json, Message& request) {
  const auto& variables = match.entry->route.path.variables();
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const FieldPath path = HOLON_TRY(resolve(*request.GetDescriptor(), variables[i].name()));
    if (auto set = set_field(request, path, match.values[i], json); !set.ok()) {
      return set.error().within("{" + variables[i].name() + "} of the path");
    }
  }
  return {};
}

/// Sets one field from the query.
Result<void> read_parameter(const std::string& name, const std::string& value, const Entry& entry,
                            const contract::Json& json, FieldClaims& claims, Message& request) {
  const FieldPath path = HOLON_TRY(resolve(*request.GetDescriptor(), name));
  if (path[0]->name() == entry.route.body) return invalid_argument("the body fills " + path[0]->name());
  if (path.back()->is_map()) {
    return invalid_argument(dotted(path) + " is a map, which a query can't fill; a route with a body can");
  }
  HOLON_TRY(claims.claim(path));
  return set_field(request, path, value, json);
}

Result<void> read_query(const Entry& entry, std::string_view text, const contract::Json& json, Message& request) {
  const Query query = HOLON_TRY(parse_query(text));
  if (query.empty()) return {};
  if (entry.route.body == "*") {
    return invalid_argument("the query parameter " + contract::json_quote(query[0].first) +
                            " has no place: the body is the whole request; put it there");
  }
  FieldClaims claims;
  for (const contract::PathVariable& variable : entry.route.path.variables()) {
    const FieldPath path = HOLON_TRY(resolve(*request.GetDescriptor(), variable.name()));
    HOLON_TRY(claims.claim(path));
  }
  for (const auto& [name, value] : query) {
    if (auto read = read_parameter(name, value, entry, json, claims, request); !read.ok()) {
      return read.error().within("the query parameter " + contract::json_quote(name));
    }
  }
  return {};
}

}  // namespace

bool takes_raw_body(const Entry& entry) {
  if (entry.route.body == "*") return is_raw(entry.method->input_type());
  return is_raw(named_field(*entry.method->input_type(), entry.route.body));
}

bool gives_raw_body(const Entry& entry) {
  if (entry.route.response_body.empty()) return is_raw(entry.method->output_type());
  return is_raw(named_field(*entry.method->output_type(), entry.route.response_body));
}

Result<void> read_url(const Router::Match& match, std::string_view query, const contract::Json& json, Message& request) {
  HOLON_TRY(read_query(*match.entry, query, json, request));
  return read_path(match, json, request);
}

Result<void> read_body(const Router::Match& match, const Body& body, const contract::Json& json, Message& request) {
  const Entry& entry = *match.entry;
  if (entry.route.body.empty()) {
    if (body.bytes.empty()) return {};
    return invalid_argument(entry.route.http_method + " " + entry.route.path.text() + " takes no body; leave it out");
  }
  if (Message* raw = raw_body(entry, request)) {
    set_text(*raw, "content_type", std::string(body.content_type));
    set_text(*raw, "data", std::string(body.bytes));
  } else if (!body.bytes.empty()) {
    const FieldDescriptor* field = named_field(*request.GetDescriptor(), entry.route.body);
    const Result<void> read =
        field == nullptr ? json.parse(body.bytes, request) : json.parse_field(body.bytes, *field, request);
    if (!read.ok()) return read.error().within("the body");
  }
  return entry.route.body == "*" ? read_path(match, json, request) : Result<void>();
}

Result<Outgoing> write_reply(const Entry& entry, const Message& reply, const contract::Json& json) {
  const FieldDescriptor* field = named_field(*reply.GetDescriptor(), entry.route.response_body);
  if (gives_raw_body(entry)) {
    const Message& raw = field == nullptr ? reply : reply.GetReflection()->GetMessage(reply, field);
    return Outgoing{get_text(raw, "content_type"), get_text(raw, "data"), true};
  }
  std::string text = HOLON_TRY(field == nullptr ? json.print(reply) : json.print_field(reply, *field));
  return Outgoing{"application/json", std::move(text), false};
}

}  // namespace holon::gateway
