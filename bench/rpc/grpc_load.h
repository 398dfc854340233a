// A load by grpc++: by each of its two interfaces, for grpc_client.cc.
#pragma once

#include "echo.grpc.pb.h"
#include "payload.h"
#include "rpc/meter.h"

namespace bench {

/// What is asked for, the same with both interfaces.
struct GrpcLoad {
  Echo::Stub& stub;
  const Load& load;
  EchoMessage request;
  bool stream;  ///< Repeat, not Echo
  bool open;    ///< arrivals, not a loop
};

/// Both return when the meter's time is up and all calls have ended.
void load_by_callbacks(const GrpcLoad& asked, Meter& meter);
void load_by_queue(const GrpcLoad& asked, Meter& meter);

/// The wrong answer ends the benchmark.
inline void check(const grpc::Status& status, const EchoMessage& request, const EchoMessage& reply) {
  if (!status.ok()) give_up(status.error_message());
  if (reply.id() != request.id() + 1) give_up("a wrong echo");
}

/// As each call of holon's has one.
inline std::unique_ptr<grpc::ClientContext> context_with_deadline() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
  return context;
}

}  // namespace bench
