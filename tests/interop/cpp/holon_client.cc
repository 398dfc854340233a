// holon as a client of the interop service.
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "holon/client.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "interop.holon.h"
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

Metadata values_of(const holon::Metadata& metadata) { return {metadata.begin(), metadata.end()}; }

/// One call, with what goes and comes beside it.
class Outgoing {
 public:
  Outgoing(holon::Client& client, const Options& options) : root_(client.call(options.timeout)), call_(*root_) {
    for (const auto& [name, value] : options.metadata) call_.metadata().add(name, value);
    if (options.compress) call_.compress();
  }

  holon::OutgoingCall& call() { return call_; }
  template <class Request>
  void choose_compression(const Request& request) {
    if constexpr (requires { request.expect_compressed(); }) {
      if (request.has_expect_compressed()) call_.compress(request.expect_compressed().value());
    }
  }
  Ending ending(const holon::Error* error) const {
    Ending ending{0, "", values_of(call_.response_metadata()), values_of(call_.response_trailers()),
                  call_.response_compressed()};
    if (error != nullptr) {
      ending.code = static_cast<int>(error->code());
      ending.message = error->message();
    }
    return ending;
  }

 private:
  std::unique_ptr<holon::Call, void (*)(holon::Call*)> root_;
  holon::OutgoingCall call_;
};

/// A stream of one of holon's three kinds.
template <class Request, class Reply, class Stream>
class HolonExchange final : public Exchange {
 public:
  HolonExchange(holon::Client& client, const Options& options) : outgoing_(client, options), compress_(options.compress) {}

  holon::OutgoingCall& call() { return outgoing_.call(); }
  void begin(Stream stream) { stream_.emplace(std::move(stream)); }

  bool write(const Message& message) override {
    if constexpr (requires(const Request& request) { stream_->write(request); }) {
      const Request& request = static_cast<const Request&>(message);
      if (compress_) outgoing_.choose_compression(request);
      return stream_->write(request).ok();
    } else {
      return false;
    }
  }

  void end_writing() override {
    if constexpr (requires { stream_->end_writing(); }) static_cast<void>(stream_->end_writing());
  }

  bool read(Message& message) override {
    if (ended_) return false;
    holon::Result<std::optional<Reply>> reply = next();
    if (reply.ok() && reply->has_value()) {
      static_cast<Reply&>(message) = std::move(**reply);
      return true;
    }
    ended_ = true;
    if (!reply.ok()) error_ = reply.error();
    return false;
  }

  bool compressed() const override { return outgoing_.ending(nullptr).compressed; }

  // Who waits is cancelled; and then, with its stream, the call.
  void cancel() override {
    holon::TaskGroup group(outgoing_.call());
    auto waiting = group.spawn([this](holon::Call&) -> holon::Result<bool> {
      Reply reply;
      while (read(reply)) {
      }
      return true;
    });
    group.cancel();
    static_cast<void>(group.wait());
    stream_.reset();
  }

  Ending ending() override {
    Reply reply;
    while (read(reply)) {
    }
    return outgoing_.ending(error_ ? &*error_ : nullptr);
  }

 private:
  holon::Result<std::optional<Reply>> next() {
    if constexpr (requires { stream_->next(); }) {
      return stream_->next();
    } else {
      if (std::exchange(finished_, true)) return std::optional<Reply>();
      holon::Result<Reply> reply = stream_->finish();
      if (!reply.ok()) return reply.error();
      return std::optional<Reply>(std::move(*reply));
    }
  }

  Outgoing outgoing_;
  bool compress_;
  std::optional<Stream> stream_;
  bool finished_ = false;  ///< the one reply of a client stream was asked for
  bool ended_ = false;
  std::optional<holon::Error> error_;
};

class HolonChannel final : public Channel {
 public:
  HolonChannel(std::string address, std::string ca)
      : address_(std::move(address)),
        ca_(std::move(ca)),
        client_((ca_.empty() ? "" : "tls:") + address_, {.tls = {.roots = ca_}}) {}

  Ending call(Unary method, const Message& request, Message& reply, const Options& options) override {
    Outgoing outgoing(client_, options);
    auto end = [&](auto result) {
      if (!result.ok()) return outgoing.ending(&result.error());
      static_cast<std::remove_reference_t<decltype(*result)>&>(reply) = std::move(*result);
      return outgoing.ending(nullptr);
    };
    if (method == Unary::unary_call) {
      const SimpleRequest& simple = static_cast<const SimpleRequest&>(request);
      if (options.compress) outgoing.choose_compression(simple);
      return end(test_->UnaryCall(outgoing.call(), simple));
    }
    const Empty& empty = static_cast<const Empty&>(request);
    if (method == Unary::empty_call) return end(test_->EmptyCall(outgoing.call(), empty));
    if (method == Unary::unimplemented_call) return end(test_->UnimplementedCall(outgoing.call(), empty));
    return end(unimplemented_->UnimplementedCall(outgoing.call(), empty));
  }

  std::unique_ptr<Exchange> streaming_input(const Options& options) override {
    return begin<StreamingInputCallRequest, StreamingInputCallResponse>(
        options, [this](holon::Call& call) { return test_->StreamingInputCall(call); });
  }
  std::unique_ptr<Exchange> streaming_output(const StreamingOutputCallRequest& request) override {
    return begin<StreamingOutputCallRequest, StreamingOutputCallResponse>(
        {}, [&](holon::Call& call) { return test_->StreamingOutputCall(call, request); });
  }
  std::unique_ptr<Exchange> full_duplex(const Options& options) override {
    return begin<StreamingOutputCallRequest, StreamingOutputCallResponse>(
        options, [this](holon::Call& call) { return test_->FullDuplexCall(call); });
  }

  void side_by_side(int count, const std::function<void(int)>& body) override {
    std::exception_ptr first;
    auto call = client_.call(std::chrono::minutes(1));
    holon::TaskGroup group(*call);
    for (int i = 0; i < count; ++i) {
      group.spawn([&, i](holon::Call&) -> holon::Result<bool> {
        try {
          body(i);
        } catch (...) {
          if (!first) first = std::current_exception();
        }
        return true;
      });
    }
    static_cast<void>(group.wait());
    if (first) std::rethrow_exception(first);
  }

  void pause(std::chrono::milliseconds time) override {
    static_cast<void>(holon::sleep(*client_.call(std::chrono::minutes(1)), time));
  }
  std::unique_ptr<Channel> fresh() const override { return std::make_unique<HolonChannel>(address_, ca_); }

 private:
  template <class Request, class Reply, class Begin>
  std::unique_ptr<Exchange> begin(const Options& options, Begin begin) {
    using Stream = std::invoke_result_t<Begin&, holon::Call&>;
    auto exchange = std::make_unique<HolonExchange<Request, Reply, Stream>>(client_, options);
    exchange->begin(begin(exchange->call()));
    return exchange;
  }

  std::string address_;
  std::string ca_;
  holon::Client client_;
  holon::Ref<TestService> test_{client_};
  holon::Ref<UnimplementedService> unimplemented_{client_};
};

}  // namespace

std::unique_ptr<Channel> connect(const std::string& address, const std::string& ca) {
  return std::make_unique<HolonChannel>(address, ca);
}

}  // namespace interop
