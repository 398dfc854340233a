// `holon`: runs the hosts of an application on this machine, and shows what happens. The only source that sees CLI11.
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <string_view>

#include "cmd/holon/verbs.h"
#include "gateway/host.h"

namespace {

using namespace holon::cli;

void add_file(CLI::App* verb, std::filesystem::path& file) {
  verb->add_option("-f,--file", file, "the application's holon.yaml")->capture_default_str();
}

void add_up(CLI::App& app, int& code) {
  static UpOptions options;
  CLI::App* verb = app.add_subcommand("up", "start the application, and follow its logs; Ctrl-C stops it");
  add_file(verb, options.file);
  verb->add_flag("-d,--detach", options.detach, "leave it running in the background");
  verb->add_flag("--wait", options.wait, "with -d: come back when every host is ready, or say why one is not");
  verb->add_option("--placement", options.placement, "which placement of holon.yaml; the default one if absent");
  verb->add_option("--port", options.port, "where the gateway answers, instead of holon.yaml's port")
      ->check(CLI::Range(0, 65535));
  verb->add_flag("--strict", options.strict, "local calls go through bytes, as if they were remote");
  verb->add_option("--bin", options.bin, "where programs are, if not beside holon.yaml");
  verb->add_flag("--as-node", options.as_node)->group("");
  verb->callback([&code] { code = up(options); });
}

void add_ps(CLI::App& app, int& code) {
  static PsOptions options;
  CLI::App* verb = app.add_subcommand("ps", "the hosts that run, and how they are");
  add_file(verb, options.file);
  verb->add_flag("--json", options.json, "as JSON, on one line");
  verb->callback([&code] { code = ps(options); });
}

void add_logs(CLI::App& app, int& code) {
  static LogsOptions options;
  CLI::App* verb = app.add_subcommand("logs", "what the hosts wrote");
  verb->add_option("--file", options.file, "the application's holon.yaml")->capture_default_str();
  verb->add_flag("-f,--follow", options.follow,
                 "go on with what they write");  // as everywhere, so --file is never -f here
  verb->add_option("--tail", options.tail, "how many lines of each to begin with")->capture_default_str();
  verb->add_option("HOST", options.hosts, "cart, or cart.0; all if absent");
  verb->callback([&code] { code = logs(options); });
}

void add_down(CLI::App& app, int& code) {
  static DownOptions options;
  CLI::App* verb = app.add_subcommand("down", "stop the application");
  add_file(verb, options.file);
  verb->callback([&code] { code = down(options); });
}

void add_reload(CLI::App& app, int& code) {
  static ReloadOptions options;
  CLI::App* verb = app.add_subcommand("reload", "the gateway reads `gateway:` of holon.yaml, keys and certificates again");
  add_file(verb, options.file);
  verb->callback([&code] { code = reload(options); });
}

void add_calls(CLI::App& app, int& code) {
  static CallsOptions options;
  CLI::App* verb = app.add_subcommand("calls", "who called whom, how often, and how long it took");
  add_file(verb, options.file);
  verb->add_flag("--json", options.json, "as JSON, on one line");
  verb->callback([&code] { code = calls(options); });
}

void add_servers(CLI::App* verb, ServerOptions& options) {
  add_file(verb, options.file);
  verb->add_option("-a,--address", options.address,
                   "any gRPC server instead of the application: HOST:PORT, unix:/path, or tls: before it");
  verb->add_option("--tls-ca", options.tls.roots, "with tls: who is trusted to name servers; the system's if absent");
  verb->add_option("--tls-cert", options.tls.certificate, "with tls: what to show a server that asks for it");
  verb->add_option("--tls-key", options.tls.key, "with tls: its private key");
  verb->add_option("--tls-name", options.tls.server_name, "with tls: whom the server's certificate has to name");
  verb->add_option("--proto", options.protos, "a contract file, for a server without reflection")->allow_extra_args(false);
  verb->add_option("-I,--import", options.imports, "where contract files and their imports are; here if absent")
      ->allow_extra_args(false)
      ->check(CLI::ExistingDirectory);
}

void add_call(CLI::App& app, int& code) {
  static CallOptions options;
  CLI::App* verb = app.add_subcommand("call", "call a method with JSON, of the application or of any gRPC server");
  add_servers(verb, options.server);
  verb->add_option("METHOD", options.method, "SERVICE/METHOD, as shop.Cart/GetCart")->required();
  verb->add_option("REQUEST", options.request,
                   "JSON; - is standard input, @FILE a file; for a stream of requests, one value after the other");
  verb->add_option("-H,--header", options.headers, "'name: value' beside the request; base64 if the name ends in -bin")
      ->allow_extra_args(false);
  verb->add_option("--timeout", options.timeout_s, "seconds the call may take; 30, or any time for streams")
      ->check(CLI::Range(0.001, 1e6));
  verb->add_flag("--emit-defaults", options.defaults, "show fields that have their default value, too");
  verb->add_flag("--compact", options.compact, "a unary reply on one line, as those of streams are");
  verb->add_flag("-v,--verbose", options.verbose, "show headers, trailers and how long it took");
  verb->callback([&code] { code = call(options); });
}

void add_describe(CLI::App& app, int& code) {
  static DescribeOptions options;
  CLI::App* verb = app.add_subcommand("describe", "services, methods and messages, of the application or any gRPC server");
  add_servers(verb, options.server);
  verb->add_option("WHAT", options.what, "SERVICE, SERVICE/METHOD or MESSAGE; everything if absent");
  verb->add_flag("--json", options.json, "as JSON, on one line");
  verb->callback([&code] { code = describe(options); });
}

void add_new(CLI::App& app, int& code) {
  static NewOptions options;
  CLI::App* verb = app.add_subcommand("new", "files to begin with: an application, or one more service of one");
  verb->require_subcommand(1);
  CLI::App* new_app = verb->add_subcommand("app", "a folder NAME with an application that builds, runs and has a test");
  new_app->add_option("NAME", options.name, "as in book_shop")->required();
  new_app->add_option("--service", options.service, "what its first service is called")->capture_default_str();
  new_app->callback([&code] { code = new_project(options); });
  CLI::App* new_service = verb->add_subcommand("service", "one more service, in the application that is here");
  new_service->add_option("NAME", options.name, "as in gift_card")->required();
  add_file(new_service, options.file);
  new_service->callback([&code] {
    options.what = NewOptions::What::service;
    code = new_project(options);
  });
}

void add_openapi(CLI::App& app, int& code) {
  static OpenApiVerbOptions options;
  CLI::App* verb = app.add_subcommand("openapi", "the OpenAPI 3.1 document of contract files, or of what runs");
  add_file(verb, options.server.file);
  verb->add_option("-a,--address", options.server.address, "any gRPC server instead of the application");
  verb->add_option("FILES", options.server.protos, "contract files; without them, the application that runs is asked");
  verb->add_option("-I,--import", options.server.imports, "where contract files and their imports are; here if absent")
      ->allow_extra_args(false)  // what follows is a file
      ->check(CLI::ExistingDirectory);
  verb->add_option("-o,--out", options.out, "a file to write it to");
  verb->add_option("--title", options.title, "what the API is called; the application's name, or API, if absent");
  verb->add_option("--api-version", options.document.version, "its version")->capture_default_str();
  verb->add_option("--server", options.document.servers, "a URL at which it answers")->allow_extra_args(false);
  verb->callback([&code] { code = openapi(options); });
}

void add_gateway(CLI::App& app, int& code) {
  static GatewayKeyOptions options;
  CLI::App* verb = app.add_subcommand("gateway", "what a gateway needs");
  verb->require_subcommand(1);
  CLI::App* key = verb->add_subcommand("key", "make an API key: it is shown once, and its line for the file of keys printed");
  key->add_option("ID", options.id, "who it is for: the subject of its claims")->required();
  key->add_option("NAME=VALUE", options.claims, "a claim of its; a name that repeats becomes a list");
  key->callback([&code] { code = gateway_key(options); });
}

void add_doctor(CLI::App& app, int& code) {
  static DoctorOptions options;
  CLI::App* verb = app.add_subcommand("doctor", "what this machine lacks");
  verb->add_option("--packages", options.packages, "the list of packages to look for")->capture_default_str();
  verb->add_option("--port", options.port, "a port that should be free")->capture_default_str();
  verb->callback([&code] { code = doctor(options); });
}

int run(int argc, char** argv) {
  int code = succeeded;
  CLI::App app("holon: C++ microservices that run as one process or as many", "holon");
  app.require_subcommand(1);
  add_up(app, code);
  add_ps(app, code);
  add_logs(app, code);
  add_down(app, code);
  add_reload(app, code);
  add_calls(app, code);
  add_call(app, code);
  add_describe(app, code);
  add_new(app, code);
  add_openapi(app, code);
  add_gateway(app, code);
  add_doctor(app, code);
  app.add_subcommand("version", "the version of this program")->callback([&code] { code = version(); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? succeeded : misused;
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `holon ps | head`: a write fails, and says so
  // How the node starts the gateway: not a verb for people, and with a host's arguments.
  if (argc > 1 && std::string_view(argv[1]) == "gateway-host") {
    return holon::gateway::run_gateway_host(argc - 1, argv + 1);
  }
  return run(argc, argv);
}
