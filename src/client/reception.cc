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

bool Reception::open(std::shared_ptr<Connection> connection, const wire::OutgoingHeaders& headers) {
  stream_ = connection->open(headers, *this);
  if (stream_ == 0) return false;
  connection_ = std::move(connection);
  gone_ = false;
  return true;
}

void Reception::send(std::string message, bool end) {
  if (!gone_) connection_->send(stream_, std::move(message), end);
}

bool Reception::congested() const {
  return !gone_ && !status_ && connection_->unsent(stream_) > wire::Http2Session::low_mark;
}

void Reception::abandon() {
  if (gone_) return;
  gone_ = true;
  connection_->abandon(stream_);
}

Result<std::optional<std::string_view>> Reception::next() {
  Result<std::optional<std::string_view>> message = reader_.next();
  if (message.ok() && *message) give_credit();
  return message;
}

void Reception::give_credit() {
  std::size_t bytes = credit_.due(reader_);
  if (bytes > 0 && !gone_) connection_->consumed(stream_, bytes);
}

void Reception::headers(const wire::ResponseHead& head, bool end) {
  (answered_ || end ? trailers_ : headers_) = head.metadata;
  answered_ = true;
  if (head.push_back) push_back_ = head.push_back;
  unbegun_ = head.unbegun;
  if (!end) reader_.accept(head.encoding);
  if (head.status) finish(*head.status);
}

void Reception::data(wire::Bytes bytes) {
  if (Result<void> fed = reader_.feed(bytes); !fed.ok()) {
    finish(fed.error());
    return abandon();
  }
  credit_.received(bytes.size());
  if (reader_.missing() > 0) connection_->expect(stream_, reader_.missing());
  if (!reader_.ready()) return give_credit();
  progress_.wake();
}

void Reception::gone(wire::Http2Code code, bool broken) {
  gone_ = true;
  unseen_ = code == wire::Http2Code::refused_stream && !broken;
  if (!status_) finish(error_of(code, broken, connection_->why()));
}

void Reception::finish(Result<void> status) {
  if (!status_) status_ = std::move(status);
  progress_.wake();
  writable_.wake();
}

}  // namespace holon::client
