#include "server/web_connection.h"

#include <charconv>

#include "server/call.h"
#include "server/shard.h"
#include "telemetry/refusals.h"

namespace holon::server {
namespace {

/// A body has no bound here: a call bounds its messages, an exchange says what it takes.
wire::Http1Limits http1_limits(const Limits& limits) {
  wire::Http1Limits http1 = limits.http1;
  http1.body_bytes_max = std::size_t{1} << 50;
  return http1;
}

wire::Http1Times http1_times(const Limits& limits) {
  wire::Http1Times times;
  times.head_time = limits.head_time;
  times.write_time = limits.link.write_time;
  times.linger_time = limits.linger_time;
  if (limits.idle_time != wire::never) times.idle_time = limits.idle_time;
  return times;
}

}  // namespace

WebConnection::WebConnection(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat, std::string first)
    : Transport(shard.limits().unread_bytes_max),
      shard_(shard),
      client_(client_of(*stream, shard.router().guard())),
      seat_(std::move(seat)),
      link_(shard.loop(), std::move(stream), http1_limits(shard.limits()), http1_times(shard.limits()), *this,
            std::move(first)) {}

WebConnection::~WebConnection() = default;

// ---- the request ------------------------------------------------------------------------------------------------------

wire::Headers WebConnection::block_of(const wire::Http1Request& request) {
  block_.assign({{":method", request.method}, {":path", request.target}, {":authority", request.authority}});
  block_.insert(block_.end(), request.headers.begin(), request.headers.end());
  return block_;
}

void WebConnection::request_head(const wire::Http1Request& request) {
  unlink();
  ++request_;
  unused_ = 0;
  answered_ = false;
  const wire::Headers block = block_of(request);
  if (shard_.handler() == nullptr || is_call(block)) return begin_call(request, block);
  begin_exchange(request);
}

void WebConnection::begin_exchange(const wire::Http1Request& request) {
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  inbound_ = shard_.open(std::move(self), request_, read_http1(request, client_), request.expects_continue);
  link_.busy(inbound_ != nullptr);
}

void WebConnection::begin_call(const wire::Http1Request& request, wire::Headers block) {
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  wire::RequestHead head;
  const std::optional<wire::BadRequest> bad = wire::read_request(block, head);
  std::optional<Answer> answer = shard_.web().admit(std::move(self), request_, block, client_, head, bad);
  if (!answer) return;
  if (bad) return answer->only(bad->error, {}, {});
  std::shared_ptr<ServerCall> call = shard_.open(*std::move(answer), std::move(head), block, client_);
  if (call == nullptr) return;
  inbound_ = call;
  if (request.expects_continue) link_.http().inform(100);
  link_.busy(call->begin());
}

void WebConnection::request_body(wire::Bytes bytes) {
  if (inbound_ == nullptr) return;
  unused_ += bytes.size();
  consumed(request_, inbound_->data(bytes));
}

void WebConnection::request_end() {
  if (inbound_ == nullptr) return;
  link_.busy(true);
  inbound_->end_of_request();
}

void WebConnection::peer_ended() {
  if (inbound_ != nullptr) inbound_->end_of_request();
}

// A call ends, and the connection says why in a line of text. An exchange may still have something to say.
bool WebConnection::refused(const wire::HttpRule& rule) {
  if (inbound_ == nullptr && shard_.handler() != nullptr) {
    ++request_;
    answered_ = false;
    HttpRequest unknown;
    unknown.peer = client_.peer;
    shard_.refuse(*this, request_, rule, unknown);
    return true;
  }
  telemetry::refused(rule.name, client_.peer, shard_.loop().now());
  if (inbound_ != nullptr && inbound_->broken(rule)) return true;
  answered_ = true;
  if (auto call = std::exchange(inbound_, nullptr)) call->cancel();
  link_.busy(false);
  return false;
}

void WebConnection::consumed(wire::StreamId request, std::size_t bytes) {
  if (request != request_) return;
  unused_ -= std::min(unused_, bytes);
  link_.pause(unused_ > shard_.limits().http2.stream_window_bytes);
}

// ---- the answer -------------------------------------------------------------------------------------------------------

void WebConnection::respond(wire::StreamId request, wire::Headers head) {
  int status = 500;
  const std::string_view digits = head.front().value;  // ":status"
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (!begin(request, status, head.subspan(1), {}, false).ok()) link_.http().abort();
}

Result<void> WebConnection::begin(wire::StreamId request, int status, wire::Headers headers,
                                  std::optional<std::uint64_t> length, bool) {
  if (!open(request)) return {};
  link_.touch();
  return link_.http().respond_head(status, headers, length);
}

void WebConnection::inform(wire::StreamId request, int status, wire::Headers headers) {
  if (!open(request)) return;
  link_.http().inform(status, headers);
  link_.touch();
}

Result<void> WebConnection::switch_protocols(wire::StreamId request, wire::Headers headers) {
  if (!open(request)) return {};
  link_.touch();
  return link_.http().switch_protocols(headers);
}

void WebConnection::send(wire::StreamId request, std::string bytes, bool end) {
  if (!open(request)) return;
  link_.http().write(bytes);
  link_.touch();
  if (end) finish(request, {});
}

void WebConnection::finish(wire::StreamId request, wire::Headers trailers) {
  if (!open(request)) return;
  link_.http().end(trailers);
  answered();
}

void WebConnection::break_off(wire::StreamId request) {
  if (!open(request)) return;
  link_.http().abort();
  answered();
}

void WebConnection::answered() {
  answered_ = true;
  link_.busy(false);
  if (link_.http().switched()) return;
  let_go();
  shard_.idle(*this);
}

// It says its last word from within itself: it goes in the next turn.
void WebConnection::let_go() {
  link_.pause(false);
  if (inbound_ != nullptr) shard_.loop().post([inbound = std::move(inbound_)] { inbound->gone(); });
  inbound_ = nullptr;
}

void WebConnection::cut_off(wire::StreamId request, std::string_view rule) {
  telemetry::refused(rule, client_.peer, shard_.loop().now());
  if (request == request_) link_.close();
}

void WebConnection::wrote() {
  if (inbound_ != nullptr && link_.unsent() <= wire::Http2Session::low_mark) inbound_->drained();
}

void WebConnection::stalled() { telemetry::refused("slow_reader", client_.peer, shard_.loop().now()); }

void WebConnection::ended() {
  unlink();
  if (auto inbound = std::exchange(inbound_, nullptr)) inbound->cancel();
  shard_.closed(*this);
}

}  // namespace holon::server
