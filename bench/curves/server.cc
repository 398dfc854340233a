// A host of many services.
//   scale_server SERVICES --holon-listen=ADDRESS…
#include <cstdio>
#include <cstdlib>

#include "curves/numbered.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s SERVICES --holon-listen=ADDRESS…\n", argv[0]);
    return 2;
  }
  const auto services = bench::numbered_services(std::atoi(argv[1]));
  std::vector<holon::internal::ServiceFactory> factories;
  for (const auto& service : services) {
    factories.push_back({&service.info(), [](holon::Wiring&) { return std::make_unique<bench::EchoService>(); }});
  }
  argv[1] = argv[0];
  return holon::internal::serve_program(argc - 1, argv + 1, std::move(factories));
}
