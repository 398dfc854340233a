#include "server/connection.h"

#include <algorithm>

#include "server/call.h"
#include "server/shard.h"
#include "telemetry/refusals.h"

namespace holon::server {
namespace {

/// For a client to see that it is told to go, and to answer that.
constexpr auto last_word_time = std::chrono::seconds(2);

Inbound* inbound_of(void* user) { return static_cast<Inbound*>(user); }

}  // namespace

ServerConnection::ServerConnection(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat)
    : Transport(shard.limits().unread_bytes_max),
      shard_(shard),
      client_(client_of(*stream, shard.router().guard())),
      seat_(std::move(seat)),
      timer_([this] { time_is_up(); }),
      link_(shard.loop(), std::move(stream), wire::Role::server, shard.limits().http2, *this, [this](const Error&) { ended(); },
            shard.limits().link) {
  if (shard.limits().age_max == wire::never) return;
  std::int64_t jitter = static_cast<std::int64_t>(shard.loop().environment().random() % 2000) - 1000;  // 10 %
  timer_.start(shard.loop().now() + shard.limits().age_max + shard.limits().age_max / 10'000 * jitter);
}

ServerConnection::~ServerConnection() = default;

wire::Http2Session* ServerConnection::session() {
  if (link_.ended()) return nullptr;
  link_.touch();
  return &link_.session();
}

void ServerConnection::headers(wire::StreamId stream, void* user, wire::Headers block, bool end) {
  if (user == nullptr) return began(stream, block, end);
  if (end) inbound_of(user)->end_of_request();  // trailers of a request say nothing in gRPC
}

void ServerConnection::began(wire::StreamId stream, wire::Headers block, bool end) {
  if (shard_.handler() == nullptr || is_call(block)) return began_call(stream, block, end);
  began_exchange(stream, block, end);
}

void ServerConnection::began_exchange(wire::StreamId stream, wire::Headers block, bool end) {
  HttpRequest request = request_of(block, client_);
  request.has_body = !end;
  bool expects_continue = false;
  const wire::HttpVerdict wrong = read_http2(block, shard_.limits().http1, request, expects_continue);
  if (wrong != nullptr) return shard_.refuse(*this, stream, *wrong, request);
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  if (auto exchange = shard_.open(std::move(self), stream, std::move(request), expects_continue)) belongs_to(stream, *exchange);
}

void ServerConnection::belongs_to(wire::StreamId stream, Inbound& inbound) {
  link_.session().set_user(stream, &inbound);
  if (calls_++ == 0) unlink();
}

void ServerConnection::began_call(wire::StreamId stream, wire::Headers block, bool end) {
  wire::RequestHead head;
  const std::optional<wire::BadRequest> bad = wire::read_request(block, link_.session().recognised(), head);
  auto self = std::static_pointer_cast<ServerConnection>(shared_from_this());
  std::optional<Answer> answer(std::in_place, self, stream);
  if (head.form != wire::Form::grpc || (bad && bad->http_status != 200)) {
    answer = shard_.web().admit(self, stream, block, client_, head, bad);
    if (!answer) return;
  }
  if (bad) return answer->only(bad->error, {}, {});
  std::shared_ptr<ServerCall> call = shard_.open(*std::move(answer), std::move(head), block, client_);
  if (call == nullptr) return;
  belongs_to(stream, *call);
  call->begin();
  if (end) call->end_of_request();
}

void ServerConnection::data(wire::StreamId stream, void* user, wire::Bytes bytes, bool end) {
  // Without a call it was refused, and the client sends on.
  std::size_t taken = user == nullptr || bytes.empty() ? bytes.size() : inbound_of(user)->data(bytes);
  if (taken > 0) link_.session().consumed(stream, taken);
  if (user != nullptr && !end) link_.session().expect(stream, inbound_of(user)->missing());
  if (user != nullptr && end) inbound_of(user)->end_of_request();
}

void ServerConnection::reset(wire::StreamId, void* user, wire::Http2Code) {
  if (user == nullptr) return;
  inbound_of(user)->cancel();
  lost_call();
}

void ServerConnection::closed(wire::StreamId, void* user) {
  if (user == nullptr) return;
  inbound_of(user)->gone();
  lost_call();
}

bool ServerConnection::has_deadline(void* user) const { return user != nullptr && inbound_of(user)->has_deadline(); }

void ServerConnection::lost_call() {
  if (--calls_ > 0 || draining_ || link_.ended()) return;
  shard_.idle(*this);
}

void ServerConnection::respond(wire::StreamId stream, wire::Headers head) {
  link_.session().respond(stream, head);
  link_.touch();
}

// ---- what an exchange says ------------------------------------------------------------------------------------------------

wire::Headers ServerConnection::block_of(int status, wire::Headers headers, std::optional<std::uint64_t> length) {
  status_ = std::to_string(status);
  block_.assign({{":status", status_}});
  for (const wire::HeaderView& header : headers) block_.push_back({header.name, wire::trimmed(header.value), header.once});
  if (length) block_.push_back({"content-length", length_ = std::to_string(*length)});
  return block_;
}

Result<void> ServerConnection::begin(wire::StreamId stream, int status, wire::Headers headers,
                                     std::optional<std::uint64_t> length, bool end) {
  HOLON_TRY(wire::check_answer(status, headers));
  const wire::Headers block = block_of(status, headers, length);
  end ? link_.session().respond_and_end(stream, block) : link_.session().respond(stream, block);
  link_.touch();
  return {};
}

void ServerConnection::inform(wire::StreamId stream, int status, wire::Headers headers) {
  if (!wire::check_answer_headers(headers).ok()) return;
  link_.session().inform(stream, block_of(status, headers, {}));
  link_.touch();
}

void ServerConnection::finish(wire::StreamId stream, wire::Headers trailers) {
  if (trailers.empty() || !wire::check_answer_headers(trailers).ok()) return send(stream, {}, true);
  link_.session().trailers(stream, trailers);
  link_.touch();
}

void ServerConnection::break_off(wire::StreamId stream) {
  if (link_.ended()) return;
  link_.session().reset(stream, wire::Http2Code::internal_error);
  link_.touch();
  lost_call();
}

Result<void> ServerConnection::switch_protocols(wire::StreamId, wire::Headers) {
  return failed_precondition("HTTP/2 switches to no other protocol");
}

// ---- what both say --------------------------------------------------------------------------------------------------------

void ServerConnection::send(wire::StreamId stream, std::string bytes, bool end) {
  link_.session().send(stream, std::move(bytes), end);
  link_.touch();
}

void ServerConnection::consumed(wire::StreamId stream, std::size_t bytes) {
  if (link_.ended()) return;
  link_.session().consumed(stream, bytes);
  link_.touch();
}

void ServerConnection::cut_off(wire::StreamId stream, std::string_view rule) {
  refused(rule);
  link_.session().reset(stream, wire::Http2Code::cancel);
  link_.touch();
  lost_call();
}

void ServerConnection::refused(std::string_view rule) { telemetry::refused(rule, link_.peer(), shard_.loop().now()); }

void ServerConnection::settings() {
  link_.greeted();
  if (auto bytes = link_.session().peer_header_list_bytes()) writer_.bound(*bytes);
  if (calls_ > 0 || draining_ || linked()) return;
  shard_.idle(*this);
}

void ServerConnection::drained(wire::StreamId, void* user) {
  if (user != nullptr) inbound_of(user)->drained();
}

// RFC 9113, 6.8: the first GOAWAY names no stream; once the client has seen it (it answers a ping), the last word follows.
void ServerConnection::drain() {
  if (draining_ || link_.ended()) return;
  draining_ = true;
  unlink();
  link_.session().goaway(wire::Http2Code::no_error);
  link_.session().ping();
  link_.touch();
  timer_.start(std::min(dead_at_, shard_.loop().now() + last_word_time));
}

void ServerConnection::pong() {
  if (draining_) say_last_word();
}

void ServerConnection::say_last_word() {
  if (last_word_said_ || link_.ended()) return;
  last_word_said_ = true;
  link_.session().goaway(wire::Http2Code::no_error);
  link_.touch();
  if (dead_at_ != env::Time::max()) timer_.start(dead_at_);
}

void ServerConnection::time_is_up() {
  if (link_.ended()) return;
  env::Time now = shard_.loop().now();
  if (now >= dead_at_) return link_.close(unavailable("the connection is too old"));
  if (draining_) return say_last_word();
  dead_at_ = wire::after(now, shard_.limits().age_grace);
  drain();
}

void ServerConnection::abort() { link_.close(unavailable("the host is stopping")); }

void ServerConnection::ended() {
  unlink();
  shard_.closed(*this);
}

}  // namespace holon::server
