#include "wire/grpc.h"

#include <charconv>

namespace holon::wire {
namespace {

constexpr std::size_t prefix_bytes = 5;
constexpr std::size_t error_text_bytes_max = 4 << 10;
constexpr int priority_default = 1;

/// A decimal number of at most `max`, without sign or blanks.
std::optional<int> read_number(std::string_view text, int max) {
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || text.starts_with('-') || number > max) return {};
  return number;
}

/// "application/grpc" or "application/grpc+proto", with or without parameters.
bool is_grpc(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return content_type == "application/grpc" || content_type == "application/grpc+proto";
}

/// Names that have a meaning here or for HTTP, and so are nobody's metadata. What a service says to the gateway passes.
bool is_reserved(std::string_view name) {
  if (name == "holon-http-status") return false;
  return name.starts_with(':') || name.starts_with("grpc-") || name.starts_with("holon-") || name == "content-type" ||
         name == "te" || name == "user-agent" || name == "traceparent" || name == "content-length" || name == "host" ||
         name == "connection" || name == "keep-alive" || name == "proxy-connection" || name == "transfer-encoding" ||
         name == "upgrade";
}

bool is_name(std::string_view name) {
  for (char c : name) {
    bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!allowed) return false;
  }
  return !name.empty();
}

/// Printable ASCII that neither begins nor ends with a blank.
bool is_value(std::string_view value) {
  for (char c : value) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return !value.starts_with(' ') && !value.ends_with(' ');
}

/// Several values of a -bin name may come in one field, separated by commas. False if one is not base64.
bool add_binary(std::string_view name, std::string_view values, Metadata& into) {
  for (;;) {
    std::size_t comma = values.find(',');
    std::string_view one = values.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    auto decoded = base64_decode(one);
    if (!decoded) return false;
    into.add(name, std::move(*decoded));
    if (comma == std::string_view::npos) return true;
    values.remove_prefix(comma + 1);
  }
}

bool add_received(const HeaderView& header, Metadata& into) {
  if (is_reserved(header.name)) return true;
  if (header.name.ends_with("-bin")) return add_binary(header.name, header.value, into);
  into.add(header.name, std::string(header.value));
  return true;
}

Error not_base64(std::string_view name) {
  return invalid_argument("metadata " + std::string(name) + " is not base64");
}

/// 16 lower-case digits, without the allocations of TraceContext's own texts.
void append_hex(std::string& out, std::uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[number >> shift & 15];
}

/// What a request says beside its metadata, in terms of HTTP.
struct RequestForm {
  std::string_view method;
  std::string_view content_type;
  int traceparents = 0;
};

/// Reads one header; an error if its value makes the request unreadable.
std::optional<Error> read_header(const HeaderView& header, RequestForm& form, RequestHead& into) {
  auto [name, value, once] = header;
  if (name == ":path") {
    into.path = value;
  } else if (name == ":method") {
    form.method = value;
  } else if (name == ":authority") {
    into.authority = value;
  } else if (name == "content-type") {
    form.content_type = value;
  } else if (name == "grpc-timeout") {
    into.timeout = decode_timeout(value);
    if (!into.timeout) return invalid_argument("grpc-timeout is malformed: " + percent_encode(value));
  } else if (name == "traceparent") {
    // More than one is as good as none: nobody could say which.
    into.trace = form.traceparents++ == 0 ? parse_traceparent(value).value_or(TraceContext()) : TraceContext();
  } else if (name == "holon-caller") {
    into.caller = value;
  } else if (name == "holon-hops") {
    auto hops = read_number(value, 255);
    if (!hops) return invalid_argument("holon-hops is no number up to 255: " + percent_encode(value));
    into.hops = *hops;
  } else if (name == "holon-priority") {
    auto priority = read_number(value, 255);
    if (!priority) return invalid_argument("holon-priority is no number up to 255: " + percent_encode(value));
    into.priority = *priority;
  } else if (!add_received(header, into.metadata)) {
    return not_base64(name);
  }
  return {};
}

Code code_of_http(int status) {
  switch (status) {
    case 400: return Code::internal;
    case 401: return Code::unauthenticated;
    case 403: return Code::permission_denied;
    case 404: return Code::unimplemented;
    case 429: case 502: case 503: case 504: return Code::unavailable;
    default: return Code::unknown;
  }
}

