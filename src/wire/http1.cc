#include "wire/http1.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "wire/http1_gate.h"
#include "wire/http1_parser.h"
#include "wire/http1_request.h"

namespace holon::wire {

struct Http1Connection::Impl {
  enum class State {
    head,     ///< of a request, being received
    body,
    waiting,  ///< the request is complete, or there is none to read: its answer is awaited
    raw,      ///< another protocol is spoken
    over,     ///< nothing is read or answered any more
  };
  enum class Answer { none, begun, complete };
  enum class BodyForm { none, length, chunked, rest };  ///< rest: until the connection ends, or our direction does

  Impl(const Http1Limits& limits_, Http1Events& events_) : limits(limits_), events(events_), gate(limits_) {}

  // The request.
  void process();
  void take_head();
  void head_complete();
  void take_body();
  void request_complete();
  void refuse(const HttpRule& rule);
  std::size_t body_size_here(std::string_view bytes);

  // The answer.
  Result<void> begin_answer(int status, Headers headers, std::optional<std::uint64_t> length);
  void append_head(int status, Headers headers, std::optional<std::uint64_t> length);
  void append_body(std::string_view bytes);
  void end_answer(Headers trailers);
  void append_status(int status);
  void append_fields(Headers headers);
  void next_request();
  void cut_off() {
    state = State::over;
    answer = Answer::complete;
    input = {};
    kept.clear();
  }

