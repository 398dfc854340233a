// The interop service (grpc/doc/interop-test-descriptions.md) by holon.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"
#include "interop.holon.h"

namespace grpc::testing {

inline void echo(holon::Call& call) {
  constexpr std::string_view initial = "x-grpc-test-echo-initial", trailing = "x-grpc-test-echo-trailing-bin";
  const holon::Metadata& metadata = call.metadata();
  if (metadata.has(initial)) call.response_metadata().set(initial, std::string(metadata.get(initial)));
  if (metadata.has(trailing)) call.response_trailers().set(trailing, std::string(metadata.get(trailing)));
}

inline holon::Result<void> check_compressed(const holon::Call& call, const BoolValue& expected) {
  if (!expected.value() || call.request_compressed()) return {};
  return holon::invalid_argument("the message should have come compressed, as its expect_compressed says");
}

inline holon::Result<void> check_status(const EchoStatus& status) {
  if (status.code() == 0) return {};
  return holon::Error(static_cast<holon::Code>(status.code()), status.message());
}

inline void fill(Payload& payload, int size) {
  if (size > 0) payload.set_body(std::string(static_cast<std::size_t>(size), '\0'));
}

inline holon::Result<void> answer(holon::Call& call, const StreamingOutputCallRequest& request,
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

class TestServiceByHolon final : public TestService::Service {
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

}  // namespace grpc::testing
