#include "wire/http1_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "wire/http1_gate.h"
#include "wire/http1_parser.h"
#include "wire/http1_request.h"
#include "wire/http1_response.h"

namespace holon::wire {
namespace {

constexpr std::string_view disagreement = "the gate and the parser disagree about the response";

/// Headers by which the connection itself frames the request, or which say how it is to be answered.
bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 10> framing = {
      "connection", "content-length", "expect",  "host",    "http2-settings",
      "keep-alive", "te",             "trailer", "upgrade", "transfer-encoding"};
  return std::any_of(framing.begin(), framing.end(), [&](std::string_view each) { return equals_ignoring_case(name, each); });
}

bool is_target(std::string_view target, std::string_view method) {
  const bool clean = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  return clean && (target.starts_with('/') || (target == "*" && method == "OPTIONS"));
}

bool is_authority(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '/' && c != ','; });
}

Result<void> check(const Http1RequestHead& head) {
  if (!is_token(head.method) || head.method == "CONNECT") return invalid_argument("the method is none that is sent here");
  if (!is_target(head.target, head.method)) {
    return invalid_argument("the target must begin with a slash and have no characters that must be percent-encoded");
  }
  if (!is_authority(head.authority)) return invalid_argument("the authority is no host, perhaps with a port");
  if (!head.upgrade.empty() && (!is_token(head.upgrade) || head.has_body)) {
    return invalid_argument("an upgrade is a protocol's name, and its request has no body");
  }
  for (const HeaderView& header : head.headers) {
    const std::string name(header.name);
    if (!is_token(name)) return invalid_argument("a request header's name is no token");
    if (is_framing(name)) return invalid_argument("request header " + name + " is the connection's own");
    if (!is_field_value(header.value)) return invalid_argument("request header " + name + " has a control character");
  }
  return {};
}

/// Who sends these without a body says so (RFC 9110, 8.6).
bool expects_length(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

Http1Limits gate_limits(const Http1ClientLimits& limits) {
  Http1Limits out;
  out.head_bytes_max = limits.head_bytes_max;
  out.headers_max = limits.headers_max;
  out.body_bytes_max = std::numeric_limits<std::size_t>::max();  // whoever reads bodies bounds them
  return out;
}

}  // namespace

struct Http1ClientConnection::Impl {
  enum class Receiving {
    nothing,    ///< no request is under way
    head,
    body,       ///< of a length, or in chunks
    until_end,  ///< a body that ends with the connection, or the bytes of another protocol
    over,
  };
  enum class Sending { nothing, length, chunked, tunnel };

  Impl(const Http1ClientLimits& limits_, Http1ClientEvents& events_)
      : limits(limits_), events(events_), gate(gate_limits(limits_), Http1Gate::Start::status_line) {}

  void append_head(const Http1RequestHead& request);
  void take_head(std::string_view& input);
  std::string_view head_complete();
  std::string_view final_head();
  void take_body(std::string_view& input);
  std::size_t body_size_here(std::string_view bytes);
  void response_complete();
  void finish() {
    receiving = Receiving::over;
    sending = Sending::nothing;
  }
  void fail(std::string_view why) {
    finish();
    out.clear();
    events.failed(why);
  }
  void await_head() {
    receiving = Receiving::head;
    gate.begin_head();
    head.clear();
  }

  const Http1ClientLimits limits;
  Http1ClientEvents& events;
  Http1Gate gate;
  Http1Parser parser{HTTP_RESPONSE};
  ResponseMeaning meaning;
  Receiving receiving = Receiving::nothing;
  Sending sending = Sending::nothing;
  bool head_request = false;       ///< HEAD: the response has no body
  bool asked_for_upgrade = false;
  bool switched = false;
  bool unasked = false;
  int informational = 0;           ///< of this request
  std::uint64_t send_left = 0;     ///< of a request's body with Content-Length
  std::uint64_t receive_left = 0;  ///< of a response's
  std::string head;                ///< of the response; its views point here
  std::vector<HeaderView> headers;
  std::string out;
};

