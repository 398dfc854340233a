// The same echo on grpc++, at any number of addresses.
//   grpc_server callback|queue [--tls-cert=FILE --tls-key=FILE] ADDRESS…
#include "rpc/grpc_server.h"

#include <cstdio>
#include <string>

#include "rpc/grpc_tuning.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s callback|queue [--tls-cert=FILE --tls-key=FILE] ADDRESS…\n", argv[0]);
    return 2;
  }
  grpc::SslServerCredentialsOptions tls;
  tls.pem_key_cert_pairs.emplace_back();
  grpc::ServerBuilder builder;
  bench::tune([&](const char* name, int value) { builder.AddChannelArgument(name, value); });
  for (int i = 2; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.starts_with("--tls-cert=")) {
      tls.pem_key_cert_pairs[0].cert_chain = bench::contents_of(argument.substr(11));
    } else if (argument.starts_with("--tls-key=")) {
      tls.pem_key_cert_pairs[0].private_key = bench::contents_of(argument.substr(10));
    } else if (bench::take_tls(argument)) {
      builder.AddListeningPort(argument, grpc::SslServerCredentials(tls));
    } else {
      builder.AddListeningPort(argument, grpc::InsecureServerCredentials());
    }
  }
  const auto start = [](grpc::ServerBuilder& ready) {
    auto server = ready.BuildAndStart();
    if (server == nullptr) std::exit(1);
    return server;
  };
  if (std::string(argv[1]) == "queue") {
    bench::serve_by_queue(builder, start);
  } else {
    bench::serve_by_callbacks(builder, start);
  }
}
