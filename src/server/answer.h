// Answer: one call's way back to its client. gRPC goes straight into the HTTP/2 session; gRPC-Web in its own form through a
// Transport of any HTTP.
#pragma once

#include <memory>
#include <string>

#include "server/guest.h"
#include "server/http_exchange.h"
#include "wire/grpc_web.h"

namespace holon::server {

class ServerConnection;

class Answer {
 public:
  /// Of a gRPC call.
  Answer(std::shared_ptr<ServerConnection> connection, wire::StreamId stream);
  /// Of a gRPC-Web call.
  /// @param writer  outlives the answer
  /// @param page    added to its head: for the page that calls, if it is one
  Answer(std::shared_ptr<Transport> transport, wire::StreamId stream, wire::Form form, wire::WebResponseWriter& writer,
         PageHeaders page);

  /// Whether anything can still be said.
  bool open() const;
  void begin(const Metadata& metadata, wire::Encoding encoding);
  /// A message with its prefix.
  void message(std::string framed);
  void end(const Result<void>& status, const Metadata& trailers);
  /// The whole answer, without a message.
  void only(const Result<void>& status, const Metadata& metadata, const Metadata& trailers);

  /// Bytes that the client has not taken.
  std::size_t unsent() const;
  /// What the connection's client has not taken, of this call and others.
  Unread& unread() { return transport_->unread(); }
  /// Bytes of the request that are used up.
  void consumed(std::size_t bytes);
  /// Ends the stream, whose client lets it wait too long.
  void cut_off(std::string_view rule) { transport_->cut_off(stream_, rule); }
  /// Lets the connection go.
  void release() { transport_.reset(); }

 private:
  bool web() const { return writer_ != nullptr; }
  ServerConnection& connection() const;
  void send(std::string bytes, bool end);

  std::shared_ptr<Transport> transport_;  ///< a ServerConnection if it is gRPC's
  wire::StreamId stream_;
  wire::Form form_ = wire::Form::grpc;
  wire::WebResponseWriter* writer_ = nullptr;
  PageHeaders page_;
};

}  // namespace holon::server
