// Reader and Writer: the two ends of a streaming method.
//
//   holon::Result<void> ListProducts(holon::Call&, const ListRequest&, holon::Writer<Product>& out) override {
//     for (const Product& product : products_) TRY(out.write(product));   // suspends while the reader is behind
//     return {};
//   }
//
//   holon::Reader<Product> products = catalog_->ListProducts(call, request);
//   while (std::optional<Product> product = TRY(products.next())) show(*product);
//
// At most 64 KiB or 16 messages are unread, local or remote; then `write` suspends. Both ends belong to the Call they were
// made from and may suspend on its fiber only.
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

}  // namespace internal

/// Receives the messages of a stream. Destroying it before the end cancels the stream.
template <class T>
class Reader {
 public:
  explicit Reader(std::unique_ptr<internal::Source> source) : owned_(std::move(source)), source_(owned_.get()) {}
  explicit Reader(internal::Source& source) : source_(&source) {}

  /// The next message; nothing at the end of the stream; the sender's error if it ended with one.
  Result<std::optional<T>> next() {
    T message;
    bool more = HOLON_TRY(source_->read(message));
    if (!more) return std::optional<T>();
    return std::optional<T>(std::move(message));
  }

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

}  // namespace holon
