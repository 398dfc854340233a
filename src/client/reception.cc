#include "client/reception.h"

namespace holon::client {
namespace {

// doc/PROTOCOL-HTTP2.md, "Errors": what an HTTP/2 error code means to a gRPC caller.
Error error_of(wire::Http2Code code, bool broken, const Error& why) {
  if (broken) return unavailable("the connection broke before the answer: " + why.message());
  switch (code) {
    case wire::Http2Code::refused_stream:
      return unavailable("the server refused the call before it began");
    case wire::Http2Code::cancel:
      return cancelled("the server cancelled the call");
    case wire::Http2Code::enhance_your_calm:
      return resource_exhausted("the server says that it gets too much from here");
    case wire::Http2Code::inadequate_security:
      return permission_denied("the server finds the connection's security inadequate");
    case wire::Http2Code::no_error:
      return internal_error("the server ended the call without a status");
    default:
      return internal_error("the server reset the call (HTTP/2 code " + std::to_string(static_cast<unsigned>(code)) + ")");
  }
}

}  // namespace

bool Reception::open(std::shared_ptr<Connection> connection, wire::Headers headers, std::string message) {
  stream_ = connection->open(headers, std::move(message), *this);
  if (stream_ == 0) return false;
  connection_ = std::move(connection);
  gone_ = false;
  return true;
}

void Reception::abandon() {
  if (gone_) return;
  gone_ = true;
  connection_->abandon(stream_);
}

std::optional<std::string_view> Reception::next() {
  std::optional<std::string_view> message = reader_.next();
  if (message) credit();
  return message;
}

// Opens the window by what was taken. While no whole message is there, by all that came: a message larger than the window
// could never be complete otherwise.
void Reception::credit() {
  std::size_t unread = reader_.ready() ? reader_.buffered() : 0;
  if (gone_ || uncredited_ <= unread) return;
  connection_->consumed(stream_, uncredited_ - unread);
  uncredited_ = unread;
}

void Reception::headers(wire::Headers block, bool end) {
  wire::ResponseHead head = wire::read_response(block, end);
  (answered_ || end ? trailers_ : headers_) = std::move(head.metadata);
  answered_ = true;
  if (head.status) finish(std::move(*head.status));
}

void Reception::data(wire::Bytes bytes) {
  if (Result<void> fed = reader_.feed(bytes); !fed.ok()) {
    finish(fed.error());
    return abandon();
  }
  uncredited_ += bytes.size();
  if (!reader_.ready()) return credit();
  waiter_.wake();
}

void Reception::gone(wire::Http2Code code, bool broken) {
  gone_ = true;
  unseen_ = code == wire::Http2Code::refused_stream && !broken;
  if (!status_) finish(error_of(code, broken, connection_->why()));
}

void Reception::finish(Result<void> status) {
  if (!status_) status_ = std::move(status);
  waiter_.wake();
}

}  // namespace holon::client
