#include "server/exchange.h"

#include <algorithm>
#include <utility>

#include "fiber/call.h"
#include "holon/generated.h"
#include "holon/log.h"
#include "server/shard.h"
#include "telemetry/refusals.h"

namespace holon::server {
namespace {

Error client_gone() { return cancelled("the client has gone"); }

/// How the wait of a call ended that was not woken; nothing if its time is not up.
Result<void> end_of_wait(fiber::Wake how, const Call& call) {
  HOLON_TRY(call.check());
  if (how == fiber::Wake::cancelled) return cancelled("the branch has ended");
  return {};
}

/// A stranger may say that a request can be done without, but not that it is urgent.
int priority_of(const HttpRequest& request, bool strangers) {
  const std::string_view said = request.header("holon-priority");
  if (said == "sheddable") return internal::Priority::sheddable;
  return said == "critical" && !strangers ? internal::Priority::critical : internal::Priority::normal;
}

fiber::Wake wait(fiber::Waiter& waiter, const Call& call, env::Time until) {
  return waiter.wait(std::min(until, call.deadline()), &internal::CallAccess::scope(call));
}

}  // namespace

ServerExchange::ServerExchange(Shard& shard, std::shared_ptr<Transport> transport, wire::StreamId stream, HttpRequest request,
                               bool expects_continue)
    : shard_(shard),
      transport_(std::move(transport)),
      stream_(stream),
      request_(std::move(request)),
      arrived_(shard.loop().now()),
      body_bytes_max_(shard.limits().body_bytes_max),
      continue_due_(expects_continue),
      request_ended_(!request_.has_body) {}

// ---- the handler --------------------------------------------------------------------------------------------------------

void ServerExchange::start() {
  kept_ = shared_from_this();
  claim.priority = priority_of(request_, shard_.router().strangers());
  claim.caller = std::hash<std::string_view>()(request_.peer.substr(0, request_.peer.rfind(':')));
  go_on();
}

void ServerExchange::go_on() {
  waiting_ = shared_from_this();
  shard_.arrive(*this, shard_.loop().now());
}

void ServerExchange::turned_away(Shed why, std::chrono::milliseconds come_again) {
  const auto self = stop_waiting();
  const Error error = shard_.turned_away(*this, request_.peer, why);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(come_again);
  const std::string after = std::to_string(std::max<std::int64_t>(1, seconds.count()));
  const wire::HeaderView retry_after[] = {{"retry-after", after}};
  constexpr int too_busy = 503;
  answer_in_place_of_handler(too_busy, error.message(), retry_after);
  handled();
}

void ServerExchange::run() {
  if (gone_) return handled();
  if (transport_->unread().full()) return transport_->unread().hold(held_);
  try {
    shard_.handler()->serve(*this);
  } catch (...) {
    const Error thrown = internal::error_of_current_exception();
    log::write(log::Level::error, thrown.within(request_.method + " " + request_.target).message());
  }
  constexpr int unanswered = 500;
  if (!begun_ && !gone_) answer_in_place_of_handler(unanswered, "the request was not answered", {});
  abort();
  handled();
}

void ServerExchange::answer_in_place_of_handler(int status, std::string_view why, wire::Headers more) {
  const HttpHandler::Refusal refusal = shard_.handler()->refuse(status, why);
  std::vector<wire::HeaderView> headers(more.begin(), more.end());
  for (const auto& [name, value] : refusal.headers) headers.push_back({name, value});
  static_cast<void>(respond(status, headers, refusal.body));
}

void ServerExchange::handled() {
  handled_ = true;
  shard_.leave();
  std::string().swap(body_);
  if (gone_) transport_.reset();
}

void ServerExchange::watch(internal::RootCall* call) {
  watched_ = call;
  if (call != nullptr && gone_) call->cancel();
}

// ---- the request's body -------------------------------------------------------------------------------------------------

std::size_t ServerExchange::data(wire::Bytes bytes) {
  if (gone_ || handled_ || broken_ || (ended_ && !switched_)) return bytes.size();
  body_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  readable_.wake();
  return 0;
}

void ServerExchange::end_of_request() {
  request_ended_ = true;
  readable_.wake();
}

bool ServerExchange::broken(const wire::HttpRule& rule) {
  if (!broken_) broken_ = invalid_argument(std::string(rule.why));
  readable_.wake();
  return true;
}

Result<std::optional<std::string>> ServerExchange::read(Call& call) {
  HOLON_TRY(call.check());
  if (!switched_ && request_.content_length.value_or(0) > body_bytes_max_) return too_large();
  if (std::exchange(continue_due_, false) && !request_ended_ && !gone_) transport_->inform(stream_, 100, {});
  while (body_.empty()) {
    if (gone_) return client_gone();
    if (broken_) return *broken_;
    if (request_ended_) return std::optional<std::string>();
    HOLON_TRY(wait_for_body(call));
  }
  std::string piece = std::exchange(body_, {});
  read_bytes_ += piece.size();
  if (!gone_) transport_->consumed(stream_, piece.size());
  if (switched_ || read_bytes_ <= body_bytes_max_) return std::optional(std::move(piece));
  broken_ = too_large();
  return *broken_;
}

Error ServerExchange::too_large() const {
  return resource_exhausted("the body has more than the " + std::to_string(body_bytes_max_) + " bytes that it may have");
}

// Without a byte for so long it is not worth waiting for, unless another protocol says otherwise.
Result<void> ServerExchange::wait_for_body(Call& call) {
  const env::Time until = switched_ ? env::Time::max() : wire::after(shard_.loop().now(), shard_.limits().body_time);
  const fiber::Wake how = wait(readable_, call, until);
  if (how == fiber::Wake::woken) return {};
  HOLON_TRY(end_of_wait(how, call));
  broken_ = slow_body();
  return *broken_;
}

Error ServerExchange::slow_body() {
  telemetry::refused("slow_body", request_.peer, shard_.loop().now());
  return deadline_exceeded("the body comes too slowly");
}

// ---- the answer ---------------------------------------------------------------------------------------------------------

Result<void> ServerExchange::begin(int status, wire::Headers headers, std::optional<std::uint64_t> length) {
  if (gone_) return client_gone();
  if (begun_) return failed_precondition("the answer has begun already");
  const bool empty = wire::has_no_body(status);
  if (empty) length.reset();
  bodiless_ = empty || request_.method == "HEAD";
  HOLON_TRY(transport_->begin(stream_, status, shard_.dated(headers), length, bodiless_));
  begun_ = true;
  left_ = length;
  return {};
}

Result<void> ServerExchange::respond(int status, wire::Headers headers, std::string body) {
  HOLON_TRY(begin(status, headers, body.size()));
  ended_ = true;
  if (bodiless_ || body.empty()) {
    transport_->finish(stream_, {});
  } else {
    transport_->send(stream_, std::move(body), true);
    owe();
  }
  return {};
}

void ServerExchange::inform(int status, wire::Headers headers) {
  if (!begun_ && !gone_) transport_->inform(stream_, status, headers);
}

Result<void> ServerExchange::write(Call& call, std::string bytes) {
  HOLON_TRY(call.check());
  if (gone_ || ended_) return client_gone();
  if (!begun_) return failed_precondition("the answer's body comes before its head");
  if (bytes.empty() || bodiless_) return {};
  if (left_ && bytes.size() > *left_) {
    abort();
    return out_of_range("the answer's body is longer than was said");
  }
  if (left_) *left_ -= bytes.size();
  transport_->send(stream_, std::move(bytes), false);
  while (!gone_ && transport_->unsent(stream_) > wire::Http2Session::low_mark) HOLON_TRY(wait_for_reader(call));
  if (gone_) return client_gone();
  return {};
}

Result<void> ServerExchange::wait_for_reader(Call& call) {
  const std::size_t before = transport_->unsent(stream_);
  const fiber::Wake how = wait(writable_, call, wire::after(shard_.loop().now(), shard_.limits().link.write_time));
  if (how == fiber::Wake::woken || gone_) return {};
  HOLON_TRY(end_of_wait(how, call));
  if (transport_->unsent(stream_) >= before) cut_off("slow_reader");
  return {};
}

void ServerExchange::end(wire::Headers trailers) {
  if (!begun_ || ended_ || gone_) return;
  if (left_.value_or(0) > 0 && !bodiless_) return abort();
  ended_ = true;
  transport_->finish(stream_, trailers);
  owe();
}

/// Until the stream is gone.
void ServerExchange::owe() {
  if (gone_) return;
  owed_ = transport_->unsent(stream_);
  transport_->unread().add(owed_);
}

void ServerExchange::abort() {
  if (ended_ || gone_) return;
  begun_ = ended_ = true;
  const auto transport = transport_;
  gone();
  transport->break_off(stream_);
}

Result<void> ServerExchange::switch_protocols(wire::Headers headers) {
  if (gone_) return client_gone();
  if (begun_) return failed_precondition("the answer has begun already");
  HOLON_TRY(transport_->switch_protocols(stream_, headers));
  begun_ = switched_ = true;
  request_ended_ = false;
  return {};
}

// ---- the client's end ---------------------------------------------------------------------------------------------------

void ServerExchange::cancel() {
  const auto self = shared_from_this();  // `gone` may let go of the last owner
  if (held_.linked()) handled();
  gone();
  if (watched_ != nullptr) watched_->cancel();
}

void ServerExchange::gone() {
  gone_ = true;
  unlink();
  held_.unlink();
  readable_.wake();
  writable_.wake();
  if (owed_ > 0) transport_->unread().taken(std::exchange(owed_, 0));
  if (waits()) {
    shard_.withdraw(*this);
    waiting_.reset();
    handled();
  }
  if (handled_) transport_.reset();
  auto last = std::move(kept_);  // may be the last owner
}

// An answer that is complete here and waits for a window.
void ServerExchange::look(env::Time now) {
  if (!ended_ || gone_) return;
  const std::size_t unread = transport_->unsent(stream_);
  if (unread == 0) return;
  if (unread != unread_) {
    unread_ = unread;
    unread_since_ = now;
  } else if (now >= wire::after(unread_since_, shard_.limits().link.write_time)) {
    cut_off("slow_reader");
  }
}

void ServerExchange::cut_off(std::string_view rule) {
  const auto self = shared_from_this();  // `gone` may let go of the last owner
  const auto transport = transport_;
  ended_ = true;
  gone();
  transport->cut_off(stream_, rule);
}

}  // namespace holon::server
