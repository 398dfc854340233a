#include "client/http_connection.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "fiber/call.h"
#include "telemetry/refusals.h"
#include "wire/http1.h"

namespace holon::client {
namespace {

constexpr std::size_t read_bytes = 64 << 10;
constexpr env::Duration leeway = std::chrono::seconds(1);  // closed so much earlier than the server would

/// What the connection has dealt with: it is nobody else's business.
bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 6> framing = {"connection",       "content-length", "keep-alive",
                                                       "proxy-connection", "trailer",        "transfer-encoding"};
  return std::find(framing.begin(), framing.end(), name) != framing.end();
}

/// Whether `Connection` names it, which makes it this connection's own (RFC 9110, 7.6.1). `upgrade` says what 101 switches to.
bool belongs_to_connection(std::string_view name, wire::Headers headers) {
  return name != "upgrade" && std::any_of(headers.begin(), headers.end(), [&](const wire::HeaderView& header) {
    return header.name == "connection" && wire::list_has(header.value, name);
  });
}

HttpResponse copy_of(int status, wire::Headers headers) {
  HttpResponse out{.status = status, .headers = {}, .content_length = {}};
  out.headers.reserve(headers.size());
  const bool lists = std::any_of(headers.begin(), headers.end(), [](const auto& each) { return each.name == "connection"; });
  for (const wire::HeaderView& header : headers) {
    if (is_framing(header.name) || (lists && belongs_to_connection(header.name, headers))) continue;
    out.headers.emplace_back(header.name, header.value);
  }
  return out;
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return each.first == name; });
  return found != headers.end() ? std::string_view(found->second) : std::string_view();
}

HttpConnection::HttpConnection(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, std::string name,
                               const HttpLimits& limits)
    : loop_(loop),
      stream_(std::move(stream)),
      name_(std::move(name)),
      limits_(limits),
      http_(limits.http, *this),
      idle_time_(limits.idle_time) {
  stream_->watch(*this);
}

HttpConnection::~HttpConnection() = default;

Result<void> HttpConnection::connected(Call& call, env::Time until) {
  fiber::Waiter waiter;
  reading_ = &waiter;
  if (connected_ || broken_) waiter.wake();
  const fiber::Wake how = waiter.wait(std::min(until, call.deadline()), &internal::CallAccess::scope(call));
  reading_ = nullptr;
  if (broken_) return *broken_;
  if (how == fiber::Wake::woken) return {};
  HOLON_TRY(call.check());
  return unavailable("cannot connect to " + name_ + ": it did not answer in time");
}

// ---- the request ----------------------------------------------------------------------------------------------------

Result<void> HttpConnection::request(const wire::Http1RequestHead& head) {
  if (broken_) return *broken_;
  HOLON_TRY(http_.request(head));
  heads_.clear();
  unread_.clear();
  trailers_.clear();
  heard_ = complete_ = false;
  used_ = true;
  touch();
  return {};
}

Result<void> HttpConnection::write(Call& call, std::string_view bytes) {
  if (broken_) return *broken_;
  http_.write(bytes);
  touch();
  while (!broken_ && !complete_ && !unwritable_ && unsent() > limits_.unsent_bytes_max) HOLON_TRY(wait(call, writing_));
  if (broken_) return *broken_;
  if (unwritable_) return unavailable(name_ + ": the server takes no more of the request");
  return {};
}

Result<void> HttpConnection::end() {
  HOLON_TRY(http_.end());
  ending_ = http_.switched();
  touch();
  return {};
}

Result<void> HttpConnection::wait(Call& call, fiber::Waiter*& place) {
  fiber::Waiter waiter;
  place = &waiter;
  Result<void> waited = fiber::wait(waiter, call);
  place = nullptr;
  return waited;
}

// ---- the response ---------------------------------------------------------------------------------------------------

Result<HttpResponse> HttpConnection::response(Call& call) {
  while (heads_.empty()) {
    if (broken_) return *broken_;
    HOLON_TRY(wait(call, reading_));
  }
  HttpResponse head = std::move(heads_.front());
  heads_.pop_front();
  return head;
}

Result<std::optional<std::string>> HttpConnection::read(Call& call) {
  while (unread_.empty()) {
    if (complete_) return std::optional<std::string>();
    if (broken_) return *broken_;
    HOLON_TRY(wait(call, reading_));
  }
  if (readable_) touch();
  return std::optional(std::exchange(unread_, {}));
}

void HttpConnection::informational(int status, wire::Headers headers) { heads_.push_back(copy_of(status, headers)); }

void HttpConnection::response_head(const wire::Http1Response& response) {
  heads_.push_back(copy_of(response.status, response.headers));
  heads_.back().content_length = response.content_length;
  note_keep_alive(response.headers);
}

