#include "gateway/connection.h"

#include <array>

#include "gateway/transcode/url.h"
#include "holon/log.h"

namespace holon::gateway {
namespace {

constexpr std::size_t unsent_bytes_max = 256 << 10;  // with more than this to write, the next request waits
constexpr int reads_per_turn_max = 16;               // then others get their turn

std::string new_request_id(const Call& call) { return call.trace().trace_id(); }

}  // namespace

Connection::Connection(Shared& shared, std::unique_ptr<env::Stream> stream)
    : shared_(shared),
      stream_(std::move(stream)),
      http_(shared.limits().http, *this),
      timer_([this] { time_is_up(); }),
      again_([this] { shared_.loop().defer(*this); }),
      timed_(Phase::idle) {
  stream_->watch(*this);
  shared_.loop().defer(*this);
}

Connection::~Connection() { forget_request(); }

void Connection::drain() {
  http_.drain();
  shared_.loop().defer(*this);
}

void Connection::cut_off() {
  if (call_ == nullptr) return broke();
  call_->cancel();
}

// ---- the byte stream ------------------------------------------------------------------------------------------------

void Connection::ready(bool readable, bool writable) {
  if (readable) readable_ = true;
  if (writable) blocked_ = false;
  read();
  shared_.loop().defer(*this);
}

bool Connection::wants_read() const {
  return readable_ && !broken_ && (lingering_ || (http_.wants_read() && unsent() <= unsent_bytes_max));
}

void Connection::read() {
  std::array<std::byte, 16 << 10> buffer;
  for (int i = 0; i < reads_per_turn_max && wants_read(); ++i) {
    const env::Io io = stream_->read(buffer);
    if (io.state == env::IoState::done) {
      if (!lingering_) http_.receive({buffer.data(), io.bytes});
      continue;
    }
    readable_ = false;
    if (io.state == env::IoState::ended) peer_ended_ = true;
    if (io.state == env::IoState::failed) broke();
  }
}

void Connection::write() {
  for (;;) {
    if (out_start_ == out_.size()) {
      out_.clear();
      out_start_ = 0;
      http_.gather(out_);
      if (out_.empty()) return;
    }
    if (blocked_) return;
    const env::Bytes left = std::as_bytes(std::span(out_)).subspan(out_start_);
    const env::Io io = stream_->write({&left, 1});
    if (io.state == env::IoState::blocked) blocked_ = true;
    if (io.state == env::IoState::failed) return broke();
    out_start_ += io.bytes;
  }
}

/// The one place where bytes are written, time limits set, and the connection ended.
void Connection::turn_ended() {
  const std::size_t before = unsent();
  if (!broken_) write();
  if (!broken_ && !calling_ && !lingering_ && unsent() <= unsent_bytes_max) {
    http_.proceed();  // with requests that waited for the answer to leave
    read();
    write();
  }
  if (over() && !lingers()) return shared_.closed(*this);
  if (wants_read()) again_.start(shared_.loop().now());
  watch_time(unsent() != before);
}

std::size_t Connection::unsent() const { return out_.size() - out_start_ + http_.unsent(); }

bool Connection::over() const {
  if (calling_) return false;
  if (broken_) return true;
  if (!out_.empty() || http_.wants_write()) return false;
  return http_.finished() || peer_ended_;
}

/// Whether to wait until the client has closed too. One that still sends would lose the answer if we closed at once:
/// its bytes would be answered by a reset.
bool Connection::lingers() {
  if (broken_ || peer_ended_ || complete_) return false;
  if (!lingering_) {
    lingering_ = true;
    stream_->end_writing();
    read();
  }
  return !broken_ && !peer_ended_;
}

void Connection::broke() {
  broken_ = true;
  if (call_ != nullptr) call_->cancel();
  shared_.loop().defer(*this);
}

// ---- time -----------------------------------------------------------------------------------------------------------

Connection::Phase Connection::phase() const {
  if (lingering_) return Phase::linger;
  if (calling_) return Phase::call;
  if (!out_.empty()) return Phase::write;
  if (request_) return Phase::body;
  return http_.idle() && began_ ? Phase::idle : Phase::head;
}

/// Sets the limit of the present phase when it is new, or when writing went on.
void Connection::watch_time(bool progress) {
  const Phase now = phase();
  if (timer_.scheduled() && now == timed_ && !(now == Phase::write && progress)) return;
  timed_ = now;
  const Limits& limits = shared_.limits();
  std::chrono::nanoseconds granted{};
  switch (now) {
    case Phase::call: return timer_.stop();  // the call has a deadline
    case Phase::head: granted = limits.head_time; break;
    case Phase::body: granted = limits.body_time; break;
    case Phase::write: granted = limits.write_time; break;
    case Phase::idle: granted = limits.idle_time; break;
    case Phase::linger: granted = limits.linger_time; break;
  }
  timer_.start(shared_.loop().now() + granted);
}

void Connection::time_is_up() {
  if (timed_ == Phase::body && request_) {
    answer_now(shared_.gateway().problem(408, "the body did not arrive in time"));
    return drain();
  }
  broke();
}

// ---- requests -------------------------------------------------------------------------------------------------------

void Connection::request_head(const wire::Http1Request& request) {
  began_ = true;
  complete_ = false;
  started_ = shared_.loop().now();
  method_ = request.method;
  path_ = split_target(request.target).first;
  CallHead head = read_head(request.headers);
  id_ = head.request_id;
  auto routed = shared_.gateway().route(request.method, request.target);
  if (auto* refusal = std::get_if<Response>(&routed)) return answer_now(*refusal);
  auto& match = std::get<Router::Match>(routed);
  request_.emplace(Request{std::move(match), method_, std::string(request.target), std::move(head), {}});
  if (request.expects_continue) http_.inform(100);
}

void Connection::request_body(wire::Bytes bytes) {
  if (!request_) return;
  if (!shared_.take_bytes(bytes.size())) {
    Response busy = shared_.gateway().problem(503, "too many bytes are on their way; try again");
    busy.headers.emplace_back("retry-after", "1");
    return answer_now(busy);
  }
  request_->body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void Connection::request_end() {
  complete_ = true;
  if (!request_) return;
  if (!shared_.take_call()) {
    Response busy = shared_.gateway().problem(503, "too many requests are under way; try again");
    busy.headers.emplace_back("retry-after", "1");
    return answer_now(busy);
  }
  calling_ = true;
  shared_.loop().spawn([this] { run_call(); });
}

bool Connection::refused(const wire::HttpRule& rule) {
  complete_ = false;
  if (method_.empty()) started_ = shared_.loop().now();  // what came has no head
  answer_now(shared_.gateway().problem(rule.status, std::string(rule.why)));
  return true;
}

/// On the request's own fiber. The connection stays until it is through: see over().
void Connection::run_call() {
  {
    Request& request = *request_;
    internal::RootCall call(shared_.loop().now() + shared_.gateway().timeout(request.match));
    call.data().trace = request.head.trace;
    call.data().tracestate = std::move(request.head.tracestate);
    call.data().baggage = std::move(request.head.baggage);
    if (id_.empty()) id_ = new_request_id(call);
    request.head.metadata.set("x-request-id", id_);
    internal::CallAccess::set_metadata(call, std::move(request.head.metadata));
    call_ = &call;
    if (broken_) call.cancel();
    Response response = shared_.gateway().answer(call, request);
    call_ = nullptr;
    answer(response, &call);
  }
  calling_ = false;
  shared_.return_call();
  shared_.loop().defer(*this);
}

/// Answers without a call, from within an event or a timer.
void Connection::answer_now(const Response& response) { answer(response, nullptr); }

void Connection::answer(const Response& response, const Call* call) {
  std::vector<wire::HeaderView> headers;
  for (const auto& [name, value] : response.headers) headers.push_back({name, value});
  if (!id_.empty()) headers.push_back({"x-request-id", id_});
  log(response, call);
  if (!broken_) {
    if (auto sent = http_.respond(response.status, headers, response.body); !sent.ok()) {
      const Response problem = shared_.gateway().problem(500, sent.error().within("the service's answer"));
      if (!http_.respond(problem.status, {}, problem.body).ok()) broke();
    }
  }
  forget_request();
}

void Connection::forget_request() {
  if (request_) shared_.return_bytes(request_->body.size());
  request_.reset();
  method_.clear();
  path_.clear();
  id_.clear();
}

void Connection::log(const Response& response, const Call* call) const {
  const auto took = std::chrono::duration<double, std::milli>(shared_.loop().environment().now() - started_);
  const std::initializer_list<log::Field> fields = {
      {"http_method", method_},   {"path", path_}, {"status", response.status}, {"bytes", response.body.size()},
      {"ms", took.count()}, {"request_id", id_}};
  if (call != nullptr) {
    log::info(*call, "request", fields);
  } else {
    log::write(log::Level::info, "request", fields);
  }
}

}  // namespace holon::gateway
