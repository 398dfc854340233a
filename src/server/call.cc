#include "server/call.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <utility>

#include "env/cycles.h"
#include "server/connection.h"
#include "server/shard.h"
#include "telemetry/metrics.h"
#include "telemetry/refusals.h"
#include "wire/metadata.h"

namespace holon::server {

using internal::CallAccess;
using internal::CallFlag;

namespace {

constexpr std::size_t request_bytes_per_second = 1 << 10;  // what a slow client must reach in the long run

}  // namespace

ServerCall::ServerCall(Shard& shard, Answer answer, const Route& route, wire::RequestHead head, std::size_t caller)
    : shard_(shard),
      home_(shard.loop()),
      answer_(std::move(answer)),
      route_(route),
      head_(std::move(head)),
      reader_(shard.limits().message_bytes_max),
      arrived_at_(env::cycles()) {
  reader_.accept(head_.encoding);
  if (head_.form == wire::Form::web_text) text_ = std::make_unique<TextRequest>();
  env::Time now = env::time_of_cycles(arrived_at_);
  Deadline callers = head_.timeout ? now + *head_.timeout : Deadline::max();
  deadline_ = internal::child_deadline(callers, *route_.method, now);
  claim = {route_.service_number, route_.method_number, head_.priority, caller, deadline_};
}

ServerCall::~ServerCall() = default;

const Arrival* arrival_of(internal::Exchange& exchange) {
  const auto* call = dynamic_cast<ServerCall*>(&exchange);
  return call == nullptr ? nullptr : call->arrival();
}

bool ServerCall::begin() {
  const bool starts = internal::streams_requests(route_.method->kind);
  if (starts) enqueue();
  return starts;
}

// A single request is taken whole, bounded by its size; of a stream of them, what the handler has read.
std::size_t ServerCall::data(wire::Bytes bytes) {
  if (text_ == nullptr) return take(bytes);
  const std::optional<wire::Bytes> decoded = text_->decode(bytes);
  if (decoded) return text_->due(take(*decoded));
  give_up(internal_error("the request's body is no base64"));
  return bytes.size();
}

std::size_t ServerCall::take(wire::Bytes bytes) {
  bool stream = internal::streams_requests(route_.method->kind);
  if (finished_ || request_ended_ || broken_) return bytes.size();
  Result<void> fed = !stream && reader_.ready() ? more_than_one() : reader_.feed(bytes);
  if (!fed.ok()) {
    give_up(fed.error());
    return bytes.size();
  }
  if (!stream) return bytes.size();
  credit_.received(bytes.size());
  if (!reader_.ready()) return credit_.due(reader_);
  readable_.wake();
  return 0;
}

// grpc/doc/statuscodes.md has this code for it. Only one is kept, so its bound is the request's.
Error ServerCall::more_than_one() const {
  return unimplemented(std::string(route_.method->name) + " takes one request, and got more");
}

void ServerCall::end_of_request() {
  if (request_ended_ || broken_ || gone_) return;
  request_ended_ = true;
  const bool partial = reader_.partial() || (text_ != nullptr && text_->partial());
  if (partial) broken_ = internal_error("the request ended in the middle of a message");
  if (internal::streams_requests(route_.method->kind)) return readable_.wake();
  broken_ ? refuse(*broken_) : enqueue();
}

/// No more of the request can be read.
void ServerCall::give_up(const Error& why) {
  if (broken_ || finished_) return;
  broken_ = why;
  internal::streams_requests(route_.method->kind) ? readable_.wake() : refuse(why);
}

void ServerCall::enqueue() {
  queued_ = true;
  queued_at_ = env::cycles();
  runner_ = &home_;
  shard_.enqueue(shared_from_this());
}

bool ServerCall::take_place() {
  // Nor does one that waits until its client is known: how long that takes says nothing about the service.
  has_place_ = unsettled_ == nullptr && route_.service_number != 0 && route_.method->kind == internal::Kind::unary;
  return has_place_;
}

// Its client may have to take other replies first; then it waits for that, and for its turn again.
void ServerCall::go_in() {
  const bool held_back = answer_.unread().full() && hold_back();
  if (!held_back) return run(home_);
  if (place_taken_back()) shard_.place_returned(*this);
}

void ServerCall::turned_away(Shed why, std::chrono::milliseconds come_again) {
  const auto self = stop_waiting();
  const bool again = why != Shed::late;
  finished(shard_.turned_away(*this, method_name(), why), {}, again ? come_again_in(come_again) : Metadata());
}

// Before the handler ran: nothing of it will.
void ServerCall::refuse(const Error& error) {
  queued_ = true;
  held_.unlink();
  finished(error, {}, {});
}

// One that is cancelled already runs, which ends it.
bool ServerCall::hold_back() {
  if (!gone_) answer_.unread().hold(held_);
  return !gone_;
}

void ServerCall::cancel() {
  auto self = shared_from_this();  // `gone` may let go of the last owner
  cancelled_.store(true, std::memory_order_relaxed);
  if (!queued_ || held_.linked()) refuse(holon::cancelled("the caller has gone"));
  gone();
  writable_.wake();
  if (runner_ == nullptr) return;
  if (runner_ == &home_) {
    if (running_ != nullptr) running_->cancel();
  } else {
    runner_->post([self] {
      if (self->running_ != nullptr) self->running_->cancel();
    });
  }
}

void ServerCall::gone() {
  gone_ = true;
  unlink();  // here: the last owner may be on another loop
  held_.unlink();
  if (owed_ > 0) answer_.unread().taken(std::exchange(owed_, 0));
  const auto self = stop_waiting();
  if (waits()) {
    shard_.withdraw(*this);
    finished(holon::cancelled("the caller has gone"), {}, {});
  }
  if (finished_) answer_.release();
  auto last = std::move(kept_);  // may be the last owner
}

void ServerCall::look(env::Time now) {
  if (gone_) return;
  if (!queued_) return look_at_request(now);
  if (held_.linked()) return look_at_waiting(now);
  if (finished_ && !internal::streams_replies(route_.method->kind)) look_at_reply(now);
}

void ServerCall::look_at_waiting(env::Time now) {
  if (now < deadline_) return;
  auto self = shared_from_this();  // the stream may close, and let go of the last owner
  refuse(deadline_exceeded("the caller did not take the replies to its other calls before this one's deadline"));
}

// A request that its handler waits for as a whole.
void ServerCall::look_at_request(env::Time now) {
  if (deadline_ != Deadline::max()) {
    if (now >= deadline_) refuse(deadline_exceeded("the request was not complete before its deadline"));
    return;
  }
  env::Duration granted = shard_.limits().request_time + std::chrono::seconds(reader_.buffered() / request_bytes_per_second);
  if (now - env::time_of_cycles(arrived_at_) < granted) return;
  telemetry::refused("slow_request", route_.method->name, now);
  refuse(deadline_exceeded("the request came too slowly, and has no deadline"));
}

// A client library takes an only reply by itself, whatever its program does: one that does not is no honest reader.
void ServerCall::look_at_reply(env::Time now) {
  std::size_t unread = answer_.unsent();
  if (unread == 0) return;
  if (unread != unread_) {
    unread_ = unread;
    unread_since_ = now;
  } else if (now >= wire::after(unread_since_, shard_.limits().link.write_time)) {
    Answer answer = answer_;
    gone();
    answer.cut_off("slow_reader");
  }
}

void ServerCall::run(fiber::Loop& runner) {
  runner.name_running(&route_.method->name);
  internal::RootCall call(deadline_);
  call.set_caller(std::move(head_.caller));
  call.data().trace = head_.trace;
  CallAccess::set_method(call, route_.method);
  CallAccess::set_position(call, head_.hops, head_.priority);
  if (!head_.metadata.empty()) {
    call.data().tracestate = head_.metadata.take("tracestate");
    call.data().baggage = head_.metadata.take("baggage");
    call.data().claims = Claims::received(head_.metadata.take(wire::claims_name));
    CallAccess::set_metadata(call, std::move(head_.metadata));
  }
  running_ = &call;
  if (cancelled_.load(std::memory_order_relaxed)) call.cancel();
  Result<void> status = serve(call);
  running_ = nullptr;
  Metadata headers, trailers;
  if (CallAccess::has_extra(call)) {
    headers = std::move(call.response_metadata());
    trailers = std::move(call.response_trailers());
  }
  // That is about the handler's own calls, and this one has begun.
  if (route_.service_number != 0 && trailers.has(wire::unbegun_name)) trailers.take(wire::unbegun_name);
  // Who stood next to the failure has tried again: whoever does so further up only multiplies the load.
  const bool below = status.code() == Code::unavailable && call.data().failed_below;
  if (below && !trailers.has(wire::push_back_name)) trailers.add(std::string(wire::push_back_name), "-1");
  if (&runner == &home_) return finished(std::move(status), headers, trailers);
  home_.post([self = shared_from_this(), status = std::move(status), headers = std::move(headers),
              trailers = std::move(trailers)] {
    self->shard_.returned();
    self->finished(status, headers, trailers);
  });
}

Result<void> ServerCall::serve(Call& call) {
  HOLON_TRY(call.check());
  if (unsettled_ != nullptr) HOLON_TRY(unsettled_->settle(call, route_.method->name));
  try {
    Result<void> status = route_.method->serve(*route_.service, call, *this);
    if (!status.ok()) return status;
  } catch (...) {
    return internal::error_of_current_exception();
  }
  return call.check();  // a late answer is none
}

Result<bool> ServerCall::read(google::protobuf::MessageLite& into) {
  if (internal::streams_requests(route_.method->kind)) HOLON_TRY(wait_for_message());
  std::optional<std::string_view> message = HOLON_TRY(reader_.next());
  if (!message) return false;
  give_credit();
  CallAccess::set(*running_, CallFlag::came_compressed, reader_.compressed());
  if (!internal::streams_requests(route_.method->kind) && reader_.ready()) {
    return more_than_one();
  }
  if (into.ParseFromArray(message->data(), static_cast<int>(message->size()))) return true;
  return internal_error("the request of " + std::string(route_.method->name) + " is no " + into.GetTypeName());
}

/// Until there is one, or the end.
Result<void> ServerCall::wait_for_message() {
  HOLON_TRY(running_->check());
  while (!reader_.ready() && !request_ended_) {
    if (broken_) return *broken_;
    HOLON_TRY(fiber::wait(readable_, *running_));
  }
  if (!reader_.ready() && broken_) return *broken_;
  return {};
}

/// Of a single request all was given back already: it may be read on another loop than the connection's.
void ServerCall::give_credit() {
  std::size_t bytes = credit_.due(reader_);
  if (bytes == 0 || gone_) return;
  answer_.consumed(text_ == nullptr ? bytes : text_->due(bytes));
}

Result<void> ServerCall::write(const google::protobuf::MessageLite& message) {
  const wire::Encoding encoding = this->encoding(CallFlag::compress);
  const std::size_t bytes_max = shard_.limits().message_bytes_max;
  if (!internal::streams_replies(route_.method->kind)) {
    HOLON_TRY(wire::append_message(reply_, message, encoding, bytes_max));
    replied_ = true;
    stated_ = this->encoding(CallFlag::may_compress);
    return {};
  }
  std::string bytes;
  HOLON_TRY(wire::append_message(bytes, message, encoding, bytes_max));
  return send_streaming(std::move(bytes));
}

Result<void> ServerCall::send_streaming(std::string message) {
  HOLON_TRY(running_->check());
  if (gone_ || !answer_.open()) return holon::cancelled("nobody reads any more");
  if (!headers_sent_) {
    stated_ = encoding(CallFlag::may_compress);
    answer_.begin(running_->response_metadata(), stated_);
  }
  headers_sent_ = true;
  answer_.message(std::move(message));
  while (!gone_ && answer_.unsent() > wire::Http2Session::low_mark) HOLON_TRY(fiber::wait(writable_, *running_));
  return {};
}

/// What the handler asked for, if the client takes it, and if the headers have not left without saying so.
wire::Encoding ServerCall::encoding(std::uint8_t flag) const {
  const bool may = head_.accepts_gzip && CallAccess::has(*running_, flag);
  return may && (!headers_sent_ || stated_ == wire::Encoding::gzip) ? wire::Encoding::gzip : wire::Encoding::identity;
}

void ServerCall::finished(Result<void> status, const Metadata& headers, const Metadata& trailers) {
  const std::uint64_t ended_at = env::cycles();
  auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, env::cycles_to_ns(ended_at - arrived_at_)));
  telemetry::record(route_.edge, status.code(), ns);
  place_taken_back() ? shard_.leave(*this, status.code(), env::time_of_cycles(ended_at)) : shard_.leave();
  if (!gone_ && answer_.open()) send_end(status, headers, trailers);
  finished_ = true;
  if (gone_) answer_.release();
}

void ServerCall::send_end(const Result<void>& status, const Metadata& headers, const Metadata& trailers) {
  bool silent = !headers_sent_ && !(status.ok() && replied_) && headers.empty();
  if (silent && !internal::streams_replies(route_.method->kind)) return answer_.only(status, headers, trailers);
  if (!headers_sent_) answer_.begin(headers, stated_);
  if (status.ok() && replied_) {
    owe(reply_.size());
    answer_.message(std::move(reply_));
  } else if (internal::streams_replies(route_.method->kind)) {
    owe(answer_.unsent());
  }
  answer_.end(status, trailers);
}

/// Until the stream is gone.
void ServerCall::owe(std::size_t bytes) {
  owed_ = bytes;
  answer_.unread().add(bytes);
}

}  // namespace holon::server
