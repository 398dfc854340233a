// As grpc++'s documentation advises to write a server: the callback interface, threads by its own choice.
#include <google/protobuf/arena.h>

#include "echo.grpc.pb.h"
#include "payload.h"
#include "rpc/grpc_server.h"

namespace bench {
namespace {

/// Both messages of a call on one arena.
class ArenaMessages final : public grpc::MessageHolder<EchoMessage, EchoMessage> {
 public:
  ArenaMessages() {
    set_request(google::protobuf::Arena::CreateMessage<EchoMessage>(&arena_));
    set_response(google::protobuf::Arena::CreateMessage<EchoMessage>(&arena_));
  }
  void Release() override { delete this; }

 private:
  google::protobuf::Arena arena_;
};

class ArenaAllocator final : public grpc::MessageAllocator<EchoMessage, EchoMessage> {
  grpc::MessageHolder<EchoMessage, EchoMessage>* AllocateMessages() override { return new ArenaMessages; }
};

class Repeater final : public grpc::ServerWriteReactor<EchoMessage> {
 public:
  explicit Repeater(const EchoMessage& request) : message_(request) { OnWriteDone(true); }

 private:
  void OnWriteDone(bool ok) override {
    if (ok && sent_++ < message_.id()) return StartWrite(&message_);
    Finish(grpc::Status::OK);
  }
  void OnDone() override { delete this; }

  const EchoMessage message_;
  std::int64_t sent_ = 0;
};

class Waiter final : public grpc::ServerUnaryReactor {
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }
};

class EchoService final : public Echo::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoMessage* request,
                                 EchoMessage* reply) override {
    *reply = echoed(*request);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerWriteReactor<EchoMessage>* Repeat(grpc::CallbackServerContext*, const EchoMessage* request) override {
    return new Repeater(*request);
  }
  grpc::ServerUnaryReactor* Wait(grpc::CallbackServerContext*, const EchoMessage*, EchoMessage*) override {
    return new Waiter;
  }
};

}  // namespace

void serve_by_callbacks(grpc::ServerBuilder& builder, const Start& start) {
  ArenaAllocator allocator;
  EchoService service;
  service.SetMessageAllocatorFor_Echo(&allocator);
  builder.RegisterService(&service);
  start(builder)->Wait();
}

}  // namespace bench
