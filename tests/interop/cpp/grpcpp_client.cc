// grpc++ as a client of the interop service: its synchronous API, with threads for what runs side by side.
#include <exception>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "grpcpp_flags.h"
#include "interop.grpc.pb.h"
#include "peer.h"

namespace interop {
namespace {

using grpc::testing::Empty;
using grpc::testing::SimpleRequest;
using grpc::testing::SimpleResponse;
using grpc::testing::StreamingInputCallRequest;
using grpc::testing::StreamingInputCallResponse;
using grpc::testing::StreamingOutputCallRequest;
using grpc::testing::StreamingOutputCallResponse;
using grpc::testing::TestService;
using grpc::testing::UnimplementedService;
using Inspector = grpc::testing::InteropClientContextInspector;

void prepare(grpc::ClientContext& context, const Options& options) {
  context.set_deadline(std::chrono::system_clock::now() + options.timeout);
  for (const auto& [name, value] : options.metadata) context.AddMetadata(name, value);
  if (options.compress) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
}

template <class Request>
bool must_stay_plain(const Request& request) {
  if constexpr (requires { request.expect_compressed(); }) {
    return request.has_expect_compressed() && !request.expect_compressed().value();
  } else {
    return false;
  }
}

Metadata values_of(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  Metadata values;
  for (const auto& [name, value] : metadata) {
    values.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  return values;
}

Ending ending_of(const grpc::ClientContext& context, const grpc::Status& status, bool compressed) {
  return {status.error_code(), status.error_message(), values_of(context.GetServerInitialMetadata()),
          values_of(context.GetServerTrailingMetadata()), compressed};
}

// A stream of one of grpc++'s three kinds. One thread may write while another reads.
template <class Request, class Reply, class Stream>
class GrpcExchange final : public Exchange {
 public:
  explicit GrpcExchange(const Options& options) { prepare(context_, options); }
  ~GrpcExchange() override {
    cancel();
    ending();
  }

  grpc::ClientContext& context() { return context_; }
  /// Where a client stream has its one reply.
  Reply& only_reply() { return only_reply_; }
  void begin(std::unique_ptr<Stream> stream) { stream_ = std::move(stream); }

  bool write(const Message& message) override {
    if constexpr (requires { stream_->WritesDone(); }) {
      const Request& request = static_cast<const Request&>(message);
      grpc::WriteOptions options;
      if (must_stay_plain(request)) options.set_no_compression();
      return stream_->Write(request, options);
    } else {
      return false;
    }
  }
  void end_writing() override {
    if constexpr (requires { stream_->WritesDone(); }) stream_->WritesDone();
  }
  bool read(Message& message) override {
    Reply& reply = static_cast<Reply&>(message);
    if constexpr (requires { stream_->Read(&reply); }) {
      return stream_->Read(&reply);
    } else {
      if (std::exchange(only_reply_read_, true) || ending().code != 0) return false;
      reply = only_reply_;
      return true;
    }
  }
  bool compressed() const override { return Inspector::compressed(context_); }
  void cancel() override { context_.TryCancel(); }
  Ending ending() override {
    if (!status_) status_ = stream_->Finish();
    return ending_of(context_, *status_, false);
  }

 private:
  grpc::ClientContext context_;
  Reply only_reply_;
  bool only_reply_read_ = false;
  std::unique_ptr<Stream> stream_;
  std::optional<grpc::Status> status_;
};

std::shared_ptr<grpc::Channel> channel_to(const std::string& address, const std::string& ca) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a fresh channel is a connection of its own
  if (ca.empty()) return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  std::ostringstream roots;
  roots << std::ifstream(ca).rdbuf();
  return grpc::CreateCustomChannel(address, grpc::SslCredentials({roots.str(), "", ""}), arguments);
}

class GrpcChannel final : public Channel {
 public:
  GrpcChannel(std::string address, std::string ca) : address_(std::move(address)), ca_(std::move(ca)) {}

  Ending call(Unary method, const Message& request, Message& reply, const Options& options) override {
    grpc::ClientContext context;
    prepare(context, options);
    grpc::Status status;
    switch (method) {
      case Unary::empty_call:
        status = stub_->EmptyCall(&context, static_cast<const Empty&>(request), static_cast<Empty*>(&reply));
        break;
      case Unary::unary_call:
        if (must_stay_plain(static_cast<const SimpleRequest&>(request))) context.set_compression_algorithm(GRPC_COMPRESS_NONE);
        status = stub_->UnaryCall(&context, static_cast<const SimpleRequest&>(request), static_cast<SimpleResponse*>(&reply));
        break;
      case Unary::unimplemented_call:
        status = stub_->UnimplementedCall(&context, static_cast<const Empty&>(request), static_cast<Empty*>(&reply));
        break;
      case Unary::unimplemented_service:
        status = UnimplementedService::NewStub(channel_)->UnimplementedCall(
            &context, static_cast<const Empty&>(request), static_cast<Empty*>(&reply));
        break;
    }
    return ending_of(context, status, Inspector::compressed(context));
  }

  std::unique_ptr<Exchange> streaming_input(const Options& options) override {
    using Writer = grpc::ClientWriter<StreamingInputCallRequest>;
    auto exchange =
        std::make_unique<GrpcExchange<StreamingInputCallRequest, StreamingInputCallResponse, Writer>>(options);
    exchange->begin(stub_->StreamingInputCall(&exchange->context(), &exchange->only_reply()));
    return exchange;
  }
  std::unique_ptr<Exchange> streaming_output(const StreamingOutputCallRequest& request) override {
    using Reader = grpc::ClientReader<StreamingOutputCallResponse>;
    auto exchange =
        std::make_unique<GrpcExchange<StreamingOutputCallRequest, StreamingOutputCallResponse, Reader>>(Options());
    exchange->begin(stub_->StreamingOutputCall(&exchange->context(), request));
    return exchange;
  }
  std::unique_ptr<Exchange> full_duplex(const Options& options) override {
    using Both = grpc::ClientReaderWriter<StreamingOutputCallRequest, StreamingOutputCallResponse>;
    auto exchange = std::make_unique<GrpcExchange<StreamingOutputCallRequest, StreamingOutputCallResponse, Both>>(options);
    exchange->begin(stub_->FullDuplexCall(&exchange->context()));
    return exchange;
  }

  void side_by_side(int count, const std::function<void(int)>& body) override {
    std::mutex mutex;
    std::exception_ptr first;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        try {
          body(i);
        } catch (...) {
          std::lock_guard lock(mutex);
          if (!first) first = std::current_exception();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    if (first) std::rethrow_exception(first);
  }

  void pause(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }
  std::unique_ptr<Channel> fresh() const override { return std::make_unique<GrpcChannel>(address_, ca_); }

 private:
  std::string address_;
  std::string ca_;
  std::shared_ptr<grpc::Channel> channel_ = channel_to(address_, ca_);
  std::unique_ptr<TestService::Stub> stub_ = TestService::NewStub(channel_);
};

}  // namespace

std::unique_ptr<Channel> connect(const std::string& address, const std::string& ca) {
  return std::make_unique<GrpcChannel>(address, ca);
}

}  // namespace interop
