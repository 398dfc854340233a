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

// A rule's HTTP method, its path, and where in the rule that stands.
struct Pattern {
  std::string http_method;
  std::string text;
  std::vector<int> place;
};

Pattern pattern_of(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet: return {"GET", rule.get(), {HttpRule::kGetFieldNumber}};
    case HttpRule::kPut: return {"PUT", rule.put(), {HttpRule::kPutFieldNumber}};
    case HttpRule::kPost: return {"POST", rule.post(), {HttpRule::kPostFieldNumber}};
    case HttpRule::kDelete: return {"DELETE", rule.delete_(), {HttpRule::kDeleteFieldNumber}};
    case HttpRule::kPatch: return {"PATCH", rule.patch(), {HttpRule::kPatchFieldNumber}};
    case HttpRule::kCustom:
      return {rule.custom().kind(),
              rule.custom().path(),
              {HttpRule::kCustomFieldNumber, google::api::CustomHttpPattern::kPathFieldNumber}};
    case HttpRule::PATTERN_NOT_SET: return {};
  }
  return {};
}

bool has_no_body(const std::string& http_method) {
  return http_method == "GET" || http_method == "HEAD" || http_method == "TRACE";
}

// Reads one rule; what is wrong goes to `mistakes`.
class RuleReader {
 public:
  /// @param place  of the rule in the option's value
  RuleReader(const MethodDescriptor& method, const HttpRule& rule, std::vector<int> place,
             std::vector<RouteMistake>& mistakes)
      : method_(method), request_(*method.input_type()), reply_(*method.output_type()), rule_(rule),
        place_(std::move(place)), mistakes_(mistakes) {}

  std::optional<Route> read() {
    pattern_ = pattern_of(rule_);
    if (!check_method()) return std::nullopt;
    auto parsed = PathTemplate::parse(pattern_.text);
    if (const auto* error = std::get_if<TemplateError>(&parsed)) {
      mistake("character " + std::to_string(error->column) + ": " + error->what, pattern_.place, error->column);
      return std::nullopt;
    }
    Route route{pattern_.http_method, std::get<PathTemplate>(std::move(parsed)), rule_.body(), rule_.response_body(),
                {place_of(pattern_.place), 0}};
    const std::size_t before = mistakes_.size();
    for (const PathVariable& variable : route.path.variables()) check_variable(variable);
    check_body(route);
    check_response_body(route);
    if (!rule_.selector().empty()) {
      mistake("leave selector out; the method it stands in is the one it is for", {HttpRule::kSelectorFieldNumber});
    }
    return mistakes_.size() == before ? std::optional(std::move(route)) : std::nullopt;
  }

 private:
  std::vector<int> place_of(const std::vector<int>& below) const {
    std::vector<int> place = place_;
    place.insert(place.end(), below.begin(), below.end());
    return place;
  }
  void mistake(const std::string& what, const std::vector<int>& below, std::size_t character = 0) {
    mistakes_.push_back({where_ + what, {place_of(below), character}});
  }

  // Whether the rule names a method by which requests can come.
  bool check_method() {
    const std::string& name = pattern_.http_method;
    if (name.empty()) {
      mistake("the route names no HTTP method; write one of get, put, post, delete, patch or custom, as in { get: \"/v1/…\" }",
              {});
      return false;
    }
    where_ = name + " " + quoted(pattern_.text) + ": ";
    const bool fits = name == "*" || name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string::npos;
    if (fits && name != "CONNECT") return true;
    mistake("kind is no HTTP method that a route can have; those are upper-case words such as HEAD, and \"*\" is any",
            {HttpRule::kCustomFieldNumber, google::api::CustomHttpPattern::kKindFieldNumber});
    return false;
  }

  void check_variable(const PathVariable& variable) {
    const auto wrong = [&](const std::string& what) {
      mistake("{" + variable.name() + "}: " + what, pattern_.place, variable.column);
    };
    const Descriptor* message = &request_;
    for (std::size_t i = 0; i < variable.field.size(); ++i) {
      const FieldDescriptor* field = message->FindFieldByName(variable.field[i]);
      const bool last = i + 1 == variable.field.size();
      if (field == nullptr) {
        return wrong("there is no field " + variable.field[i] + "; " + message->full_name() + fields_of(*message));
      }
      if (field->is_repeated()) {
        return wrong(field->full_name() + " is repeated; a path fills singular fields only");
      }
      if (last && field->message_type() != nullptr) {
        return wrong(field->full_name() + " is a message; name a field inside it that is text, a number, a bool or an enum");
      }
      if (!last && field->message_type() == nullptr) {
        return wrong(field->full_name() + " is no message, so it has no field " + variable.field[i + 1]);
      }
      message = field->message_type();
    }
  }

  void check_body(const Route& route) {
    const std::vector<int> place = {HttpRule::kBodyFieldNumber};
    if (has_no_body(route.http_method)) {
      if (!route.body.empty()) {
        mistake("a " + route.http_method + " has no body; leave body out, or make it a post", place);
      } else if (method_.client_streaming()) {
        mistake("a stream of requests comes as the body, which a " + route.http_method +
                    " does not have; write { post: … body: \"*\" }", pattern_.place);
      }
      return;
    }
    if (route.body == "*") return;
    if (route.body.empty()) {
      if (!method_.client_streaming()) return;
      return mistake("a stream of requests comes as the body; write body: \"*\"", pattern_.place);
    }
    if (route.body.find('.') != std::string::npos) {
      return mistake("body names " + quoted(route.body) + ", but takes a field of " + request_.full_name() +
                         " itself, not one inside it", place);
    }
    if (request_.FindFieldByName(route.body) == nullptr) {
      return mistake("body names " + quoted(route.body) + ", but " + request_.full_name() + fields_of(request_) +
                         "; \"*\" is the whole request", place);
    }
    for (const PathVariable& variable : route.path.variables()) {
      if (variable.name() != route.body) continue;
      mistake("the path and the body both fill " + route.body + "; leave it to one of them", place);
    }
  }

  void check_response_body(const Route& route) {
    if (route.response_body.empty() || reply_.FindFieldByName(route.response_body) != nullptr) return;
    mistake("response_body names " + quoted(route.response_body) + ", but " + reply_.full_name() + fields_of(reply_),
            {HttpRule::kResponseBodyFieldNumber});
  }

  const MethodDescriptor& method_;
  const Descriptor& request_;
  const Descriptor& reply_;
  const HttpRule& rule_;
  const std::vector<int> place_;
  std::vector<RouteMistake>& mistakes_;
  Pattern pattern_;
  std::string where_;
};

}  // namespace

Routes routes_of(const MethodDescriptor& method) {
  Routes result;
  if (!method.options().HasExtension(google::api::http)) return result;
  const auto read = [&](const HttpRule& rule, std::vector<int> place) {
    auto route = RuleReader(method, rule, std::move(place), result.mistakes).read();
    if (route) result.routes.push_back(*std::move(route));
  };
  constexpr int additional = HttpRule::kAdditionalBindingsFieldNumber;
  const HttpRule& rule = method.options().GetExtension(google::api::http);
  read(rule, {});
  for (int i = 0; i < rule.additional_bindings_size(); ++i) {
    read(rule.additional_bindings(i), {additional, i});
    if (rule.additional_bindings(i).additional_bindings_size() == 0) continue;
    result.mistakes.push_back({"additional_bindings inside additional_bindings; list them all in the outer one",
                               {{additional, i, additional, 0}}});
  }
  return result;
}

}  // namespace holon::contract
