// Reception: one stream of a connection as its call has it: what was received so far, what is queued for sending, and the
// fibers that wait for either to change.
#pragma once

#include <memory>
#include <optional>

#include "client/connection.h"
#include "fiber/waiter.h"
#include "holon/call.h"
#include "wire/credit.h"
#include "wire/grpc.h"

namespace holon::client {

class Reception final : public StreamEvents {
 public:
  /// @param message_bytes_max  of one reply
  /// @param progress  is woken instead of who waits here; outlives it
  explicit Reception(std::size_t message_bytes_max, fiber::Waiter* progress = nullptr)
      : reader_(message_bytes_max), progress_(progress != nullptr ? *progress : readable_) {}
  ~Reception() override { abandon(); }
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  /// Opens a stream on `connection`. False if it has none to spare: nothing was sent.
  bool open(std::shared_ptr<Connection> connection, const wire::OutgoingHeaders& headers);
  /// Queues a prefixed message; `end`: the request is complete.
  void send(std::string message, bool end);
  /// Whether so much is queued that a writer should wait.
  bool congested() const;
  /// Waits until something was received: a message, the end.
  fiber::Wake wait(Deadline deadline, internal::Scope& scope) { return readable_.wait(deadline, &scope); }
  /// Waits until it is less congested, or has ended.
  fiber::Wake wait_writable(Deadline deadline, internal::Scope& scope) { return writable_.wait(deadline, &scope); }
  /// Resets the stream if it still goes on.
  void abandon();

  /// The next message received and not taken; the view lives until the next call of anything.
  Result<std::optional<std::string_view>> next();
  /// Whether the message taken last came compressed.
  bool compressed() const { return reader_.compressed(); }
  /// How it ended, once it has.
  const std::optional<Result<void>>& status() const { return status_; }
  /// Whether it failed in a way that no handler can have seen the request.
  bool unseen() const { return unseen_; }
  /// Whether and when the server lets the call be made again, if it says so.
  std::optional<std::chrono::milliseconds> push_back() const { return push_back_; }
  /// Whether the server says that no handler has begun the call.
  bool unbegun() const { return unbegun_; }
  /// It is over for a reason on this side: whoever waits here looks again.
  void interrupt() {
    progress_.wake();
    writable_.wake();
  }
  /// Whether response headers were seen.
  bool answered() const { return answered_; }
  const Metadata& response_headers() const { return headers_; }
  const Metadata& response_trailers() const { return trailers_; }

 private:
  void headers(const wire::ResponseHead& head, bool end) override;
  void data(wire::Bytes bytes) override;
  void drained() override { writable_.wake(); }
  void gone(wire::Http2Code code, bool broken) override;
  void finish(Result<void> status);
  void give_credit();

  std::shared_ptr<Connection> connection_;
  wire::StreamId stream_ = 0;
  wire::MessageReader reader_;
  wire::Credit credit_;
  fiber::Waiter readable_;
  fiber::Waiter& progress_;
  fiber::Waiter writable_;
  Metadata headers_;
  Metadata trailers_;
  std::optional<Result<void>> status_;
  std::optional<std::chrono::milliseconds> push_back_;
  bool gone_ = true;
  bool unseen_ = false;
  bool unbegun_ = false;
  bool answered_ = false;
};

}  // namespace holon::client
