#include "gateway/transcode/requests.h"

#include <google/protobuf/descriptor.h>

#include <limits>
#include <utility>

namespace holon::gateway {

using google::protobuf::Message;

Requests::Requests(Visit& visit, const Router::Match& match, const Contracts& contracts)
    : visit_(visit),
      match_(match),
      contracts_(contracts),
      content_type_(visit.request().header("content-type")),
      url_(contracts.make(*match.entry->method->input_type())) {
  const bool endless = match.entry->method->client_streaming() && !visit.route().body_bytes_max;
  if (endless) visit.limit_body(std::numeric_limits<std::uint64_t>::max());
}

Result<void> Requests::begin() { return read_url(match_, visit_.request().query(), contracts_.json(), *url_); }

Result<std::unique_ptr<Message>> Requests::next() {
  if (!match_.entry->method->client_streaming()) return std::exchange(ended_, true) ? Made() : whole();
  return takes_raw_body(*match_.entry) ? next_piece() : next_value();
}

Result<std::unique_ptr<Message>> Requests::whole() {
  const std::string body = HOLON_TRY(visit_.read_all());
  return made(body);
}

/// An upload that is empty has one message, so that the service learns what path and query say.
Result<std::unique_ptr<Message>> Requests::next_piece() {
  if (ended_) return Made();
  const std::optional<std::string> piece = HOLON_TRY(visit_.read());
  ended_ = !piece;
  if (ended_ && any_) return Made();
  any_ = true;
  return made(piece ? std::string_view(*piece) : std::string_view());
}

Result<std::unique_ptr<Message>> Requests::next_value() {
  for (;;) {
    const std::optional<contract::JsonSequence::Value> value = HOLON_TRY(values_.next());
    if (value) return parse(*value);
    if (ended_) return Made();
    const std::optional<std::string> piece = HOLON_TRY(visit_.read());
    if (piece && match_.entry->route.body.empty()) {
      return invalid_argument("this route takes no body; leave it out");
    }
    piece ? values_.feed(*piece) : values_.end();
    ended_ = !piece;
  }
}

/// An error tells the place in the whole body: space before a value means nothing to JSON, and moves it there.
Result<std::unique_ptr<Message>> Requests::parse(const contract::JsonSequence::Value& value) {
  Result<Made> message = made(value.text);
  if (message.ok()) return message;
  return made(std::string(value.line - 1, '\n') + std::string(value.column - 1, ' ') + value.text);
}

Result<std::unique_ptr<Message>> Requests::made(std::string_view bytes) const {
  Made message(url_->New());
  message->CopyFrom(*url_);
  HOLON_TRY(read_body(match_, {content_type_, bytes}, contracts_.json(), *message));
  return message;
}

}  // namespace holon::gateway