/// What a response says beside its metadata.
struct ResponseForm {
  std::optional<int> http_status;
  std::string_view content_type;
  std::optional<std::string_view> status;
  std::string_view message;
  std::string_view details;
};

ResponseForm read_form(Headers headers) {
  ResponseForm form;
  for (auto [name, value, once] : headers) {
    if (name == ":status") {
      form.http_status = read_number(value, 999).value_or(0);
    } else if (name == "content-type") {
      form.content_type = value;
    } else if (name == "grpc-status") {
      form.status = value;
    } else if (name == "grpc-message") {
      form.message = value;
    } else if (name == "grpc-status-details-bin") {
      form.details = value;
    }
  }
  return form;
}

Result<void> stated_status(const ResponseForm& form) {
  auto number = read_number(*form.status, 999);
  if (number == 0) return {};
  std::string message = percent_decode(form.message);
  if (!number || *number > 16) {
    return unknown("grpc-status " + percent_encode(*form.status) + (message.empty() ? "" : ": " + message));
  }
  return Error(static_cast<Code>(*number), std::move(message), base64_decode(form.details).value_or(""));
}

std::optional<Result<void>> status_of(const ResponseForm& form, bool end) {
  if (form.status) return stated_status(form);
  if (form.http_status && *form.http_status / 100 == 1) return {};
  if (form.http_status && *form.http_status != 200) {
    return Error(code_of_http(*form.http_status),
                 "the peer answered with HTTP status " + std::to_string(*form.http_status));
  }
  if (form.http_status && !is_grpc(form.content_type)) {
    return unknown("the peer does not speak gRPC: content-type \"" + percent_encode(form.content_type) + "\"");
  }
  if (end) return unknown("the peer ended the stream without grpc-status");
  return {};
}

}  // namespace

std::optional<BadRequest> read_request(Headers headers, RequestHead& into) {
  RequestForm form;
  std::optional<Error> wrong;
  for (const HeaderView& header : headers) {
    auto error = read_header(header, form, into);
    if (error && !wrong) wrong = std::move(error);
  }
  if (form.method != "POST") return BadRequest{405, unimplemented("gRPC calls are POST requests")};
  if (!is_grpc(form.content_type)) {
    return BadRequest{415, unimplemented("gRPC's content-type is application/grpc or application/grpc+proto")};
  }
  if (wrong) return BadRequest{200, std::move(*wrong)};
  if (into.path.starts_with('/')) return {};
  return BadRequest{200, unimplemented("no method \"" + percent_encode(into.path) + '"')};
}

ResponseHead read_response(Headers headers, bool end) {
  ResponseHead head;
  head.status = status_of(read_form(headers), end);
  for (const HeaderView& header : headers) {
    if (!add_received(header, head.metadata) && (!head.status || head.status->ok())) {
      head.status = internal_error(not_base64(header.name).message());
    }
  }
  return head;
}

// ---- writing header blocks ------------------------------------------------------------------------------------------

void HeaderBlock::begin() {
  views_.clear();
  texts_used_ = 0;
}

std::string& HeaderBlock::text() {
  if (texts_used_ == texts_.size()) texts_.emplace_back();
  std::string& text = texts_[texts_used_++];
  text.clear();
  return text;
}

void HeaderBlock::add_metadata(const Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    if (is_reserved(name) || !is_name(name)) continue;
    if (name.ends_with("-bin")) {
      add(name, text() = base64_encode(value));
    } else if (is_value(value)) {
      add(name, value);
    }
  }
}

void HeaderBlock::add_status(const Result<void>& status) {
  if (status.ok()) return add("grpc-status", "0");
  const Error& error = status.error();
  add("grpc-status", text() = std::to_string(static_cast<int>(error.code())));
  std::string& message = text() = percent_encode(error.message());
  if (message.size() > error_text_bytes_max) {
    message.resize(std::min(message.find('%', error_text_bytes_max - 2), error_text_bytes_max));
  }
  if (!message.empty()) add_once("grpc-message", message);
  if (error.details().empty() || error.details().size() > error_text_bytes_max) return;
  add_once("grpc-status-details-bin", text() = base64_encode(error.details()));
}