// ---- the request ----------------------------------------------------------------------------------------------------

Result<void> Http1ClientConnection::request(const Http1RequestHead& head) {
  Impl& impl = *impl_;
  if (!reusable()) return failed_precondition("the connection takes no further request");
  HOLON_TRY(check(head));
  impl.head_request = head.method == "HEAD";
  impl.asked_for_upgrade = !head.upgrade.empty();
  impl.informational = 0;
  impl.send_left = head.has_body ? head.length.value_or(0) : 0;
  if (head.has_body) impl.sending = head.length ? Impl::Sending::length : Impl::Sending::chunked;
  impl.append_head(head);
  impl.await_head();
  return {};
}

void Http1ClientConnection::Impl::append_head(const Http1RequestHead& request) {
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nhost: ");
  out.append(request.authority).append("\r\n");
  for (const HeaderView& header : request.headers) {
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  if (sending == Sending::chunked) {
    out.append("transfer-encoding: chunked\r\n");
  } else if (sending == Sending::length || expects_length(request.method)) {
    out.append("content-length: ").append(std::to_string(send_left)).append("\r\n");
  }
  if (asked_for_upgrade) out.append("connection: upgrade\r\nupgrade: ").append(request.upgrade).append("\r\n");
  out.append("\r\n");
}

void Http1ClientConnection::write(std::string_view bytes) {
  Impl& impl = *impl_;
  if (impl.sending == Impl::Sending::nothing || bytes.empty()) return;
  if (impl.sending == Impl::Sending::length) {
    if (bytes.size() > impl.send_left) return impl.fail("the request's body is longer than was said");
    impl.send_left -= bytes.size();
  }
  if (impl.sending != Impl::Sending::chunked) {
    impl.out.append(bytes);
    return;
  }
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), bytes.size(), 16).ptr;
  impl.out.append(digits.begin(), end).append("\r\n").append(bytes).append("\r\n");
}

Result<void> Http1ClientConnection::end() {
  Impl& impl = *impl_;
  if (impl.sending == Impl::Sending::length && impl.send_left > 0) {
    impl.fail("the request's body is shorter than was said");
    return invalid_argument("the request's body is shorter than was said");
  }
  if (impl.sending == Impl::Sending::chunked) impl.out.append("0\r\n\r\n");
  impl.sending = Impl::Sending::nothing;
  return {};
}

// ---- the response ---------------------------------------------------------------------------------------------------

void Http1ClientConnection::receive(Bytes bytes) {
  Impl& impl = *impl_;
  std::string_view input(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!input.empty()) {
    switch (impl.receiving) {
      case Impl::Receiving::head:
        impl.take_head(input);
        break;
      case Impl::Receiving::body:
        impl.take_body(input);
        break;
      case Impl::Receiving::until_end:
        return impl.events.response_body(std::as_bytes(std::span(input)));
      case Impl::Receiving::nothing:
        impl.unasked = true;
        return impl.finish();
      case Impl::Receiving::over:
        return;
    }
  }
}

void Http1ClientConnection::Impl::take_head(std::string_view& input) {
  const std::size_t taken = gate.pass(input);
  head.append(input.substr(0, taken));
  input.remove_prefix(taken);
  if (gate.refusal()) return fail(gate.refusal()->why);
  if (!gate.complete()) return;
  if (auto why = head_complete(); !why.empty()) fail(why);
}

/// Why the response is refused, or empty.
std::string_view Http1ClientConnection::Impl::head_complete() {
  const std::string_view status_line = split_head(head, headers);
  if (auto why = read_response_head(status_line, headers, meaning); !why.empty()) return why;
  const int status = meaning.response.status;
  const bool bodiless = head_request || status < 200 || status == 204 || status == 304;
  if (!parser.parse_head(head, headers, bodiless) || parser.status() != status) return disagreement;
  if (status >= 200 || status == 101) return final_head();
  if (!parser.complete()) return disagreement;
  if (++informational > limits.informational_max) return "too many informational responses";
  events.informational(status, headers);
  await_head();
  return {};
}

