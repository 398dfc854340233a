#include "server/call.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>

#include "env/cycles.h"
#include "server/connection.h"
#include "server/shard.h"
#include "telemetry/metrics.h"

namespace holon::server {

using internal::CallAccess;

namespace {

void append_framed(std::string& out, const google::protobuf::MessageLite& message) {
  std::size_t size = message.ByteSizeLong();
  wire::append_prefix(out, size);
  std::size_t start = out.size();
  out.resize(start + size);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.data() + start));
}

}  // namespace

ServerCall::ServerCall(Shard& shard, std::shared_ptr<ServerConnection> connection, wire::StreamId stream,
                       const Route& route, wire::RequestHead head)
    : shard_(shard),
      home_(shard.loop()),
      connection_(std::move(connection)),
      stream_(stream),
      route_(route),
      head_(std::move(head)),
      arrived_at_(env::cycles()) {
  env::Time now = env::time_of_cycles(arrived_at_);
  Deadline callers = head_.timeout ? now + *head_.timeout : Deadline::max();
  deadline_ = internal::child_deadline(callers, *route_.method, now);
}

ServerCall::~ServerCall() = default;

void ServerCall::begin() {
  if (internal::streams_requests(route_.method->kind)) enqueue();
}

// A single request is taken whole, bounded by its size; of a stream of them, what the handler has read.
std::size_t ServerCall::data(wire::Bytes bytes) {
  bool stream = internal::streams_requests(route_.method->kind);
  if (connection_ == nullptr || request_ended_ || broken_) return bytes.size();
  if (Result<void> fed = reader_.feed(bytes); !fed.ok()) {
    broken_ = fed.error();
    stream ? readable_.wake() : refuse(fed.error());
    return bytes.size();
  }
  if (!stream) return bytes.size();
  credit_.received(bytes.size());
  if (!reader_.ready()) return credit_.due(reader_);
  readable_.wake();
  return 0;
}

void ServerCall::end_of_request() {
  if (request_ended_ || broken_ || gone_) return;
  request_ended_ = true;
  if (reader_.partial()) broken_ = internal_error("the request ended in the middle of a message");
  if (internal::streams_requests(route_.method->kind)) return readable_.wake();
  broken_ ? refuse(*broken_) : enqueue();
}

void ServerCall::enqueue() {
  queued_ = true;
  queued_at_ = env::cycles();
  runner_ = &home_;
  shard_.enqueue(shared_from_this());
}

// Before the handler ran: nothing of it will.
void ServerCall::refuse(const Error& error) {
  queued_ = true;
  finished(error, {}, {});
}

void ServerCall::cancel() {
  cancelled_.store(true, std::memory_order_relaxed);
  if (!queued_) refuse(holon::cancelled("the caller has gone"));
  gone();
  writable_.wake();
  if (runner_ == nullptr) return;
  if (runner_ == &home_) {
    if (running_ != nullptr) running_->cancel();
  } else {
    runner_->post([self = shared_from_this()] {
      if (self->running_ != nullptr) self->running_->cancel();
    });
  }
}

void ServerCall::gone() {
  gone_ = true;
  auto last = std::move(kept_);  // may be the last owner
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
  if (&runner == &home_) return finished(std::move(status), headers, trailers);
  home_.post([self = shared_from_this(), status = std::move(status), headers = std::move(headers),
              trailers = std::move(trailers)] { self->finished(status, headers, trailers); });
}

Result<void> ServerCall::serve(Call& call) {
  HOLON_TRY(call.check());
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
  std::optional<std::string_view> message = reader_.next();
  if (!message) return false;
  give_credit();
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
  if (wire::Http2Session* session = connection_->session()) session->consumed(stream_, bytes);
}

Result<void> ServerCall::write(const google::protobuf::MessageLite& message) {
  if (message.ByteSizeLong() > wire::message_bytes_max) {
    return resource_exhausted("a message of " + std::string(route_.method->name) + " is larger than 4 MiB");
  }
  if (!internal::streams_replies(route_.method->kind)) {
    append_framed(reply_, message);
    replied_ = true;
    return {};
  }
  std::string bytes;
  append_framed(bytes, message);
  return send_streaming(std::move(bytes));
}

Result<void> ServerCall::send_streaming(std::string message) {
  HOLON_TRY(running_->check());
  wire::Http2Session* session = gone_ ? nullptr : connection_->session();
  if (session == nullptr) return holon::cancelled("nobody reads any more");
  if (!headers_sent_) session->respond(stream_, connection_->writer().headers(running_->response_metadata()));
  headers_sent_ = true;
  session->send(stream_, std::move(message), false);
  while (!gone_ && (session = connection_->session()) != nullptr &&
         session->unsent(stream_) > wire::Http2Session::low_mark) {
    HOLON_TRY(fiber::wait(writable_, *running_));
  }
  return {};
}

void ServerCall::finished(Result<void> status, const Metadata& headers, const Metadata& trailers) {
  auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, env::cycles_to_ns(env::cycles() - arrived_at_)));
  telemetry::record(route_.edge, status.code(), ns);
  shard_.leave();
  if (wire::Http2Session* session = gone_ ? nullptr : connection_->session()) send_end(*session, status, headers, trailers);
  connection_.reset();
}

void ServerCall::send_end(wire::Http2Session& session, const Result<void>& status, const Metadata& headers,
                          const Metadata& trailers) {
  wire::ResponseWriter& writer = connection_->writer();
  bool silent = !headers_sent_ && !(status.ok() && replied_) && headers.empty();
  if (silent && !internal::streams_replies(route_.method->kind)) {
    return session.respond_and_end(stream_, writer.trailers_only(status, headers, trailers));
  }
  if (!headers_sent_) session.respond(stream_, writer.headers(headers));
  if (status.ok() && replied_) session.send(stream_, std::move(reply_), false);
  session.trailers(stream_, writer.trailers(status, trailers));
}

}  // namespace holon::server