/// "Keep-Alive: timeout=5": what it says is no promise, but a request sent later would be lost (RFC 9112, 9.3).
void HttpConnection::note_keep_alive(wire::Headers headers) {
  constexpr std::string_view word = "timeout=";
  for (const wire::HeaderView& header : headers) {
    if (header.name != "keep-alive") continue;
    const std::size_t at = header.value.find(word);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = header.value.substr(at + word.size());
    std::uint32_t seconds = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), seconds).ec != std::errc()) continue;
    idle_time_ = std::clamp<env::Duration>(std::chrono::seconds(seconds) - leeway, env::Duration::zero(), limits_.idle_time);
  }
}

void HttpConnection::response_body(wire::Bytes bytes) {
  unread_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void HttpConnection::response_end(const wire::Http1Trailers& trailers) {
  trailers_ = trailers;
  complete_ = true;
}

void HttpConnection::failed(std::string_view why) {
  if (heard_) telemetry::refused("http.bad_answer", name_ + ": " + std::string(why), loop_.now());
  broke(unavailable(name_ + ": " + std::string(why)));
}

bool HttpConnection::reusable() const { return !broken_ && !unwritable_ && complete_ && http_.reusable() && unsent() == 0; }

bool HttpConnection::stale() {
  readable_ = true;
  read_stream();
  return broken_ || !http_.reusable();
}

// ---- the byte stream ------------------------------------------------------------------------------------------------

void HttpConnection::ready(bool readable, bool writable) {
  if (!connected_ && (readable || writable)) {
    if (const int error = stream_->connect_error(); error != 0) {
      const std::string why = stream_->failure();
      return broke(unavailable("cannot connect to " + name_ + ": " +
                               (why.empty() ? std::generic_category().message(error) : why)));
    }
    if (!writable) return;  // still on its way
    connected_ = true;
    if (reading_ != nullptr) reading_->wake();
  }
  if (writable) blocked_ = false;
  if (readable) readable_ = true;
  touch();
}

/// The one place where bytes are read and written; and where the stream is closed, which it may not be in its own event.
void HttpConnection::turn_ended() {
  if (broken_ || stream_ == nullptr) return stream_.reset();
  read_stream();
  if (!broken_) write_stream();
  if (broken_ || http_.over()) stream_.reset();
}

void HttpConnection::read_stream() {
  thread_local std::array<std::byte, read_bytes> buffer;
  while (readable_ && !broken_ && stream_ != nullptr && unread_.size() < limits_.unread_bytes_max) {
    const env::Io io = stream_->read(buffer);
    readable_ = io.state == env::IoState::done && io.more;
    if (io.state == env::IoState::blocked) break;
    if (io.state == env::IoState::done) {
      heard_ = true;
      if (on_bytes_) on_bytes_();
      http_.receive({buffer.data(), io.bytes});
      if (http_.unasked()) telemetry::refused("http.unasked_answer", name_, loop_.now());
    } else if (io.state == env::IoState::ended) {
      http_.receive_end();
    } else {
      const std::string why = stream_->failure();
      broke(unavailable(name_ + ": the connection broke: " +
                        (why.empty() ? std::generic_category().message(io.error) : why)));
    }
    if (reading_ != nullptr) reading_->wake();
    if (complete_ && writing_ != nullptr) writing_->wake();
    if (http_.over()) break;
  }
}

void HttpConnection::write_stream() {
  while (connected_ && !blocked_) {
    if (out_start_ == out_.size()) {
      out_.clear();
      out_start_ = 0;
      http_.gather(out_);
      if (out_.empty()) break;
    }
    const env::Bytes left = std::as_bytes(std::span(out_)).subspan(out_start_);
    const env::Io io = stream_->write({&left, 1});
    if (io.state == env::IoState::failed) return refuse_to_write();
    out_start_ += io.bytes;
    blocked_ = out_start_ < out_.size();
  }
  if (writing_ != nullptr && unsent() <= limits_.unsent_bytes_max / 2) writing_->wake();
  if (ending_ && !blocked_ && unsent() == 0) {
    stream_->end_writing();
    ending_ = false;
  }
}

/// A server that answers early and closes has perhaps said why: so reading goes on, and says how this ends.
void HttpConnection::refuse_to_write() {
  unwritable_ = blocked_ = true;
  out_.clear();
  out_start_ = 0;
  if (writing_ != nullptr) writing_->wake();
  readable_ = true;
  read_stream();
}

void HttpConnection::broke(const Error& why) {
  if (!broken_) broken_ = why;
  if (reading_ != nullptr) reading_->wake();
  if (writing_ != nullptr) writing_->wake();
  touch();
}

}  // namespace holon::client
