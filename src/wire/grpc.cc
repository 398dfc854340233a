#include "wire/grpc.h"

#include <array>
#include <charconv>
#include <cstring>

#include "wire/metadata.h"

namespace holon::wire {
namespace {

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

/// The form of a content-type with or without `+proto` and parameters; nothing for others.
std::optional<Form> form_of(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  if (content_type.ends_with("+proto")) content_type.remove_suffix(6);
  if (content_type == "application/grpc") return Form::grpc;
  if (content_type == "application/grpc-web") return Form::web;
  if (content_type == "application/grpc-web-text" || content_type == "application/grpc-web-text-base64") {
    return Form::web_text;
  }
  return {};
}

bool is_grpc(std::string_view content_type) { return form_of(content_type) == Form::grpc; }

/// The form in which a gRPC-Web request wants its answer: the first one that `accept` names, else its own.
Form answer_form(Form request, std::string_view accept) {
  while (!accept.empty()) {
    std::size_t comma = std::min(accept.find(','), accept.size());
    std::string_view one = accept.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    std::optional<Form> form = form_of(one);
    if (form == Form::web || form == Form::web_text) return *form;
    accept.remove_prefix(std::min(comma + 1, accept.size()));
  }
  return request;
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
  struct Pairs {
    char text[512];
    constexpr Pairs() : text() {
      for (int i = 0; i < 512; ++i) text[i] = "0123456789abcdef"[i % 2 == 0 ? i / 2 >> 4 : i / 2 & 15];
    }
  };
  static constexpr Pairs pairs;
  char digits[16];
  for (int i = 14; i >= 0; i -= 2, number >>= 8) std::memcpy(digits + i, pairs.text + 2 * (number & 255), 2);
  out.append(digits, 16);
}

/// Nothing for one that is not supported.
std::optional<Encoding> read_encoding(std::string_view name) {
  if (name == "identity") return Encoding::identity;
  if (name == "gzip") return Encoding::gzip;
  return {};
}

std::string unknown_encoding(std::string_view name) {
  return "grpc-encoding " + percent_encode(name) + " is not supported; there are identity and gzip";
}

/// Whether a comma-separated list has `gzip`.
bool names_gzip(std::string_view list) {
  for (;;) {
    std::size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "gzip") return true;
    if (comma == list.size()) return false;
    list.remove_prefix(comma + 1);
  }
}

/// What a field takes of a header list (RFC 9113, 6.5.2).
std::size_t list_bytes(std::string_view name, std::size_t value_bytes) { return name.size() + value_bytes + 32; }

/// Cuts a percent-encoded text to `bytes_max`, but in no escape and in no character of UTF-8.
void cut_message(std::string& encoded, std::size_t bytes_max) {
  if (encoded.size() <= bytes_max) return;
  std::size_t end = bytes_max;
  auto inside = [&](std::size_t at) {
    for (std::size_t back = 1; back <= 2 && back <= at; ++back) {
      if (encoded[at - back] == '%') return true;
    }
    return encoded[at] == '%' && encoded[at + 1] >= '8' && encoded[at + 1] <= 'B';  // a byte that continues a character
  };
  while (end > 0 && inside(end)) --end;
  while (end > 0 && encoded[end - 1] == ' ') --end;  // a value ends with none (RFC 9113, 8.2.1)
  encoded.resize(end);
}

/// What a request says beside its metadata, in terms of HTTP.
struct RequestForm {
  std::string_view method;
  std::string_view content_type;
  std::string_view accept;
  int traceparents = 0;
};

/// A request's headers, read as far as they came.
struct RequestReading {
  RequestForm form;
  RequestHead head;
  std::optional<Error> wrong;
};

/// Reads one header; an error if its value makes the request unreadable.
std::optional<Error> read_header(const HeaderView& header, RequestForm& form, RequestHead& into) {
  auto [name, value, once] = header;
  if (name == ":path") {
    into.path = value;
  } else if (name == ":method") {
    form.method = value;
  } else if (name == ":authority") {
  } else if (name == "content-type") {
    form.content_type = value;
  } else if (name == "grpc-timeout") {
    into.timeout = decode_timeout(value);
    if (!into.timeout) return invalid_argument("grpc-timeout is malformed: " + percent_encode(value));
  } else if (name == "grpc-encoding") {
    auto encoding = read_encoding(value);
    if (!encoding) return unimplemented(unknown_encoding(value));
    into.encoding = *encoding;
  } else if (name == "grpc-accept-encoding") {
    into.accepts_gzip = into.accepts_gzip || names_gzip(value);
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
  } else if (name == "accept") {
    form.accept = value;
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
  std::string_view encoding = "identity";
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
    } else if (name == "grpc-encoding") {
      form.encoding = value;
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

namespace {

void read_on(Headers headers, RequestReading& reading) {
  for (const HeaderView& header : headers) {
    auto error = read_header(header, reading.form, reading.head);
    if (error && !reading.wrong) reading.wrong = std::move(error);
  }
}

std::optional<BadRequest> finish(RequestReading& reading) {
  const RequestForm& form = reading.form;
  if (form.method != "POST") return BadRequest{405, unimplemented("gRPC calls are POST requests")};
  const std::optional<Form> carried = form_of(form.content_type);
  if (!carried) {
    return BadRequest{415, unimplemented("no content-type of gRPC: application/grpc, application/grpc-web or "
                                         "application/grpc-web-text, each with or without +proto")};
  }
  RequestHead& head = reading.head;
  head.form = *carried;
  head.answer_form = *carried == Form::grpc ? Form::grpc : answer_form(*carried, form.accept);
  if (reading.wrong) return BadRequest{200, std::move(*reading.wrong)};
  if (head.path.starts_with('/')) return {};
  return BadRequest{200, unimplemented("no method \"" + percent_encode(head.path) + '"')};
}

}  // namespace

std::optional<BadRequest> read_request(Headers headers, RequestHead& into) {
  return read_request(headers, nullptr, into);
}

std::optional<BadRequest> read_request(Headers headers, HeaderMemo* memo, RequestHead& into) {
  RequestReading reading;
  if (memo == nullptr) {
    read_on(headers, reading);
  } else {
    if (memo->content == nullptr) {  // its views are of the memo's own fields, and live as long
      auto beginning = std::make_shared<RequestReading>();
      read_on(headers.first(memo->fields), *beginning);
      memo->content = std::move(beginning);
    }
    reading = *static_cast<const RequestReading*>(memo->content.get());
    read_on(headers.subspan(memo->fields), reading);
  }
  std::optional<BadRequest> bad = finish(reading);
  into = std::move(reading.head);
  return bad;
}

ResponseHead read_response(Headers headers, bool end) {
  ResponseHead head;
  const ResponseForm form = read_form(headers);
  head.status = status_of(form, end);
  auto wrong = [&](std::string why) {
    if (!head.status || head.status->ok()) head.status = internal_error(std::move(why));
  };
  if (auto encoding = read_encoding(form.encoding)) {
    head.encoding = *encoding;
  } else {
    wrong("the answer's " + unknown_encoding(form.encoding));
  }
  for (const HeaderView& header : headers) {
    if (!add_received(header, head.metadata)) wrong(not_base64(header.name).message());
  }
  return head;
}

ResponseHead read_response(Headers headers, HeaderMemo* memo, bool end) {
  struct Known {
    bool end;
    ResponseHead head;
  };
  if (memo == nullptr || memo->fields != headers.size()) return read_response(headers, end);
  if (memo->content == nullptr) memo->content = std::make_shared<Known>(Known{end, read_response(headers, end)});
  const auto& known = *static_cast<const Known*>(memo->content.get());
  return known.end == end ? known.head : read_response(headers, end);
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
    if (!is_carried(name, value)) continue;
    if (name.ends_with("-bin")) {
      add(name, text() = base64_encode(value));
    } else {
      add(name, value);
    }
  }
}

void HeaderBlock::add_status(const Result<void>& status, std::size_t list_bytes_max) {
  if (status.ok()) return add("grpc-status", "0");
  const Error& error = status.error();
  add("grpc-status", text() = std::to_string(static_cast<int>(error.code())));
  std::size_t left = list_bytes_max;
  auto take = [&left](std::size_t bytes) {
    left -= std::min(left, bytes);
    return left;
  };
  for (const HeaderView& header : views_) take(list_bytes(header.name, header.value.size()));
  constexpr std::string_view message_name = "grpc-message";
  std::string& message = text() = percent_encode(error.message());
  cut_message(message, std::min(error_text_bytes_max, take(list_bytes(message_name, 0))));
  if (!message.empty()) add_once(message_name, message);
  if (error.details().empty()) return;
  constexpr std::string_view details_name = "grpc-status-details-bin";
  std::string& details = text() = base64_encode(error.details());
  if (list_bytes(details_name, details.size()) <= take(message.size())) add_once(details_name, details);
}

OutgoingHeaders RequestWriter::write(std::string_view method, Origin origin,
                                     std::optional<std::chrono::nanoseconds> timeout, const TraceContext& trace,
                                     std::string_view caller, int hops, int priority, const Metadata& metadata,
                                     Encoding encoding) {
  begin();
  if (timeout) add_once("grpc-timeout", text() = encode_timeout(*timeout));
  if ((trace.trace_high | trace.trace_low) != 0) write_traceparent(trace);
  add_metadata(metadata);
  return {recurring(method, origin, caller, hops, priority, encoding), views_};
}

const HeaderTemplate& RequestWriter::recurring(std::string_view method, Origin origin, std::string_view caller,
                                               int hops, int priority, Encoding encoding) {
  constexpr std::size_t kept_count = 64;
  if (kept_.empty()) kept_.resize(kept_count);
  std::size_t hash = method.size() * 31 + static_cast<std::size_t>(hops);
  for (char c : method.substr(method.size() - std::min<std::size_t>(method.size(), 8))) {
    hash = hash * 31 + static_cast<unsigned char>(c);
  }
  Kept& kept = kept_[hash % kept_count];
  bool same = kept.method == method && kept.authority == origin.authority && kept.scheme == origin.scheme &&
              kept.caller == caller && kept.hops == hops && kept.priority == priority && kept.encoding == encoding;
  if (same) return *kept.fields;
  kept.method = method;
  kept.authority = origin.authority;
  kept.scheme = origin.scheme;
  kept.caller = caller;
  kept.hops = hops;
  kept.priority = priority;
  kept.encoding = encoding;
  kept.fields = make(kept);
  return *kept.fields;
}

std::unique_ptr<HeaderTemplate> RequestWriter::make(const Kept& kept) {
  std::string path = "/" + kept.method;
  std::string hops = std::to_string(kept.hops);
  std::string priority = std::to_string(kept.priority);
  std::vector<HeaderView> fields = {{":method", "POST"},
                                    {":scheme", kept.scheme},
                                    {":path", path},
                                    {":authority", kept.authority},
                                    {"te", "trailers"},
                                    {"content-type", "application/grpc"},
                                    {"user-agent", "holon/0.1"},
                                    {"grpc-accept-encoding", accepted_encodings}};
  if (kept.encoding == Encoding::gzip) fields.push_back({"grpc-encoding", "gzip"});
  if (!kept.caller.empty()) fields.push_back({"holon-caller", kept.caller});
  if (kept.hops != 0) fields.push_back({"holon-hops", hops});
  if (kept.priority != priority_default) fields.push_back({"holon-priority", priority});
  return std::make_unique<HeaderTemplate>(fields);
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

namespace {

constexpr HeaderView status_200 = {":status", "200"};
constexpr HeaderView type_grpc = {"content-type", "application/grpc"};

/// What answers have in common.
const HeaderTemplate& head_of(Encoding encoding) {
  static const HeaderTemplate identity(std::array{status_200, type_grpc});
  static const HeaderTemplate gzip(std::array{status_200, type_grpc, HeaderView{"grpc-encoding", "gzip"}});
  return encoding == Encoding::gzip ? gzip : identity;
}

/// … and those without a message: what a caller learns from an UNIMPLEMENTED compressed message.
const HeaderTemplate& head_without_message() {
  static const HeaderTemplate fields(
      std::array{status_200, type_grpc, HeaderView{"grpc-accept-encoding", accepted_encodings}});
  return fields;
}

const HeaderTemplate& status_ok() {
  static const HeaderTemplate fields(std::array{HeaderView{"grpc-status", "0"}});
  return fields;
}

}  // namespace

OutgoingHeaders ResponseWriter::headers(const Metadata& metadata, Encoding encoding) {
  begin();
  add_metadata(metadata);
  return {head_of(encoding), views_};
}

OutgoingHeaders ResponseWriter::trailers(const Result<void>& status, const Metadata& metadata) {
  begin();
  add_metadata(metadata);
  if (status.ok()) return {status_ok(), views_};
  add_status(status, list_bytes_max_);
  return views_;
}

OutgoingHeaders ResponseWriter::trailers_only(const Result<void>& status, const Metadata& headers,
                                              const Metadata& trailers) {
  begin();
  add_metadata(headers);
  add_metadata(trailers);
  std::size_t taken = 0;
  for (const HeaderView& field : head_without_message().fields()) taken += list_bytes(field.name, field.value.size());
  add_status(status, list_bytes_max_ - std::min(list_bytes_max_, taken));
  return {head_without_message(), views_};
}

Headers ResponseWriter::plain(int http_status, const Error& error) {
  begin();
  add(":status", text() = std::to_string(http_status));
  if (http_status == 405) add("allow", "POST");
  add_status(error, list_bytes_max_);
  return views_;
}

}  // namespace holon::wire
