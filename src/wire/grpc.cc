#include "wire/grpc.h"

#include <charconv>
#include <limits>

#include "wire/metadata.h"

namespace holon::wire {
namespace {

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

/// By its name, or by the number that hosts send.
std::optional<int> read_priority(std::string_view value) {
  constexpr std::string_view names[] = {"critical", "default", "sheddable"};
  for (int i = 0; i < 3; ++i) {
    if (value == names[i]) return i;
  }
  return read_number(value, 255);
}

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
    auto priority = read_priority(value);
    if (!priority) return invalid_argument("holon-priority is none of critical, default, sheddable: " + percent_encode(value));
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
  std::optional<std::string_view> push_back;
  bool unbegun = false;
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
    } else if (name == push_back_name) {
      form.push_back = value;
    } else if (name == unbegun_name) {
      form.unbegun = true;
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

// gRFC A6: what is no number means "not at all".
std::optional<std::chrono::milliseconds> push_back_of(const ResponseForm& form) {
  if (!form.push_back) return {};
  return std::chrono::milliseconds(read_number(*form.push_back, std::numeric_limits<int>::max()).value_or(-1));
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
  head.push_back = push_back_of(form);
  head.unbegun = form.unbegun;
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

}  // namespace holon::wire
