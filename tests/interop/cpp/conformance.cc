// holon as others test it, as a program of its own:
//   conformance [--grpc ADDR] [--http ADDR] [--tls-cert FILE --tls-key FILE]
//               [--jwt-key PUBLIC.pem --jwt-issuer ISSUER --jwt-audience AUDIENCE]
// `--grpc` answers gRPC and gRPC-Web for grpc.testing.TestService, by TLS if there is a certificate. `--http` is a gateway in front
// of that and of the services of tests/transcoding: HTTP by the routes of their contracts, gRPC and gRPC-Web. It speaks TLS if
// there is a certificate and no `--grpc` that takes it. The three of JWT go together: who calls through it must have such a token.
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "app/host.h"
#include "front_door.h"
#include "test_service.h"
#include "tests/transcoding/services.h"

namespace {

constexpr const char* usage =
    "conformance [--grpc ADDR] [--http ADDR] [--tls-cert FILE --tls-key FILE]\n"
    "            [--jwt-key PUBLIC.pem --jwt-issuer ISSUER --jwt-audience AUDIENCE]\n"
    "  serves grpc.testing.TestService, and by --http conformance.transcoding.v1.Echo through the gateway;\n"
    "  ADDR is HOST:PORT or unix:/path\n";

using Options = std::map<std::string, std::string>;

/// Nothing if they are not to be understood.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options given;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    bool known = false;
    for (const char* name : {"--grpc", "--http", "--tls-cert", "--tls-key", "--jwt-key", "--jwt-issuer", "--jwt-audience"}) {
      known = known || arguments[i] == name;
    }
    if (!known || i + 1 == arguments.size()) return std::nullopt;
    given[arguments[i]] = arguments[i + 1];
  }
  const bool tls = given.contains("--tls-cert"), jwt = given.contains("--jwt-key");
  if (!given.contains("--grpc") && !given.contains("--http")) return std::nullopt;
  if (tls != given.contains("--tls-key") || jwt != given.contains("--jwt-issuer") || jwt != given.contains("--jwt-audience")) {
    return std::nullopt;
  }
  return given;
}

holon::app::Options host_options(Options& given, const holon::env::Address& inside, const std::filesystem::path& data) {
  holon::app::Options options;
  options.data = data;
  options.listen.push_back(inside);
  if (!given.contains("--grpc")) return options;
  const bool tls = given.contains("--tls-cert");
  (tls ? options.listen_tls : options.listen).push_back(holon::env::Address::parse(given["--grpc"]).value());
  if (tls) options.tls.pairs.push_back({given["--tls-cert"], given["--tls-key"]});
  return options;
}

interop::FrontDoorOptions door_options(Options& given) {
  interop::FrontDoorOptions options{.address = given["--http"]};
  if (!given.contains("--grpc") && given.contains("--tls-cert")) options.certificate = {given["--tls-cert"], given["--tls-key"]};
  if (given.contains("--jwt-key")) options.jwt = {given["--jwt-key"], given["--jwt-issuer"], given["--jwt-audience"]};
  return options;
}

/// Its exit code.
int run(Options given, const std::filesystem::path& data) {
  std::filesystem::create_directories(data);
  const holon::env::Address inside = holon::env::Address::parse("unix:" + (data / "services.sock").string()).value();
  holon::app::Host host(holon::env::os(), host_options(given, inside, data));
  host.add(holon::internal::factory_of<grpc::testing::TestServiceByHolon>());
  host.add(holon::internal::factory_of<transcoding::Echo>());
  host.add(holon::internal::factory_of<transcoding::Rules>());
  std::unique_ptr<interop::FrontDoor> door;
  host.on_ready([&] {
    for (std::size_t i = 1; i < host.addresses().size(); ++i) std::cerr << "answers on " << host.addresses()[i].to_string() << '\n';
    for (const auto& address : host.tls_addresses()) std::cerr << "answers on tls:" << address.to_string() << '\n';
    if (!given.contains("--http")) return;
    auto opened = interop::FrontDoor::open(host, inside, door_options(given));
    if (!opened.ok()) {
      std::cerr << "conformance: " << opened.error().message() << '\n';
      return host.stop();
    }
    door = std::move(*opened);
    std::cerr << "answers on " << door->address() << '\n';
  });
  return host.run();
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Options> given = parse({argv + 1, argv + argc});
  if (!given) {
    std::cerr << usage;
    return 2;
  }
  const std::filesystem::path data =
      std::filesystem::temp_directory_path() / ("holon-conformance-" + std::to_string(::getpid()));
  const int code = run(*given, data);
  std::filesystem::remove_all(data);
  return code;
}
