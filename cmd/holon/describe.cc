// `holon describe`: the services, methods and messages of any gRPC server, by its contracts.
#include <google/protobuf/descriptor.h>

#include "app/dynamic.h"
#include "cmd/holon/servers.h"
#include "cmd/holon/session.h"
#include "cmd/holon/table.h"
#include "cmd/holon/terminal.h"
#include "contract/example.h"
#include "contract/options.h"
#include "contract/route.h"

namespace holon::cli {
namespace {

using contract::json_quote;
using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

std::string_view kind_text(internal::Kind kind) {
  switch (kind) {
    case internal::Kind::unary:
      return "unary";
    case internal::Kind::server_stream:
      return "server stream";
    case internal::Kind::client_stream:
      return "client stream";
    case internal::Kind::bidi_stream:
      break;
  }
  return "bidi stream";
}

std::string full_name(const MethodDescriptor& method) { return method.service()->full_name() + "/" + method.name(); }

std::vector<std::string> routes_text(const MethodDescriptor& method) {
  std::vector<std::string> texts;
  for (const contract::Route& route : contract::routes_of(method).routes) {
    texts.push_back(route.http_method + " " + route.path.text());
  }
  return texts;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

template <class Visit>
void each_method(const ServiceDescriptor& service, Visit visit) {
  for (int i = 0; i < service.method_count(); ++i) visit(*service.method(i));
}

// ---- for people -------------------------------------------------------------------------------------------------------

class MethodTable {
 public:
  void add(const MethodDescriptor& method) {
    const contract::MethodRules rules = contract::rules_of(method);
    table_.add({full_name(method), std::string(kind_text(app::kind_of(method))),
                rules.timeout_ns > 0 ? duration_text(static_cast<double>(rules.timeout_ns)) : "",
                rules.idempotent ? "yes" : "", joined(routes_text(method))});
  }
  void add(const ServiceDescriptor& service) {
    each_method(service, [this](const MethodDescriptor& method) { add(method); });
  }
  void add_unknown(const std::string& service) { table_.add({service + "/?", "not told", "", "", ""}); }
  void print() const { table_.print(); }

 private:
  Table table_{{{"METHOD", Column::key}, {"KIND", 6}, {"TIMEOUT", 5, Column::right}, {"IDEMPOTENT", 4}, {"HTTP", 8}}};
};

/// Takes away the dots by which protobuf begins full names, where people leave them out: not in comments and strings.
std::string without_leading_dots(const std::string& text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') quoted = false;
    if (text[i] == '"' || text.compare(i, 2, "//") == 0) quoted = true;
    const bool begins_name = i > 0 && text[i] == '.' && (text[i - 1] == ' ' || text[i - 1] == '(');
    if (quoted || !begins_name) out += text[i];
  }
  return out;
}

/// In the language of contracts, with comments where they are known.
template <class Thing>
std::string proto_text(const Thing& thing) {
  google::protobuf::DebugStringOptions options;
  options.include_comments = true;
  return "// " + thing.full_name() + "\n" + without_leading_dots(thing.DebugStringWithOptions(options));
}

void print(const ServiceDescriptor& service) {
  MethodTable table;
  table.add(service);
  table.print();
  std::printf("\n%s", proto_text(service).c_str());
}

void print(const MethodDescriptor& method, const ServerOptions& server) {
  MethodTable table;
  table.add(method);
  table.print();
  std::printf("\n%s", proto_text(*method.input_type()).c_str());
  if (method.output_type() != method.input_type()) std::printf("\n%s", proto_text(*method.output_type()).c_str());
  std::printf("\nholon call %s%s '%s'\n", server.address.empty() ? "" : ("--address " + server.address + " ").c_str(),
              full_name(method).c_str(), contract::example_json(*method.input_type()).c_str());
}

void print(const Descriptor& message) {
  std::printf("%s\n%s\n", proto_text(message).c_str(), contract::example_json(message).c_str());
}

// ---- for programs -----------------------------------------------------------------------------------------------------

/// An example has no line ends within its values.
std::string on_one_line(const std::string& example) {
  std::string line;
  bool indenting = false;
  for (char c : example) {
    indenting = c == '\n' || (indenting && c == ' ');
    if (!indenting) line += c;
  }
  return line;
}

std::string json_of(const MethodDescriptor& method, bool with_example) {
  const contract::MethodRules rules = contract::rules_of(method);
  std::string routes;
  for (const std::string& route : routes_text(method)) routes += (routes.empty() ? "" : ",") + json_quote(route);
  std::string text = "{\"method\":" + json_quote(full_name(method)) +
                     ",\"kind\":" + json_quote(kind_text(app::kind_of(method))) +
                     ",\"request\":" + json_quote(method.input_type()->full_name()) +
                     ",\"reply\":" + json_quote(method.output_type()->full_name()) +
                     ",\"timeout_ms\":" + std::to_string(rules.timeout_ns / 1'000'000) +
                     ",\"idempotent\":" + (rules.idempotent ? "true" : "false") + ",\"http\":[" + routes + "]";
  if (with_example) text += ",\"example\":" + on_one_line(contract::example_json(*method.input_type()));
  return text + "}";
}

std::string json_of(const ServiceDescriptor& service) {
  std::string methods;
  each_method(service, [&](const MethodDescriptor& method) {
    methods += (methods.empty() ? "" : ",") + json_of(method, false);
  });
  return "{\"service\":" + json_quote(service.full_name()) + ",\"methods\":[" + methods + "]}";
}

std::string json_of(const Descriptor& message) {
  return "{\"message\":" + json_quote(message.full_name()) + ",\"proto\":" + json_quote(proto_text(message)) +
         ",\"example\":" + on_one_line(contract::example_json(message)) + "}";
}

// ---- what is asked for ------------------------------------------------------------------------------------------------

Result<void> describe_all(Session& session, Servers& servers, bool json) {
  MethodTable table;
  std::string text;
  const std::vector<std::string> names = HOLON_TRY(servers.services(session.question()));
  for (const std::string& name : names) {
    Result<const ServiceDescriptor*> service = servers.service(session.question(), name);
    if (!service.ok() && service.code() != Code::not_found) return service.error();
    if (!text.empty()) text += ',';
    text += service.ok() ? json_of(**service) : "{\"service\":" + json_quote(name) + ",\"methods\":[]}";
    service.ok() ? table.add(**service) : table.add_unknown(name);
  }
  json ? void(std::printf("{\"services\":[%s]}\n", text.c_str())) : table.print();
  return {};
}

Result<void> describe_method(Session& session, Servers& servers, const DescribeOptions& options) {
  const MethodName name = HOLON_TRY(parse_method(options.what));
  const MethodDescriptor* method = HOLON_TRY(servers.method(session.question(), name));
  options.json ? void(std::printf("%s\n", json_of(*method, true).c_str())) : print(*method, options.server);
  return {};
}

Result<void> describe_one(Session& session, Servers& servers, const DescribeOptions& options) {
  Result<const ServiceDescriptor*> service = servers.service(session.question(), options.what);
  if (service.ok()) {
    options.json ? void(std::printf("%s\n", json_of(**service).c_str())) : print(**service);
    return {};
  }
  if (service.code() != Code::not_found) return service.error();
  const Descriptor* message = HOLON_TRY(servers.message(session.question(), options.what));
  if (message == nullptr) {
    return not_found("there is no service and no message " + options.what +
                     did_you_mean(options.what, HOLON_TRY(servers.services(session.question()))));
  }
  options.json ? void(std::printf("%s\n", json_of(*message).c_str())) : print(*message);
  return {};
}

}  // namespace

int describe(const DescribeOptions& options) {
  const bool application = options.server.address.empty() && options.server.protos.empty() && options.what.empty();
  if (application) return describe_graph(options);
  if (options.dot || options.svg) {
    say("--dot and --svg draw the whole application: leave address and name away");
    return misused;
  }
  Session session;
  Result<Servers> servers = Servers::find(options.server);
  if (!servers.ok()) return session.fail(servers.error());
  const bool method = options.what.find('/') != std::string::npos;
  Result<void> described = options.what.empty() ? describe_all(session, *servers, options.json)
                           : method             ? describe_method(session, *servers, options)
                                                : describe_one(session, *servers, options);
  return described.ok() ? succeeded : session.fail(described.error());
}

}  // namespace holon::cli
