// Reception: what one stream has received so far, and the fiber that waits for more.
#pragma once

#include <memory>
#include <optional>

#include "client/connection.h"
#include "fiber/waiter.h"
#include "holon/call.h"
#include "wire/grpc.h"

namespace holon::client {

class Reception final : public StreamEvents {
 public:
  Reception() = default;
  ~Reception() override { abandon(); }
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  /// Sends a request on `connection`. False if it has no stream to spare: nothing was sent.
  bool open(std::shared_ptr<Connection> connection, wire::Headers headers, std::string message);
  /// Waits until something changed: a message, the end.
  fiber::Wake wait(Deadline deadline, internal::Scope& scope) { return waiter_.wait(deadline, &scope); }
  /// Resets the stream if it still goes on.
  void abandon();

  /// The next message received and not taken; the view lives until the next call of anything.
  std::optional<std::string_view> next();
  /// How it ended, once it has.
  const std::optional<Result<void>>& status() const { return status_; }
  /// Whether it failed in a way that no handler can have seen the request.
  bool unseen() const { return unseen_; }
  const Metadata& response_headers() const { return headers_; }
  const Metadata& response_trailers() const { return trailers_; }

 private:
  void headers(wire::Headers block, bool end) override;
  void data(wire::Bytes bytes) override;
  void gone(wire::Http2Code code, bool broken) override;
  void finish(Result<void> status);
  void credit();

  std::shared_ptr<Connection> connection_;
  wire::StreamId stream_ = 0;
  wire::MessageReader reader_;
  fiber::Waiter waiter_;
  Metadata headers_;
  Metadata trailers_;
  std::optional<Result<void>> status_;
  std::size_t uncredited_ = 0;  ///< bytes that count against the window still
  bool gone_ = true;
  bool unseen_ = false;
  bool answered_ = false;  ///< response headers were seen
};

}  // namespace holon::client
