#include "server/answer.h"

#include "server/connection.h"

namespace holon::server {

Answer::Answer(std::shared_ptr<ServerConnection> connection, wire::StreamId stream)
    : transport_(std::move(connection)), stream_(stream) {}

Answer::Answer(std::shared_ptr<Transport> transport, wire::StreamId stream, wire::Form form,
               wire::WebResponseWriter& writer, PageHeaders page)
    : transport_(std::move(transport)), stream_(stream), form_(form), writer_(&writer), page_(std::move(page)) {}

ServerConnection& Answer::connection() const { return static_cast<ServerConnection&>(*transport_); }

bool Answer::open() const { return web() ? transport_->open(stream_) : connection().session() != nullptr; }

void Answer::begin(const Metadata& metadata, wire::Encoding encoding) {
  if (!web()) return connection().session()->respond(stream_, connection().writer().headers(metadata, encoding));
  wire::Headers head = writer_->head(form_, metadata, encoding);
  for (const auto& [name, value] : page_) head = writer_->with(name, value);
  transport_->respond(stream_, head);
}

void Answer::message(std::string framed) {
  if (!web()) return connection().session()->send(stream_, std::move(framed), false);
  send(std::move(framed), false);
}

void Answer::end(const Result<void>& status, const Metadata& trailers) {
  if (!web()) return connection().session()->trailers(stream_, connection().writer().trailers(status, trailers));
  std::string bytes;
  writer_->append_end(bytes, status, trailers);
  send(std::move(bytes), true);
}

void Answer::only(const Result<void>& status, const Metadata& metadata, const Metadata& trailers) {
  if (!web()) {
    return connection().session()->respond_and_end(stream_, connection().writer().trailers_only(status, metadata, trailers));
  }
  begin(metadata, wire::Encoding::identity);
  end(status, trailers);
}

void Answer::send(std::string bytes, bool end) {
  if (form_ == wire::Form::web_text) {
    std::string text;
    wire::append_base64(text, bytes);
    bytes = std::move(text);
  }
  transport_->send(stream_, std::move(bytes), end);
}

std::size_t Answer::unsent() const {
  if (web()) return transport_->unsent(stream_);
  wire::Http2Session* session = connection().session();
  return session == nullptr ? 0 : session->unsent(stream_);
}

void Answer::consumed(std::size_t bytes) {
  if (web()) return transport_->consumed(stream_, bytes);
  if (wire::Http2Session* session = connection().session()) session->consumed(stream_, bytes);
}

}  // namespace holon::server
