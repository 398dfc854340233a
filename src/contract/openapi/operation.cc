#include "contract/openapi/operation.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "contract/comments.h"
#include "contract/options.h"

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr std::size_t query_depth_max = 8;
constexpr std::size_t query_parameters_max = 500;  // of one operation

std::string seconds_text(std::int64_t ns) {
  std::string text = std::to_string(ns / 1'000'000'000);
  std::string fraction = std::to_string(1'000'000'000 + ns % 1'000'000'000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + (fraction.empty() ? "" : "." + fraction) + "s";
}

/// The comment's first sentence, if that ends in its first paragraph; else the first line.
std::string summary_of(const std::string& comment) {
  const std::string paragraph = comment.substr(0, comment.find("\n\n"));
  std::size_t end = paragraph.find(". ");
  end = std::min(end, paragraph.find(".\n"));
  std::string summary = end == std::string::npos ? paragraph.substr(0, paragraph.find('\n')) : paragraph.substr(0, end);
  std::ranges::replace(summary, '\n', ' ');
  if (summary.ends_with('.')) summary.pop_back();
  return summary;
}

class Operation {
 public:
  Operation(const MethodDescriptor& method, const Route& route, const OpenApiPath& path, const std::string& http_method,
            Schemas& schemas)
      : method_(method), route_(route), path_(path), http_method_(http_method), schemas_(schemas) {
    for (const PathVariable& variable : route.path.variables()) filled_.insert(variable.name());
    if (!route.body.empty() && route.body != "*") filled_.insert(route.body);
  }

  JsonValue build(const std::string& id) {
    JsonValue operation{{"operationId", id}, {"tags", JsonValue::list({method_.service()->full_name()})}};
    const std::string comment = comment_of(method_);
    operation.set("summary", comment.empty() ? method_.name() : summary_of(comment));
    operation.set_text("description", comment);
    if (method_.options().deprecated()) operation.set("deprecated", true);
    JsonValue parameters = parameters_of_path();
    if (route_.body != "*") add_query(*method_.input_type(), "", "", parameters);
    if (!parameters.empty()) operation.set("parameters", std::move(parameters));
    if (takes_body()) operation.set("requestBody", {{"required", true}, {"content", request_content()}});
    operation.set("responses", {{"200", reply()}, {"default", {{"$ref", "#/components/responses/Problem"}}}});
    add_rules(operation);
    return operation;
  }

 private:
  bool takes_body() const {
    return !route_.body.empty() && http_method_ != "GET" && http_method_ != "HEAD" && http_method_ != "OPTIONS";
  }

  JsonValue parameters_of_path() {
    JsonValue list = JsonValue::list();
    for (const OpenApiParameter& parameter : path_.parameters) {
      JsonValue schema = parameter.field == nullptr ? JsonValue{{"type", "string"}} : schemas_.of(*parameter.field);
      std::string description = parameter.note;
      if (const JsonValue* comment = schema.find("description"); comment != nullptr && parameter.field != nullptr) {
        description = comment_of(*parameter.field) + (description.empty() ? "" : "\n\n" + description);
        schema.remove("description");
      }
      JsonValue entry{{"name", parameter.name}, {"in", "path"}, {"required", true}};
      entry.set_text("description", description);
      if (parameter.many) entry.set("x-holon-many-segments", true);
      list.push(entry.set("schema", std::move(schema)));
    }
    return list;
  }

  // What neither path nor body fills comes from the query: `inner.name` is a field inside a message.
  void add_query(const Descriptor& type, const std::string& above, const std::string& json_above, JsonValue& into) {
    if (inside_.size() == query_depth_max || std::ranges::find(inside_, &type) != inside_.end()) return;
    inside_.push_back(&type);
    for (int i = 0; i < type.field_count() && query_parameters_ < query_parameters_max; ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string name = above + field.name();
      if (filled_.contains(name)) continue;
      const std::string json_name = json_above + field.json_name();
      const Descriptor* message = field.message_type();
      if (message == nullptr || is_scalar_in_json(*message)) {
        into.push(query_parameter(field, json_name));
      } else if (!field.is_repeated() && !is_http_body(*message) &&
                 message->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
        add_query(*message, name + ".", json_name + ".", into);
      }
    }
    inside_.pop_back();
  }

  JsonValue query_parameter(const FieldDescriptor& field, const std::string& name) {
    ++query_parameters_;
    JsonValue entry{{"name", name}, {"in", "query"}};
    JsonValue schema = schemas_.of(field);
    if (JsonValue* comment = schema.find("description")) {
      entry.set("description", std::move(*comment));
      schema.remove("description");
    }
    if (schema.remove("deprecated")) entry.set("deprecated", true);
    return entry.set("schema", std::move(schema));
  }

  JsonValue request_content() {
    const Descriptor& request = *method_.input_type();
    const FieldDescriptor* field = route_.body == "*" ? nullptr : request.FindFieldByName(route_.body);
    const Descriptor* message = field == nullptr ? &request : field->is_repeated() ? nullptr : field->message_type();
    if (message != nullptr && is_http_body(*message)) return {{"*/*", JsonValue()}};
    JsonValue schema = message != nullptr ? schemas_.without(*message, filled_in_body()) : schemas_.of(*field);
    return {{method_.client_streaming() ? "application/x-ndjson" : "application/json", {{"schema", std::move(schema)}}}};
  }

  /// The fields of what the body fills that the path fills before.
  std::set<std::string> filled_in_body() const {
    if (route_.body == "*") return filled_;
    std::set<std::string> names;
    for (const std::string& name : filled_) {
      if (name.starts_with(route_.body + ".")) names.insert(name.substr(route_.body.size() + 1));
    }
    return names;
  }

  JsonValue reply() {
    const Descriptor& type = *method_.output_type();
    const std::string comment = type.file()->package() == "google.protobuf" ? "" : comment_of(type);
    JsonValue response{{"description", comment.empty() ? "OK" : comment}};
    if (http_method_ != "HEAD") response.set("content", reply_content());
    return response;
  }

  // A stream has a line or an event for each message; its schema is that of one.
  JsonValue reply_content() {
    const Descriptor& whole = *method_.output_type();
    const FieldDescriptor* field = route_.response_body.empty() ? nullptr : whole.FindFieldByName(route_.response_body);
    const Descriptor* message = field == nullptr ? &whole : field->is_repeated() ? nullptr : field->message_type();
    if (message != nullptr && is_http_body(*message)) return {{"*/*", JsonValue()}};
    const JsonValue media{{"schema", field == nullptr ? schemas_.of(whole) : schemas_.of(*field)}};
    if (!method_.server_streaming()) return {{"application/json", media}};
    return {{"application/x-ndjson", media}, {"text/event-stream", media}};
  }

  void add_rules(JsonValue& operation) const {
    const MethodRules rules = rules_of(method_);
    operation.set("x-holon-method", method_.service()->full_name() + "/" + method_.name());
    operation.set("x-holon-route", http_method_ + " " + route_.path.text());
    if (method_.client_streaming()) operation.set("x-holon-streams-requests", true);
    if (method_.server_streaming()) operation.set("x-holon-streams-replies", true);
    if (rules.timeout_ns > 0) operation.set("x-holon-timeout", seconds_text(rules.timeout_ns));
    if (rules.idempotent) operation.set("x-holon-idempotent", true);
    if (rules.priority != 1) operation.set("x-holon-priority", rules.priority == 0 ? "CRITICAL" : "SHEDDABLE");
  }

  const MethodDescriptor& method_;
  const Route& route_;
  const OpenApiPath& path_;
  const std::string& http_method_;
  Schemas& schemas_;
  std::set<std::string> filled_;  ///< fields by their names, "inner.name", that path and body fill
  std::vector<const Descriptor*> inside_;
  std::size_t query_parameters_ = 0;
};

}  // namespace

JsonValue openapi_operation(const MethodDescriptor& method, const Route& route, const OpenApiPath& path,
                            const std::string& http_method, const std::string& id, Schemas& schemas) {
  return Operation(method, route, path, http_method, schemas).build(id);
}

}  // namespace holon::contract
