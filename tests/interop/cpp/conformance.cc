// The interop service by holon, as a program of its own:
//   conformance --grpc ADDR [--http ADDR] [--tls-cert FILE --tls-key FILE]
// `--grpc` answers gRPC and gRPC-Web, by TLS if there is a certificate; `--http` the same in the clear, on an address of its own.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"
#include "interop.holon.h"

namespace grpc::testing {
namespace {

void echo(holon::Call& call) {
  constexpr std::string_view initial = "x-grpc-test-echo-initial", trailing = "x-grpc-test-echo-trailing-bin";
  const holon::Metadata& metadata = call.metadata();
  if (metadata.has(initial)) call.response_metadata().set(initial, std::string(metadata.get(initial)));
  if (metadata.has(trailing)) call.response_trailers().set(trailing, std::string(metadata.get(trailing)));
}

holon::Result<void> check_compressed(const holon::Call& call, const BoolValue& expected) {
  if (!expected.value() || call.request_compressed()) return {};
  return holon::invalid_argument("the message should have come compressed, as its expect_compressed says");
}

holon::Result<void> check_status(const EchoStatus& status) {
  if (status.code() == 0) return {};
  return holon::Error(static_cast<holon::Code>(status.code()), status.message());
}

void fill(Payload& payload, int size) {
  if (size > 0) payload.set_body(std::string(static_cast<std::size_t>(size), '\0'));
}

holon::Result<void> answer(holon::Call& call, const StreamingOutputCallRequest& request,
                           holon::Writer<StreamingOutputCallResponse>& out) {
  for (const ResponseParameters& parameters : request.response_parameters()) {
    if (parameters.interval_us() > 0) TRY(holon::sleep(call, std::chrono::microseconds(parameters.interval_us())));
    StreamingOutputCallResponse response;
    fill(*response.mutable_payload(), parameters.size());
    call.compress(parameters.compressed().value());
    TRY(out.write(response));
  }
  return {};
}

}  // namespace

class Conformance final : public TestService::Service {
 public:
  holon::Result<Empty> EmptyCall(holon::Call&, const Empty&) override { return Empty(); }

  holon::Result<SimpleResponse> UnaryCall(holon::Call& call, const SimpleRequest& request) override {
    echo(call);
    TRY(check_compressed(call, request.expect_compressed()));
    TRY(check_status(request.response_status()));
    call.compress(request.response_compressed().value());
    SimpleResponse response;
    fill(*response.mutable_payload(), request.response_size());
    return response;
  }

  holon::Result<void> StreamingOutputCall(holon::Call& call, const StreamingOutputCallRequest& request,
                                          holon::Writer<StreamingOutputCallResponse>& out) override {
    echo(call);
    TRY(answer(call, request, out));
    return check_status(request.response_status());
  }

  holon::Result<StreamingInputCallResponse> StreamingInputCall(holon::Call& call,
                                                               holon::Reader<StreamingInputCallRequest>& in) override {
    std::size_t total = 0;
    while (std::optional<StreamingInputCallRequest> request = TRY(in.next())) {
      TRY(check_compressed(call, request->expect_compressed()));
      total += request->payload().body().size();
    }
    StreamingInputCallResponse response;
    response.set_aggregated_payload_size(static_cast<int>(total));
    return response;
  }

  holon::Result<void> FullDuplexCall(holon::Call& call, holon::Reader<StreamingOutputCallRequest>& in,
                                     holon::Writer<StreamingOutputCallResponse>& out) override {
    echo(call);
    while (std::optional<StreamingOutputCallRequest> request = TRY(in.next())) {
      TRY(check_status(request->response_status()));
      TRY(answer(call, *request, out));
    }
    return {};
  }

  holon::Result<void> HalfDuplexCall(holon::Call& call, holon::Reader<StreamingOutputCallRequest>& in,
                                     holon::Writer<StreamingOutputCallResponse>& out) override {
    std::vector<StreamingOutputCallRequest> requests;
    while (std::optional<StreamingOutputCallRequest> request = TRY(in.next())) requests.push_back(std::move(*request));
    for (const StreamingOutputCallRequest& request : requests) TRY(answer(call, request, out));
    return {};
  }
};

namespace {

constexpr const char* usage =
    "conformance --grpc ADDR [--http ADDR] [--tls-cert FILE --tls-key FILE]\n"
    "  serves grpc.testing.TestService; ADDR is HOST:PORT or unix:/path\n";

// The same as holon's own programs understand it. Empty if it is not to be understood.
std::vector<std::string> translate(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> given;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    bool known = arguments[i] == "--grpc" || arguments[i] == "--http" || arguments[i] == "--tls-cert" || arguments[i] == "--tls-key";
    if (!known || i + 1 == arguments.size()) return {};
    given[arguments[i]] = arguments[i + 1];
  }
  bool tls = given.contains("--tls-cert");
  if (!given.contains("--grpc") || tls != given.contains("--tls-key")) return {};
  std::vector<std::string> translated = {"--listen", (tls ? "tls:" : "") + given["--grpc"]};
  auto add = [&](const char* name, const std::string& value) { translated.insert(translated.end(), {name, value}); };
  if (given.contains("--http")) add("--listen", given["--http"]);
  if (tls) add("--tls-cert", given["--tls-cert"]);
  if (tls) add("--tls-key", given["--tls-key"]);
  return translated;
}

}  // namespace
}  // namespace grpc::testing

int main(int argc, char** argv) {
  std::vector<std::string> arguments = grpc::testing::translate({argv + 1, argv + argc});
  if (arguments.empty()) {
    std::cerr << grpc::testing::usage;
    return 2;
  }
  std::filesystem::path data = std::filesystem::temp_directory_path() / ("holon-conformance-" + std::to_string(::getpid()));
  arguments.insert(arguments.end(), {"--data", data.string()});
  arguments.insert(arguments.begin(), argv[0]);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  int code = holon::serve<grpc::testing::Conformance>(static_cast<int>(pointers.size()), pointers.data());
  std::filesystem::remove_all(data);
  return code;
}
