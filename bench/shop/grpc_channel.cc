#include "shop/grpc_channel.h"

#include "fiber/call.h"
#include "fiber/waiter.h"
#include "shop/completion_world.h"
#include "shop/grpc_bytes.h"

namespace bench {

namespace {

using holon::Call;
using holon::Error;
using holon::Result;

class WakeUp final : public Completion {
 public:
  explicit WakeUp(holon::fiber::Waiter& waiter) : waiter_(waiter) {}
  void completed(bool) override { waiter_.wake(); }

 private:
  holon::fiber::Waiter& waiter_;
};

}  // namespace

GrpcChannel::GrpcChannel(const holon::internal::ServiceInfo& callee, const std::string& address, grpc::CompletionQueue& queue)
    : callee_(callee), queue_(queue), stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

Result<void> GrpcChannel::unary(Call& call, unsigned method, const google::protobuf::MessageLite& request,
                                google::protobuf::MessageLite& reply) const {
  const holon::internal::MethodInfo& info = callee_.methods[method];
  const holon::Deadline now = std::chrono::steady_clock::now();
  grpc::ClientContext context;
  context.set_deadline(wall_time(holon::internal::child_deadline(call.deadline(), info, now)));
  const grpc::ByteBuffer bytes = HOLON_TRY(to_bytes(request));
  grpc::ByteBuffer answer;
  grpc::Status status;
  holon::fiber::Waiter waiter;
  WakeUp wake_up(waiter);
  auto reader = stub_.PrepareUnaryCall(&context, "/" + std::string(info.name), bytes, &queue_);
  reader->StartCall();
  reader->Finish(&answer, &status, static_cast<Completion*>(&wake_up));
  if (waiter.wait(holon::env::Time::max(), &holon::internal::CallAccess::scope(call)) != holon::fiber::Wake::woken) {
    context.TryCancel();
    waiter.wait();  // grpc++ still writes to this stack
  }
  if (!status.ok()) return Error(static_cast<holon::Code>(status.error_code()), status.error_message());
  return from_bytes(answer, reply);
}

std::unique_ptr<holon::internal::Duplex> GrpcChannel::open(Call&, unsigned) const { std::abort(); }

}  // namespace bench