  const Http1Limits limits;
  Http1Events& events;
  Http1Gate gate;
  Http1Parser parser;
  RequestMeaning meaning;
  State state = State::head;
  Answer answer = Answer::none;
  BodyForm form = BodyForm::none;
  bool head_request = false;   ///< HEAD: the answer goes without its body
  bool closing = false;        ///< after the answer under way, or the next one
  bool processing = false;
  std::uint64_t body_left = 0;    ///< of a request with Content-Length
  std::uint64_t answer_left = 0;  ///< of an answer with Content-Length
  std::string head;               ///< of the request; its views point here
  std::vector<HeaderView> headers;
  bool head_is_old = false;       ///< the event that looks at it may still run: it is cleared by the next one
  std::string kept;               ///< received, not looked at yet
  std::string_view input;         ///< being processed: what arrived, or `kept`
  std::string out;
};

// ---- the request ----------------------------------------------------------------------------------------------------

void Http1Connection::receive(Bytes bytes) {
  Impl& impl = *impl_;
  if (impl.state == Impl::State::over) return;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (impl.state == Impl::State::waiting || !impl.kept.empty()) {
    impl.kept.append(text);
    if (impl.kept.size() > impl.limits.pipelined_bytes_max) {
      impl.events.refused(http1_rule::pipelined);
      return impl.cut_off();
    }
    if (impl.state != Impl::State::waiting) proceed();
    return;
  }
  impl.input = text;
  impl.process();
  impl.kept.assign(impl.input);
  impl.input = {};
}

void Http1Connection::proceed() {
  Impl& impl = *impl_;
  assert(!impl.processing);
  if (impl.state == Impl::State::over || impl.kept.empty()) return;
  std::string kept = std::move(impl.kept);
  impl.kept.clear();
  impl.input = kept;
  impl.process();
  impl.kept.assign(impl.input);
  impl.input = {};
}

void Http1Connection::Impl::process() {
  processing = true;
  while (!input.empty()) {
    if (state == State::head) {
      take_head();
    } else if (state == State::body) {
      take_body();
    } else if (state == State::raw) {
      events.request_body(std::as_bytes(std::span(std::exchange(input, {}))));
    } else {
      break;
    }
  }
  if (state == State::over) input = {};
  processing = false;
}

void Http1Connection::Impl::take_head() {
  if (head_is_old) head.clear();
  head_is_old = false;
  std::size_t taken = gate.pass(input);
  head.append(input.substr(0, taken));
  input.remove_prefix(taken);
  if (gate.refusal() != nullptr) return refuse(*gate.refusal());
  if (gate.complete()) head_complete();
}

void Http1Connection::Impl::head_complete() {
  std::string_view request_line = split_head(head, headers);
  if (HttpVerdict wrong = read_head(request_line, headers, limits, meaning)) return refuse(*wrong);
  const Http1Request& request = meaning.request;
  bool has_body = request.chunked || request.content_length.value_or(0) > 0;
  if (!parser.parse_head(head, headers) || parser.complete() == has_body) return refuse(http1_rule::disagreement);
  head_request = request.method == "HEAD";
  if (!meaning.keep_alive) closing = true;
  body_left = request.content_length.value_or(0);
  if (request.chunked) gate.begin_chunks();
  state = has_body ? State::body : State::waiting;
  events.request_head(request);
  if (state == State::waiting) request_complete();
}

void Http1Connection::Impl::take_body() {
  std::size_t size = body_size_here(input);
  std::string_view bytes = input.substr(0, size);
  input.remove_prefix(size);
  if (gate.refusal() != nullptr) return refuse(*gate.refusal());
  bool parsed = parser.parse_body(bytes, [&](std::string_view piece) {
    if (state == State::body) events.request_body(std::as_bytes(std::span(piece)));
  });
  if (state != State::body) return;  // answered, or cut off, in the midst of it
  bool whole = meaning.request.chunked ? gate.complete() : body_left == 0;
  if (!parsed || parser.complete() != whole) return refuse(http1_rule::disagreement);
  if (!whole) return;
  state = State::waiting;
  request_complete();
}

/// How many of `bytes` belong to the body.
std::size_t Http1Connection::Impl::body_size_here(std::string_view bytes) {
  if (meaning.request.chunked) return gate.pass(bytes);
  auto size = static_cast<std::size_t>(std::min<std::uint64_t>(body_left, bytes.size()));
  body_left -= size;
  return size;
}

void Http1Connection::Impl::request_complete() {
  if (answer != Answer::complete) events.request_end();
}

void Http1Connection::Impl::refuse(const HttpRule& rule) {
  if (answer != Answer::none) {
    events.refused(rule);
    return cut_off();
  }
  if (state == State::head) {
    meaning = {};
    head_request = false;
  }
  state = State::waiting;
  closing = true;
  input = {};
  if (events.refused(rule) || answer != Answer::none || state == State::over) return;
  std::string text = std::string(rule.why) + "\n";
  const HeaderView plain[] = {{"content-type", "text/plain; charset=utf-8"}};
  if (begin_answer(rule.status, plain, text.size()).ok()) {
    append_body(text);
    end_answer({});
  }
}

void Http1Connection::give_up_head() {
  if (impl_->state == Impl::State::head) impl_->refuse(http1_rule::slow_head);
}

bool Http1Connection::wants_read() const {
  return impl_->state == Impl::State::head || impl_->state == Impl::State::body || impl_->state == Impl::State::raw;
}

bool Http1Connection::idle() const {
  const Impl& impl = *impl_;
  bool between = impl.state == Impl::State::head && (impl.head_is_old || impl.head.empty());
  return between && impl.kept.empty() && impl.input.empty();
}

bool Http1Connection::switched() const { return impl_->state == Impl::State::raw; }

bool Http1Connection::in_body() const { return impl_->state == Impl::State::body; }

void Http1Connection::drain() {
  impl_->closing = true;
  if (idle()) impl_->cut_off();
}

bool Http1Connection::finished() const {
  const Impl& impl = *impl_;
  const bool ended = impl.state == Impl::State::raw && impl.answer == Impl::Answer::complete;
  return (ended || impl.state == Impl::State::over) && impl.out.empty();
}

// ---- the answer -----------------------------------------------------------------------------------------------------

Result<void> Http1Connection::respond(int status, Headers headers, std::string_view body) {
  auto begun = impl_->begin_answer(status, headers, body.size());
  if (!begun.ok()) return begun;
  impl_->append_body(body);
  impl_->end_answer({});
  return {};
}

Result<void> Http1Connection::respond_head(int status, Headers headers, std::optional<std::uint64_t> length) {
  return impl_->begin_answer(status, headers, length);
}

void Http1Connection::write(std::string_view bytes) { impl_->append_body(bytes); }
void Http1Connection::end(Headers trailers) { impl_->end_answer(trailers); }
void Http1Connection::abort() { impl_->cut_off(); }

void Http1Connection::inform(int status, Headers headers) {
  Impl& impl = *impl_;
  const bool asked = impl.state == Impl::State::body || impl.state == Impl::State::waiting;
  if (!asked || impl.answer != Impl::Answer::none || impl.meaning.request.http_1_0) return;
  if (!check_answer_headers(headers).ok()) return;
  impl.append_status(status);
  impl.append_fields(headers);
  impl.out.append("\r\n");
}

Result<void> Http1Connection::switch_protocols(Headers headers) {
  Impl& impl = *impl_;
  const bool asked = impl.state == Impl::State::waiting && impl.answer == Impl::Answer::none;
  if (!asked || impl.meaning.request.upgrade.empty()) return failed_precondition("no request waits for another protocol");
  HOLON_TRY(check_answer_headers(headers));
  impl.append_status(101);
  impl.append_fields(headers);
  impl.out.append("connection: upgrade\r\nupgrade: ").append(impl.meaning.request.upgrade).append("\r\n\r\n");
  impl.state = Impl::State::raw;
  impl.answer = Impl::Answer::begun;
  impl.form = Impl::BodyForm::rest;
  return {};
}

Result<void> Http1Connection::Impl::begin_answer(int status, Headers headers, std::optional<std::uint64_t> length) {
  bool asked = state == State::body || state == State::waiting;
  if (!asked || answer != Answer::none) return failed_precondition("no request waits for an answer");
  HOLON_TRY(check_answer(status, headers));
  if (state == State::body) closing = true;  // the rest of the body would have to be read to find the next request
  if (has_no_body(status)) {
    form = BodyForm::none;
    length.reset();
  } else if (length) {
    form = BodyForm::length;
  } else if (meaning.request.http_1_0) {
    form = BodyForm::rest;
    closing = true;
  } else {
    form = BodyForm::chunked;
  }
  answer = Answer::begun;
  answer_left = length.value_or(0);
  append_head(status, headers, length);
  return {};
}

void Http1Connection::Impl::append_status(int status) {
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_phrase(status)).append("\r\n");
}

