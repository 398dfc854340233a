// serve(): the whole main() of a program.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

#include "app/host.h"
#include "app/manifest.h"
#include "env/disk.h"
#include "holon/service.h"

namespace holon::internal {
namespace {

using app::Options;

constexpr std::string_view default_address = "127.0.0.1:50051";

void print_limits() {
  app::HostLimits defaults;
  std::cout << "\nLimits, with what they are if they are not set:\n";
  for (const app::Limit& limit : app::limits()) {
    std::cout << "  " << limit.name << '=' << app::value_of(limit, defaults) << "  " << limit.meaning << '\n';
  }
}

void print_help(const std::vector<ServiceFactory>& services) {
  std::cout << "A holon program. It serves";
  for (const ServiceFactory& factory : services) std::cout << ' ' << factory.info->name;
  std::cout << ".\n\n"
               "  --listen ADDRESS   where to answer by gRPC: HOST:PORT or unix:/path ("
            << default_address
            << "),\n"
               "                     or one of these after tls:\n"
               "  --tls-cert FILE    for tls: its certificate (PEM), and\n"
               "  --tls-key FILE     the key of that; several pairs for several names\n"
               "  --tls-client-ca F  demand certificates of clients, from these authorities\n"
               "  --web-origin URL   let web pages from there call by gRPC-Web; may repeat, * for all\n"
               "  --limit NAME=VALUE what it grants its peers; may repeat, see below\n"
               "  --config S=FILE    the configuration of the service S, as JSON; may repeat\n"
               "  --data DIR         where its services keep their data (./data)\n"
               "  --holon-manifest   print what it serves and calls, serialized, and exit\n"
               "\n"
               "`holon up` runs it as part of an application, with the --holon-… arguments of docs/design/host.md.\n";
  print_limits();
}

Result<std::vector<ServiceFactory>> chosen(const std::vector<ServiceFactory>& services, const Options& options) {
  if (!options.services) return services;
  std::vector<ServiceFactory> some;
  for (const std::string& name : *options.services) {
    auto found = std::find_if(services.begin(), services.end(), [&](const ServiceFactory& factory) {
      return app::short_name(factory.info->name) == name;
    });
    if (found == services.end()) return not_found(name + " is not in this program; add it to its holon_program(…)");
    some.push_back(*found);
  }
  return some;
}

// A program that runs alone is for trying out: it answers where a newcomer expects it, and says so.
void stand_alone(Options& options) {
  if (options.data.empty()) options.data = "data";
  if (options.listen.empty() && options.listen_tls.empty()) options.listen.push_back(*env::Address::parse(default_address));
}

/// The files' content.
Result<std::map<std::string, std::string>> read_configs(const std::map<std::string, std::filesystem::path>& files) {
  std::map<std::string, std::string> configs;
  for (const auto& [service, file] : files) configs[service] = HOLON_TRY(env::os().disk().read(file));
  return configs;
}

Result<int> run(const std::vector<ServiceFactory>& services, Options options) {
  bool alone = !options.node;
  if (alone) stand_alone(options);
  std::vector<ServiceFactory> some = HOLON_TRY(chosen(services, options));
  const std::map<std::string, std::string> configs = HOLON_TRY(read_configs(options.configs));
  app::Host host(env::os(), std::move(options));
  for (const auto& [service, json] : configs) host.set_config(service, json);
  for (const ServiceFactory& factory : some) host.add(factory);
  if (alone) {
    host.on_ready([&] {
      for (const env::Address& address : host.addresses()) std::cerr << "answers on " << address.to_string() << '\n';
      for (const env::Address& address : host.tls_addresses()) {
        std::cerr << "answers on tls:" << address.to_string() << '\n';
      }
    });
  }
  return host.run();
}

int print_manifest(const std::vector<ServiceFactory>& services) {
  fiber::Loop loop(env::os(), 0);
  app::Assembly assembly({}, nullptr);
  for (const ServiceFactory& factory : services) assembly.add(factory);
  app::manifest_of(assembly).SerializeToOstream(&std::cout);
  return 0;
}

}  // namespace

int serve_program(int argc, char** argv, std::vector<ServiceFactory> services) {
  env::keep_freed_memory();
  Result<Options> options = app::parse_options({argv + 1, argv + argc});
  if (!options.ok()) {
    std::cerr << argv[0] << ": " << options.error().message() << '\n';
    return 2;
  }
  if (options->help) {
    print_help(services);
    return 0;
  }
  try {
    if (options->manifest) return print_manifest(services);
    Result<int> code = run(services, std::move(*options));
    if (code.ok()) return *code;
    std::cerr << argv[0] << ": " << code.error().message() << '\n';
  } catch (const std::exception& exception) {
    std::cerr << argv[0] << ": a service's constructor threw: " << exception.what() << '\n';
  }
  return 1;
}

}  // namespace holon::internal