Headers RequestWriter::write(std::string_view path, std::string_view authority,
                             std::optional<std::chrono::nanoseconds> timeout, const TraceContext& trace,
                             std::string_view caller, int hops, int priority, const Metadata& metadata) {
  begin();
  add(":method", "POST");
  add(":scheme", "http");
  add(":path", path);
  add(":authority", authority);
  add("te", "trailers");
  add("content-type", "application/grpc");
  add("user-agent", "holon/0.1");
  add("grpc-accept-encoding", "identity");
  if (timeout) add_once("grpc-timeout", text() = encode_timeout(*timeout));
  if ((trace.trace_high | trace.trace_low) != 0) write_traceparent(trace);
  if (!caller.empty()) add("holon-caller", caller);
  if (hops != 0) add("holon-hops", text() = std::to_string(hops));
  if (priority != priority_default) add("holon-priority", text() = std::to_string(priority));
  add_metadata(metadata);
  return views_;
}

void RequestWriter::write_traceparent(const TraceContext& trace) {
  std::string& out = text();
  out.append("00-");
  append_hex(out, trace.trace_high);
  append_hex(out, trace.trace_low);
  out.append("-");
  append_hex(out, trace.span);
  out.append(trace.sampled ? "-01" : "-00");
  add_once("traceparent", out);
}

Headers ResponseWriter::headers(const Metadata& metadata) {
  begin();
  add(":status", "200");
  add("content-type", "application/grpc");
  add_metadata(metadata);
  return views_;
}

Headers ResponseWriter::trailers(const Result<void>& status, const Metadata& metadata) {
  begin();
  add_status(status);
  add_metadata(metadata);
  return views_;
}

Headers ResponseWriter::trailers_only(const Result<void>& status, const Metadata& headers, const Metadata& trailers) {
  begin();
  add(":status", "200");
  add("content-type", "application/grpc");
  add("grpc-accept-encoding", "identity");  // what a caller learns from an UNIMPLEMENTED compressed message
  add_status(status);
  add_metadata(headers);
  add_metadata(trailers);
  return views_;
}

Headers ResponseWriter::plain(int http_status, const Error& error) {
  begin();
  add(":status", text() = std::to_string(http_status));
  if (http_status == 405) add("allow", "POST");
  add_status(error);
  return views_;
}

// ---- messages -------------------------------------------------------------------------------------------------------

namespace {

std::size_t size_at(std::string_view prefix) {
  std::size_t size = 0;
  for (std::size_t i = 1; i < prefix_bytes; ++i) size = size << 8 | static_cast<unsigned char>(prefix[i]);
  return size;
}

}  // namespace

void append_prefix(std::string& out, std::size_t size) {
  out.append({'\0', static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8),
              static_cast<char>(size)});
}

Result<void> MessageReader::feed(Bytes bytes) {
  if (start_ > 0 && start_ >= buffer_.size() - start_) {
    buffer_.erase(0, start_);
    known_ -= start_;
    start_ = 0;
  }
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (known_ + prefix_bytes <= buffer_.size()) {
    std::string_view prefix = std::string_view(buffer_).substr(known_, prefix_bytes);
    std::size_t size = size_at(prefix);
    if (prefix[0] == 1) return unimplemented("the message is compressed; this peer accepts identity only");
    if (prefix[0] != 0) return internal_error("the message's prefix begins with neither 0 nor 1");
    if (size > bytes_max_) {
      return resource_exhausted("message of " + std::to_string(size) + " bytes; at most " + std::to_string(bytes_max_) +
                                " are taken");
    }
    known_ += prefix_bytes + size;
  }
  return {};
}

std::optional<std::string_view> MessageReader::next() {
  std::string_view rest = std::string_view(buffer_).substr(start_);
  if (rest.size() < prefix_bytes) return {};
  std::size_t size = size_at(rest);
  if (rest.size() - prefix_bytes < size) return {};
  start_ += prefix_bytes + size;
  return rest.substr(prefix_bytes, size);
}

bool MessageReader::partial() const { return known_ != buffer_.size(); }

}  // namespace holon::wire
