#include "shop/grpc_door.h"

#include "fiber/call.h"
#include "shop/completion_world.h"
#include "shop/grpc_bytes.h"

namespace bench {

using holon::Result;

/// A place for one call at a time: waits for one, reads its request, runs the handler, answers, waits again.
class Place final : public Completion, private holon::internal::Exchange {
 public:
  explicit Place(GrpcDoor& door) : door_(door) {}

  void wait() {
    step_ = Step::arrive;
    stream_.reset();
    context_ = std::make_unique<grpc::GenericServerContext>();
    stream_ = std::make_unique<grpc::GenericServerAsyncReaderWriter>(context_.get());
    door_.service_.RequestCall(context_.get(), stream_.get(), &door_.queue_, &door_.queue_, tag());
  }

  void completed(bool ok) override {
    if (!ok || step_ == Step::answer) return wait();
    if (step_ == Step::arrive) {
      step_ = Step::read;
      return stream_->Read(&request_, tag());
    }
    step_ = Step::answer;
    door_.loop_.spawn([this] { run(); });
  }

 private:
  enum class Step { arrive, read, answer };

  void* tag() { return static_cast<Completion*>(this); }

  void run() {
    const auto route = door_.routes_.find(context_->method());
    if (route == door_.routes_.end()) {
      return stream_->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, context_->method()), tag());
    }
    holon::internal::RootCall call(steady_time(context_->deadline()));
    holon::internal::CallAccess::set_method(call, route->second.method);
    const Result<void> result = route->second.method->serve(*route->second.service, call, *this);
    if (result.ok()) return stream_->WriteAndFinish(reply_, grpc::WriteOptions(), grpc::Status::OK, tag());
    const auto code = static_cast<grpc::StatusCode>(result.code());
    stream_->Finish(grpc::Status(code, result.error().message()), tag());
  }

  Result<bool> read(google::protobuf::MessageLite& into) override {
    HOLON_TRY(from_bytes(request_, into));
    return true;
  }
  Result<void> write(const google::protobuf::MessageLite& message) override {
    reply_ = HOLON_TRY(to_bytes(message));
    return {};
  }

  GrpcDoor& door_;
  Step step_ = Step::arrive;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer reply_;
  std::unique_ptr<grpc::GenericServerContext> context_;
  std::unique_ptr<grpc::GenericServerAsyncReaderWriter> stream_;
};

GrpcDoor::GrpcDoor(grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue, holon::fiber::Loop& loop)
    : service_(service), queue_(queue), loop_(loop) {}

GrpcDoor::~GrpcDoor() = default;

void GrpcDoor::add(const holon::internal::ServiceInfo& contract, holon::Service& service) {
  for (const holon::internal::MethodInfo& method : contract.methods) {
    routes_["/" + std::string(method.name)] = {&method, &service};
  }
}

void GrpcDoor::open() {
  for (int i = 0; i < 256; ++i) {
    places_.push_back(std::make_unique<Place>(*this));
    places_.back()->wait();
  }
}

}  // namespace bench