std::string_view Http1ClientConnection::Impl::final_head() {
  const Http1Response& response = meaning.response;
  const bool sized = response.chunked || response.content_length.has_value();
  if (response.status == 101) {
    if (!asked_for_upgrade || !parser.complete()) return "the server switches to a protocol that was not asked for";
    switched = true;
    receiving = Receiving::until_end;
    sending = Sending::tunnel;
  } else if (parser.complete()) {
    receiving = Receiving::body;
    receive_left = 0;
  } else if (sized) {
    receiving = Receiving::body;
    receive_left = response.content_length.value_or(0);
    if (response.chunked) gate.begin_chunks();
    if (!response.chunked && receive_left == 0) return disagreement;
  } else {
    receiving = Receiving::until_end;
    meaning.keep_alive = false;
  }
  events.response_head(response);
  if (receiving == Receiving::body && parser.complete()) response_complete();
  return {};
}

void Http1ClientConnection::Impl::take_body(std::string_view& input) {
  const std::size_t size = body_size_here(input);
  const std::string_view bytes = input.substr(0, size);
  input.remove_prefix(size);
  if (gate.refusal()) return fail(gate.refusal()->why);
  const bool parsed = parser.parse_body(
      bytes, [this](std::string_view piece) { events.response_body(std::as_bytes(std::span(piece))); });
  const bool whole = meaning.response.chunked ? gate.complete() : receive_left == 0;
  if (!parsed || parser.complete() != whole) return fail(disagreement);
  if (whole) response_complete();
}

/// How many of `bytes` belong to the body.
std::size_t Http1ClientConnection::Impl::body_size_here(std::string_view bytes) {
  if (meaning.response.chunked) return gate.pass(bytes);
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(receive_left, bytes.size()));
  receive_left -= size;
  return size;
}

/// A response may come before the whole request has left; the rest of that would be in the way of the next one.
void Http1ClientConnection::Impl::response_complete() {
  const bool keeps = meaning.keep_alive && sending == Sending::nothing;
  finish();
  if (keeps) receiving = Receiving::nothing;
  events.response_end(parser.trailers());
}

void Http1ClientConnection::receive_end() {
  Impl& impl = *impl_;
  switch (impl.receiving) {
    case Impl::Receiving::until_end:
      if (!impl.switched && !impl.parser.may_end_here()) return impl.fail(disagreement);
      if (impl.switched) {
        impl.receiving = Impl::Receiving::over;  // our direction may go on
      } else {
        impl.finish();
      }
      return impl.events.response_end({});
    case Impl::Receiving::head:
      return impl.fail(impl.head.empty() ? "the server closed the connection without an answer"
                                         : "the server closed the connection in the midst of the response's head");
    case Impl::Receiving::body:
      return impl.fail("the server closed the connection in the midst of the response's body");
    case Impl::Receiving::nothing:
    case Impl::Receiving::over:
      return impl.finish();
  }
}

bool Http1ClientConnection::reusable() const {
  return impl_->receiving == Impl::Receiving::nothing && impl_->sending == Impl::Sending::nothing;
}
bool Http1ClientConnection::over() const {
  return impl_->receiving == Impl::Receiving::over && impl_->sending == Impl::Sending::nothing;
}
bool Http1ClientConnection::unasked() const { return impl_->unasked; }
bool Http1ClientConnection::switched() const { return impl_->switched; }

void Http1ClientConnection::gather(std::string& buffer) {
  if (buffer.empty()) {
    buffer.swap(impl_->out);
  } else {
    buffer.append(impl_->out);
  }
  impl_->out.clear();
}

std::size_t Http1ClientConnection::unsent() const { return impl_->out.size(); }

Http1ClientConnection::Http1ClientConnection(const Http1ClientLimits& limits, Http1ClientEvents& events)
    : impl_(std::make_unique<Impl>(limits, events)) {}
Http1ClientConnection::~Http1ClientConnection() = default;

}  // namespace holon::wire