void Http1Connection::Impl::append_fields(Headers headers) {
  for (const HeaderView& header : headers) {
    out.append(header.name).append(": ").append(trimmed(header.value)).append("\r\n");
  }
}

void Http1Connection::Impl::append_head(int status, Headers headers, std::optional<std::uint64_t> length) {
  append_status(status);
  append_fields(headers);
  if (length) out.append("content-length: ").append(std::to_string(*length)).append("\r\n");
  if (form == BodyForm::chunked) out.append("transfer-encoding: chunked\r\n");
  if (closing) {
    out.append("connection: close\r\n");
  } else if (meaning.request.http_1_0) {
    out.append("connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void Http1Connection::Impl::append_body(std::string_view bytes) {
  if (answer != Answer::begun || bytes.empty() || form == BodyForm::none) return;
  if (form == BodyForm::length) {
    if (bytes.size() > answer_left) return cut_off();  // it would be read as the next answer
    answer_left -= bytes.size();
  }
  if (head_request) return;
  if (form != BodyForm::chunked) {
    out.append(bytes);
    return;
  }
  std::array<char, 16> digits;
  auto end = std::to_chars(digits.begin(), digits.end(), bytes.size(), 16).ptr;
  out.append(digits.begin(), end).append("\r\n").append(bytes).append("\r\n");
}

void Http1Connection::Impl::end_answer(Headers trailers) {
  if (answer != Answer::begun) return;
  if (form == BodyForm::length && answer_left > 0 && !head_request) return cut_off();
  if (form == BodyForm::chunked && !head_request) {
    out.append("0\r\n");
    if (meaning.request.takes_trailers && check_answer_headers(trailers).ok()) append_fields(trailers);
    out.append("\r\n");
  }
  answer = Answer::complete;
  if (state == State::raw) return;
  if (closing) return cut_off();
  next_request();
}

void Http1Connection::Impl::next_request() {
  state = State::head;
  answer = Answer::none;
  head_is_old = true;
  gate.begin_head();
}

void Http1Connection::gather(std::string& buffer) {
  if (buffer.empty()) {
    buffer.swap(impl_->out);
  } else {
    buffer.append(impl_->out);
  }
  impl_->out.clear();
}

bool Http1Connection::wants_write() const { return !impl_->out.empty(); }
std::size_t Http1Connection::unsent() const { return impl_->out.size(); }

Http1Connection::Http1Connection(const Http1Limits& limits, Http1Events& events)
    : impl_(std::make_unique<Impl>(limits, events)) {}
Http1Connection::~Http1Connection() = default;

}  // namespace holon::wire
