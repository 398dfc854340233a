// The same echo on grpc++ as its documentation advises to write a server: the callback API, threads by its own choice.
//   grpc_callback_server ADDRESS
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>

#include "echo.grpc.pb.h"
#include "payload.h"

namespace {

class EchoService final : public bench::Echo::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const bench::EchoMessage* request,
                                 bench::EchoMessage* reply) override {
    *reply = bench::echoed(*request);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s ADDRESS\n", argv[0]);
    return 2;
  }
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
}
