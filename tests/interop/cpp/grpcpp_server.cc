// The interop service by grpc++:
//   interop_grpcpp_server --grpc ADDR [--tls-cert FILE --tls-key FILE]
#include <csignal>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include "grpcpp_flags.h"
#include "interop.grpc.pb.h"

namespace grpc::testing {
namespace {

void echo(ServerContext& context) {
  for (const auto& [name, value] : context.client_metadata()) {
    std::string text(value.data(), value.size());
    if (name == "x-grpc-test-echo-initial") context.AddInitialMetadata("x-grpc-test-echo-initial", text);
    if (name == "x-grpc-test-echo-trailing-bin") context.AddTrailingMetadata("x-grpc-test-echo-trailing-bin", text);
  }
}

template <class Request>
Status check(const ServerContext& context, const Request& request) {
  if constexpr (requires { request.expect_compressed(); }) {
    if (request.has_expect_compressed() && request.expect_compressed().value() &&
        !InteropServerContextInspector::compressed(context)) {
      return Status(StatusCode::INVALID_ARGUMENT, "the message should have come compressed");
    }
  }
  if constexpr (requires { request.response_status(); }) {
    if (request.response_status().code() != 0) {
      return Status(static_cast<StatusCode>(request.response_status().code()), request.response_status().message());
    }
  }
  return Status::OK;
}

void fill(Payload& payload, int size) { payload.set_body(std::string(static_cast<std::size_t>(size), '\0')); }

// One whose messages may be compressed must offer that before the first.
template <class Stream>
void answer(Stream& stream, const StreamingOutputCallRequest& request) {
  for (const ResponseParameters& parameters : request.response_parameters()) {
    if (parameters.interval_us() > 0) std::this_thread::sleep_for(std::chrono::microseconds(parameters.interval_us()));
    StreamingOutputCallResponse response;
    fill(*response.mutable_payload(), parameters.size());
    WriteOptions options;
    if (!parameters.compressed().value()) options.set_no_compression();
    if (!stream.Write(response, options)) return;
  }
}

class TestServiceImpl final : public TestService::Service {
  Status EmptyCall(ServerContext*, const Empty*, Empty*) override { return Status::OK; }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    echo(*context);
    if (request->response_compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    fill(*response->mutable_payload(), request->response_size());
    return check(*context, *request);
  }

  Status StreamingInputCall(ServerContext* context, ServerReader<StreamingInputCallRequest>* reader,
                            StreamingInputCallResponse* response) override {
    StreamingInputCallRequest request;
    std::size_t total = 0;
    while (reader->Read(&request)) {
      if (Status status = check(*context, request); !status.ok()) return status;
      total += request.payload().body().size();
    }
    response->set_aggregated_payload_size(static_cast<int>(total));
    return Status::OK;
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             ServerWriter<StreamingOutputCallResponse>* writer) override {
    echo(*context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    answer(*writer, *request);
    return check(*context, *request);
  }

  Status FullDuplexCall(ServerContext* context,
                        ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    echo(*context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      if (Status status = check(*context, request); !status.ok()) return status;
      answer(*stream, request);
    }
    return Status::OK;
  }

  Status HalfDuplexCall(ServerContext* context,
                        ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    std::vector<StreamingOutputCallRequest> requests;
    for (StreamingOutputCallRequest request; stream->Read(&request);) requests.push_back(request);
    for (const StreamingOutputCallRequest& request : requests) answer(*stream, request);
    return Status::OK;
  }
};

std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

int serve(std::map<std::string, std::string> options) {
  // Blocked in all threads, so that it is waited for below.
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);

  std::shared_ptr<ServerCredentials> credentials = InsecureServerCredentials();
  if (options.contains("--tls-cert")) {
    SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({content(options["--tls-key"]), content(options["--tls-cert"])});
    credentials = SslServerCredentials(tls);
  }
  std::string address = options["--grpc"];
  TestServiceImpl service;
  int port = 0;
  ServerBuilder builder;
  builder.AddListeningPort(address, credentials, &port);
  builder.RegisterService(&service);
  std::unique_ptr<Server> server = builder.BuildAndStart();
  if (!server) return 1;
  if (!address.starts_with("unix:")) address = address.substr(0, address.rfind(':') + 1) + std::to_string(port);
  std::cout << "answers on " << address << std::endl;
  int signal = 0;
  sigwait(&end, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  return 0;
}

}  // namespace
}  // namespace grpc::testing

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  return grpc::testing::serve(std::move(options));
}
