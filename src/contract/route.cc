#include "contract/route.h"

#include <optional>
#include <utility>

#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"

namespace holon::contract {

namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string fields_of(const Descriptor& message) {
  if (message.field_count() == 0) return " has no fields";
  std::string list = " has";
  for (int i = 0; i < message.field_count(); ++i) list += (i == 0 ? " " : ", ") + message.field(i)->name();
  return list;
}

// The HTTP method and path text of a rule.
std::pair<std::string, std::string> pattern_of(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet: return {"GET", rule.get()};
    case HttpRule::kPut: return {"PUT", rule.put()};
    case HttpRule::kPost: return {"POST", rule.post()};
    case HttpRule::kDelete: return {"DELETE", rule.delete_()};
    case HttpRule::kPatch: return {"PATCH", rule.patch()};
    case HttpRule::kCustom: return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET: return {};
  }
  return {};
}

// Reads one rule; what is wrong goes to `mistakes`.
class RuleReader {
 public:
  RuleReader(const MethodDescriptor& method, const HttpRule& rule, std::vector<std::string>& mistakes)
      : request_(*method.input_type()), reply_(*method.output_type()), rule_(rule), mistakes_(mistakes) {}

  std::optional<Route> read() {
    auto [http_method, text] = pattern_of(rule_);
    if (http_method.empty()) {
      mistake("the route names no HTTP method; write one of get, put, post, delete, patch or custom, "
              "as in { get: \"/v1/…\" }");
      return std::nullopt;
    }
    where_ = http_method + " " + quoted(text) + ": ";
    if (http_method != "*" && http_method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != std::string::npos) {
      mistake("kind is no HTTP method; those are upper-case words such as HEAD, and \"*\" is any");
      return std::nullopt;
    }
    auto parsed = PathTemplate::parse(text);
    if (const auto* error = std::get_if<TemplateError>(&parsed)) {
      mistake("character " + std::to_string(error->column) + ": " + error->what);
      return std::nullopt;
    }
    Route route{std::move(http_method), std::get<PathTemplate>(std::move(parsed)), rule_.body(), rule_.response_body()};
    const std::size_t before = mistakes_.size();
    for (const PathVariable& variable : route.path.variables()) check_variable(variable);
    check_body(route);
    if (!route.response_body.empty() && reply_.FindFieldByName(route.response_body) == nullptr) {
      mistake("response_body names " + quoted(route.response_body) + ", but " + reply_.full_name() + fields_of(reply_));
    }
    if (!rule_.selector().empty()) mistake("leave selector out; the method it stands in is the one it is for");
    return mistakes_.size() == before ? std::optional(std::move(route)) : std::nullopt;
  }

 private:
  void mistake(const std::string& what) { mistakes_.push_back(where_ + what); }

  void check_variable(const PathVariable& variable) {
    const std::string braced = "{" + variable.name() + "}";
    const Descriptor* message = &request_;
    for (std::size_t i = 0; i < variable.field.size(); ++i) {
      const FieldDescriptor* field = message->FindFieldByName(variable.field[i]);
      const bool last = i + 1 == variable.field.size();
      if (field == nullptr) {
        return mistake(braced + ": there is no field " + variable.field[i] + "; " + message->full_name() +
                       fields_of(*message));
      }
      if (field->is_repeated()) {
        return mistake(braced + ": " + field->full_name() + " is repeated; a path fills singular fields only");
      }
      if (last && field->message_type() != nullptr) {
        return mistake(braced + ": " + field->full_name() + " is a message; name a field inside it" +
                       " that is text, a number, a bool or an enum");
      }
      if (!last && field->message_type() == nullptr) {
        return mistake(braced + ": " + field->full_name() + " is no message, so it has no field " +
                       variable.field[i + 1]);
      }
      message = field->message_type();
    }
  }

  void check_body(const Route& route) {
    if (route.body.empty()) return;
    if (route.http_method == "GET" || route.http_method == "HEAD") {
      return mistake("a " + route.http_method + " has no body; leave body out, or make it a post");
    }
    if (route.body == "*") return;
    if (request_.FindFieldByName(route.body) == nullptr) {
      return mistake("body names " + quoted(route.body) + ", but " + request_.full_name() + fields_of(request_) +
                     "; \"*\" is the whole request");
    }
    for (const PathVariable& variable : route.path.variables()) {
      if (variable.name() != route.body) continue;
      mistake("the path and the body both fill " + route.body + "; leave it to one of them");
    }
  }

  const Descriptor& request_;
  const Descriptor& reply_;
  const HttpRule& rule_;
  std::vector<std::string>& mistakes_;
  std::string where_;
};

void read_rule(const MethodDescriptor& method, const HttpRule& rule, Routes& into) {
  if (auto route = RuleReader(method, rule, into.mistakes).read()) into.routes.push_back(*std::move(route));
}

}  // namespace

Routes routes_of(const MethodDescriptor& method) {
  Routes result;
  if (!method.options().HasExtension(google::api::http)) return result;
  const HttpRule& rule = method.options().GetExtension(google::api::http);
  read_rule(method, rule, result);
  for (const HttpRule& additional : rule.additional_bindings()) {
    read_rule(method, additional, result);
    if (additional.additional_bindings_size() > 0) {
      result.mistakes.push_back("additional_bindings inside additional_bindings; list them all in the outer one");
    }
  }
  return result;
}

}  // namespace holon::contract
