#include "server/web_connection.h"

#include <charconv>

#include "server/call.h"
#include "server/shard.h"
#include "telemetry/refusals.h"

namespace holon::server {
namespace {

/// A body has no bound of its own: the call bounds its messages, and what of them it keeps.
wire::Http1Limits http1_limits() {
  wire::Http1Limits limits;
  limits.body_bytes_max = std::size_t{1} << 50;
  return limits;
}

/// The call bounds its own time, and that of its body: see Limits::request_time.
wire::Http1Times http1_times(const Limits& limits) {
  wire::Http1Times times;
  times.head_time = limits.link.preface_time;
  times.body_time = wire::never;
  times.write_time = limits.link.write_time;
  if (limits.idle_time != wire::never) times.idle_time = limits.idle_time;
  return times;
}

}  // namespace

WebConnection::WebConnection(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat, std::string first)
    : Transport(shard.limits().unread_bytes_max),
      shard_(shard),
      seat_(std::move(seat)),
      link_(shard.loop(), std::move(stream), http1_limits(), http1_times(shard.limits()), *this, std::move(first)) {}

WebConnection::~WebConnection() = default;

// ---- the request ------------------------------------------------------------------------------------------------------

wire::Headers WebConnection::block_of(const wire::Http1Request& request) {
  block_.assign({{":method", request.method}, {":path", request.target}, {":authority", request.authority}});
  block_.insert(block_.end(), request.headers.begin(), request.headers.end());
  return block_;
}

void WebConnection::request_head(const wire::Http1Request& request) {
  ++request_;
  unused_ = 0;
  answered_ = false;
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  const wire::Headers block = block_of(request);
  wire::RequestHead head;
  const std::optional<wire::BadRequest> bad = wire::read_request(block, head);
  std::optional<Answer> answer = shard_.web().admit(std::move(self), request_, block, head, bad);
  if (!answer) return;
  if (bad) return answer->only(bad->error, {}, {});
  std::shared_ptr<ServerCall> call = shard_.open(*std::move(answer), std::move(head));
  if (call == nullptr) return;
  call_ = call;
  link_.busy(call->begin());
}

void WebConnection::request_body(wire::Bytes bytes) {
  if (call_ == nullptr) return;
  unused_ += bytes.size();
  consumed(request_, call_->data(bytes));
}

void WebConnection::request_end() {
  if (call_ == nullptr) return;
  link_.busy(true);
  call_->end_of_request();
}

// The connection says why, in a line of text, and ends.
void WebConnection::refused(int, std::string_view) {
  answered_ = true;
  if (auto call = std::exchange(call_, nullptr)) call->cancel();
  link_.busy(false);
}

void WebConnection::consumed(wire::StreamId request, std::size_t bytes) {
  if (request != request_ || bytes == 0) return;
  unused_ -= std::min(unused_, bytes);
  link_.pause(unused_ > wire::stream_window_bytes);
}

// ---- the answer -------------------------------------------------------------------------------------------------------

void WebConnection::respond(wire::StreamId request, wire::Headers head) {
  if (!open(request)) return;
  int status = 500;
  const std::string_view digits = head.front().value;  // ":status"
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (!link_.http().respond_head(status, head.subspan(1), {}).ok()) link_.http().abort();
  link_.touch();
}

void WebConnection::send(wire::StreamId request, std::string bytes, bool end) {
  if (!open(request)) return;
  link_.http().write(bytes);
  if (end) {
    answered_ = true;
    link_.http().end();
    link_.busy(false);
    let_go_of_call();
  }
  link_.touch();
}

// The call says its last word from within itself: it goes in the next turn.
void WebConnection::let_go_of_call() {
  link_.pause(false);
  if (call_ != nullptr) shard_.loop().post([call = std::move(call_)] { call->gone(); });
  call_ = nullptr;
}

void WebConnection::cut_off(wire::StreamId request, std::string_view rule) {
  telemetry::refused(rule, link_.peer(), shard_.loop().now());
  if (request == request_) link_.close();
}

void WebConnection::wrote() {
  if (call_ != nullptr && link_.unsent() <= wire::Http2Session::low_mark) call_->drained();
}

void WebConnection::ended() {
  if (auto call = std::exchange(call_, nullptr)) call->cancel();
  shard_.closed(*this);
}

}  // namespace holon::server
