// What a case needs of an implementation of gRPC that is tried as a client: a channel, and calls on it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "interop.pb.h"

namespace interop {

using Message = google::protobuf::Message;
using Metadata = std::multimap<std::string, std::string>;  // the values of names that end in -bin are raw bytes

struct Options {
  std::chrono::milliseconds timeout{20'000};
  Metadata metadata = {};
  bool compress = false;  ///< offer gzip; a message that says `expect_compressed {value: false}` goes as it is
};

/// How a call ended.
struct Ending {
  int code = 0;
  std::string message = {};
  Metadata headers = {};
  Metadata trailers = {};
  bool compressed = false;  ///< of a unary call: whether its reply came compressed
};

/// One call with a stream. Its end cancels it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  /// Waits until flow control takes the message; false if the call has ended.
  virtual bool write(const Message& message) = 0;
  virtual void end_writing() = 0;
  /// The next message; false at the end.
  virtual bool read(Message& message) = 0;
  /// Whether the last message that was read came compressed.
  virtual bool compressed() const = 0;
  virtual void cancel() = 0;
  virtual Ending ending() = 0;
};

enum class Unary { empty_call, unary_call, unimplemented_call, unimplemented_service };

class Channel {
 public:
  virtual ~Channel() = default;
  virtual Ending call(Unary method, const Message& request, Message& reply, const Options& options = {}) = 0;
  virtual std::unique_ptr<Exchange> streaming_input(const Options& options = {}) = 0;
  virtual std::unique_ptr<Exchange> streaming_output(const grpc::testing::StreamingOutputCallRequest& request) = 0;
  virtual std::unique_ptr<Exchange> full_duplex(const Options& options = {}) = 0;

  /// Runs body(0) … body(count - 1) side by side, and waits for all. What one of them throws passes through.
  virtual void side_by_side(int count, const std::function<void(int)>& body) = 0;
  virtual void pause(std::chrono::milliseconds time) = 0;
  /// A connection of its own to the same server.
  virtual std::unique_ptr<Channel> fresh() const = 0;
};

/// Connects to "HOST:PORT" or "unix:/path". @param ca  a file with the certificates to trust; empty: no TLS
std::unique_ptr<Channel> connect(const std::string& address, const std::string& ca);

}  // namespace interop
