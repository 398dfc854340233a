// The verbs that ask an application, or any gRPC server.
#include <memory>

#include "cmd/holon/usage.h"
#include "cmd/holon/usage_options.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

constexpr const char* imports_about = "where contract files and their imports are; here if absent";

Verb with_servers(Verb verb, ServerOptions& told) {
  return std::move(verb)
      .option("-f,--file", "FILE", &told.file, file_about)
      .option("-a,--address", "ADDRESS", &told.address,
              "any gRPC server instead of the application: HOST:PORT, unix:/path, or tls: before it")
      .option("--tls-ca", "FILE", &told.tls.roots, "with tls: who is trusted to name servers; the system's if absent")
      .option("--tls-cert", "FILE", &told.tls.certificate, "with tls: what to show a server that asks for it")
      .option("--tls-key", "FILE", &told.tls.key, "with tls: its private key")
      .option("--tls-name", "NAME", &told.tls.server_name, "with tls: whom the server's certificate has to name")
      .option("--proto", "FILE", &told.protos, "a contract file, for a server without reflection")
      .option("-I,--import", "DIR", &told.imports, imports_about);
}

Verb describe_verb() {
  auto told = std::make_shared<DescribeOptions>();
  return with_servers(Verb("describe", "who calls whom in the application; or services, methods and messages of any gRPC server",
                           [told] { return describe(*told); }),
                      told->server)
      .flag("--dot", told->dot, "draw who calls whom, in the language of Graphviz")
      .flag("--svg", told->svg, "draw who calls whom, as a picture")
      .flag("--json", told->json, json_about)
      .argument("WHAT", &told->what, "SERVICE, SERVICE/METHOD or MESSAGE; if absent, the application's graph, or all methods of ADDRESS")
      .example("holon describe", "the services of the application: owners, hosts, methods, and whom they call")
      .example("holon describe --svg > shop.svg", "the same as a picture")
      .example("holon describe shop.Cart/GetCart", "a method, its messages, and an example of a call")
      .example("holon describe --address localhost:50051", "all methods of another server");
}

Verb call_verb() {
  auto told = std::make_shared<CallOptions>();
  return with_servers(
             Verb("call", "call a method with JSON, of the application or of any gRPC server", [told] { return call(*told); }),
             told->server)
      .option("-H,--header", "HEADER", &told->headers, "'name: value' beside the request; base64 if the name ends in -bin")
      .option("--timeout", "SECONDS", &told->timeout_s, "how long the call may take; 30, or any time for streams")
      .between(0.001, 1e6)
      .flag("--emit-defaults", told->defaults, "show fields that have their default value, too")
      .flag("--compact", told->compact, "a unary reply on one line, as those of streams are")
      .flag("--json", told->compact, "the same: replies are JSON in any case")
      .flag("-v,--verbose", told->verbose, "show headers, trailers and how long it took")
      .argument("METHOD", &told->method, "SERVICE/METHOD, as shop.Cart/GetCart", true)
      .argument("REQUEST", &told->request,
                "JSON; - is standard input, @FILE a file; for a stream of requests, one value after the other")
      .example("holon call shop.Cart/GetCart '{\"user_id\": \"ann\"}'", "a method of the application")
      .example("echo '{\"number\": 1} {\"number\": 2}' | holon call desk.Desk/Chat", "a stream of requests")
      .example("holon call -a tls:api.example.com:443 --proto api.proto api.Search/Find @request.json",
               "a server without reflection");
}

Verb calls_verb() {
  auto told = std::make_shared<NodeOptions>();
  return Verb("calls", "who called whom, how often, and how long it took", [told] { return calls(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .flag("--json", told->json, json_about)
      .example("holon calls", "all callers and methods, since their hosts started");
}

Verb top_verb() {
  auto told = std::make_shared<TopOptions>();
  return Verb("top", "what each host uses, how much it is called, and what is wrong between services", [told] { return top(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .option("--period", "SECONDS", &told->period_s, "go on, and measure over this time; 2 on a terminal")
      .between(0.1, 3600)
      .flag("--once", told->once, "measure once, as where standard output is no terminal")
      .flag("--json", told->json, json_lines_about)
      .example("holon top", "until Ctrl-C")
      .example("holon top --period 10 --json", "a document each ten seconds, for programs");
}

Verb config_verb() {
  auto told = std::make_shared<ConfigOptions>();
  return Verb("config", "holon.yaml as the node runs by it: all defaults filled in, secrets left out", [told] { return config(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .option("--overlay", "NAME", &told->overlays, std::string("as --check; ") + overlay_about)
      .flag("--check", told->check, "the file, not what runs: all that is wrong with it is said; so it is if nothing runs")
      .flag("--schema", told->schema, "the JSON Schema of holon.yaml, for editors")
      .flag("--json", told->json, json_about)
      .example("holon config", "what holds now, whatever the file says meanwhile")
      .example("holon config --check --overlay production", "what would hold, or what is wrong")
      .example("holon config --schema > holon.schema.json", "for an editor that completes and checks");
}

Verb openapi_verb() {
  auto told = std::make_shared<OpenApiVerbOptions>();
  return Verb("openapi", "the OpenAPI 3.1 document of contract files, or of what runs", [told] { return openapi(*told); })
      .option("-f,--file", "FILE", &told->server.file, file_about)
      .option("-a,--address", "ADDRESS", &told->server.address, "any gRPC server instead of the application")
      .option("-I,--import", "DIR", &told->server.imports, imports_about)
      .option("-o,--out", "FILE", &told->out, "a file to write it to")
      .option("--title", "TITLE", &told->title, "what the API is called; the application's name, or API, if absent")
      .option("--api-version", "VERSION", &told->document.version, "its version")
      .option("--server", "URL", &told->document.servers, "a URL at which it answers")
      .argument("FILE", &told->server.protos, "contract files; without them, the application that runs is asked")
      .example("holon openapi -o api.json shop/cart.proto", "of a contract file")
      .example("holon openapi --server https://shop.example.com", "of the application that runs here");
}

}  // namespace

std::vector<Verb> question_verbs() {
  return {describe_verb(), call_verb(), calls_verb(), top_verb(), config_verb(), openapi_verb()};
}

}  // namespace holon::cli
