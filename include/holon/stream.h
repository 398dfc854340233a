// Reader and Writer, ClientStream and BidiStream: the ends of a streaming method.
//
//   holon::Result<void> ListProducts(holon::Call&, const ListRequest&, holon::Writer<Product>& out) override {
//     for (const Product& product : products_) TRY(out.write(product));   // suspends while the reader is behind
//     return {};
//   }
//
//   holon::Reader<Product> products = catalog_->ListProducts(call, request);
//   while (std::optional<Product> product = TRY(products.next())) show(*product);
//
// |               | what one implements                              | what a Ref gives                |
// |---------------|--------------------------------------------------|---------------------------------|
// | server stream | Result<void> M(Call&, const Q&, Writer<R>& out)  | Reader<R>                       |
// | client stream | Result<R> M(Call&, Reader<Q>& in)                | ClientStream<Q, R>              |
// | bidi stream   | Result<void> M(Call&, Reader<Q>& in, Writer<R>&) | BidiStream<Q, R>                |
//
// In each direction at most 64 KiB or 16 messages are unread, local or remote; then `write` suspends. Both ends belong to the
// Call they were made from, which outlives them, and are used on its loop: one fiber may read while another writes. A wait in
// one ends with the Call, and with the TaskGroup's branch that waits.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "holon/result.h"

namespace google::protobuf {
class MessageLite;
}

namespace holon {

namespace internal {

/// Where messages come from. `read` gives false at the end of a stream that ended well.
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<bool> read(google::protobuf::MessageLite& into) = 0;
};

/// Where messages go.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<void> write(const google::protobuf::MessageLite& message) = 0;
};

/// A call of any kind as its caller has it: requests are written, replies are read. Its end before the call's cancels it.
class Duplex : public Source, public Sink {
 public:
  /// Tells the handler that no more requests come. Again is the same as once.
  virtual Result<void> end_writing() = 0;
};

/// Ends our direction, and waits for the one reply and the status after it.
Result<void> finish(Duplex& stream, google::protobuf::MessageLite& reply);

/// The next message of a source.
template <class T>
Result<std::optional<T>> next_of(Source& source) {
  T message;
  bool more = HOLON_TRY(source.read(message));
  if (!more) return std::optional<T>();
  return std::optional<T>(std::move(message));
}

}  // namespace internal

/// Receives the messages of a stream. Destroying one that a Ref gave, before the end, cancels the call.
template <class T>
class Reader {
 public:
  explicit Reader(std::unique_ptr<internal::Source> source) : owned_(std::move(source)), source_(owned_.get()) {}
  explicit Reader(internal::Source& source) : source_(&source) {}

  /// The next message; nothing at the end of the stream; the sender's error if it ended with one.
  Result<std::optional<T>> next() { return internal::next_of<T>(*source_); }

 private:
  std::unique_ptr<internal::Source> owned_;
  internal::Source* source_;
};

/// Sends the messages of a stream; the handler's return ends it.
template <class T>
class Writer {
 public:
  explicit Writer(internal::Sink& sink) : sink_(sink) {}

  /// Hands one message on. Suspends while 64 KiB or 16 messages are unread; fails when nobody reads any more.
  Result<void> write(const T& message) { return sink_.write(message); }

 private:
  internal::Sink& sink_;
};

/// Many requests, one reply. Destroying it before `finish` cancels the call.
template <class Request, class Reply>
class ClientStream {
 public:
  explicit ClientStream(std::unique_ptr<internal::Duplex> stream) : stream_(std::move(stream)) {}

  /// Hands one request on. Suspends while 64 KiB or 16 messages are unread. Fails once the handler has ended, with its error,
  /// or with CANCELLED if it answered without reading on: `finish` gives the answer then.
  Result<void> write(const Request& request) { return stream_->write(request); }

  /// Ends the requests and waits for the reply. Once.
  Result<Reply> finish() {
    Reply reply;
    HOLON_TRY(internal::finish(*stream_, reply));
    return reply;
  }

 private:
  std::unique_ptr<internal::Duplex> stream_;
};

/// Requests and replies in any order. Destroying it before `next` told the end cancels the call.
template <class Request, class Reply>
class BidiStream {
 public:
  explicit BidiStream(std::unique_ptr<internal::Duplex> stream) : stream_(std::move(stream)) {}

  /// Hands one request on. Suspends while 64 KiB or 16 messages are unread. Fails once the handler has ended, with its error,
  /// or with CANCELLED if it ended well: `next` gives what it sent, and its status, still.
  Result<void> write(const Request& request) { return stream_->write(request); }

  /// Tells the handler that no more requests come; its Reader ends. Replies go on coming.
  Result<void> end_writing() { return stream_->end_writing(); }

  /// The next reply; nothing at the end; the handler's error if it ended with one.
  Result<std::optional<Reply>> next() { return internal::next_of<Reply>(*stream_); }

 private:
  std::unique_ptr<internal::Duplex> stream_;
};

}  // namespace holon
