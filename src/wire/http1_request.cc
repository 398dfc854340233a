#include "wire/http1_request.h"

#include <algorithm>
#include <charconv>

namespace holon::wire {
namespace {

HttpVerdict read_version(std::string_view version, bool& is_1_0) {
  auto digit = [&](std::size_t at) { return version[at] >= '0' && version[at] <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(5) || version[6] != '.' || !digit(7)) {
    return &http1_rule::request_line;
  }
  is_1_0 = version == "HTTP/1.0";
  return is_1_0 || version == "HTTP/1.1" ? nullptr : &http1_rule::version;
}

HttpVerdict read_request_line(std::string_view line, Http1Request& into) {
  std::size_t first = line.find(' ');
  std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return &http1_rule::request_line;
  into.method = line.substr(0, first);
  into.target = line.substr(first + 1, second - first - 1);
  if (HttpVerdict wrong = read_version(line.substr(second + 1), into.http_1_0)) return wrong;
  return check_method(into.method);
}

/// Absolute-form of this very host is turned into origin-form (RFC 9112, 3.2.2).
HttpVerdict read_target(Http1Request& request) {
  std::string_view& target = request.target;
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    std::string_view rest = target.substr(scheme.size());
    std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
    if (rest.substr(0, path) != request.authority) return &http1_rule::host_differs;
    if (path < rest.size() && rest[path] != '/') return &http1_rule::target_path;
    target = path == rest.size() ? "/" : rest.substr(path);
    break;
  }
  return nullptr;
}

/// The headers that say where the body ends and what the connection is to do; each at most once but for lists.
class Framing {
 public:
  HttpVerdict add(const HeaderView& header, RequestMeaning& into) {
    auto [name, value, once] = header;
    if (name == "host") return add_host(value, into.request);
    if (name == "content-length") return add_length(value, into.request);
    if (name == "transfer-encoding") return add_coding(value, into.request);
    if (name == "expect") return add_expectation(value, into.request);
    if (name == "connection") add_connection(value);
    if (name == "upgrade") upgrade_ = upgrade_.empty() ? value : "none of several";
    if (name == "te") each_of_list(value, [&](auto coding) { into.request.takes_trailers |= coding == "trailers"; });
    return nullptr;
  }

  HttpVerdict finish(const Http1Limits& limits, RequestMeaning& into) {
    Http1Request& request = into.request;
    if (!host_ && !request.http_1_0) return &http_rule::authority_missing;
    if (coding_ && request.http_1_0) return &http1_rule::coding_1_0;
    if (coding_ && request.content_length) return &http1_rule::two_lengths;
    if (request.content_length.value_or(0) > limits.body_bytes_max) return &http_rule::body_long;
    into.keep_alive = !close_ && (!request.http_1_0 || keep_alive_);
    if (request.http_1_0) {
      request.expects_continue = request.takes_trailers = false;
    } else if (upgrades_ && is_token(upgrade_) && !request.chunked && request.content_length.value_or(0) == 0) {
      request.upgrade = upgrade_;
    }
    return nullptr;
  }

 private:
  HttpVerdict add_host(std::string_view value, Http1Request& request) {
    if (host_) return &http1_rule::host_twice;
    host_ = true;
    request.authority = value;
    return check_authority(value);
  }
  HttpVerdict add_length(std::string_view value, Http1Request& request) {
    if (request.content_length) return &http1_rule::length_twice;
    std::uint64_t length = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (value.empty() || error == std::errc::invalid_argument || end != value.data() + value.size()) {
      return &http_rule::length;
    }
    if (value.size() > 1 && value.front() == '0') return &http_rule::length;  // some read it as octal
    if (error == std::errc::result_out_of_range) return &http_rule::body_long;
    request.content_length = length;
    return nullptr;
  }
  HttpVerdict add_coding(std::string_view value, Http1Request& request) {
    if (coding_) return &http1_rule::coding_twice;
    if (!equals_ignoring_case(value, "chunked")) return &http1_rule::coding;
    coding_ = request.chunked = true;
    return nullptr;
  }
  HttpVerdict add_expectation(std::string_view value, Http1Request& request) {
    if (!equals_ignoring_case(value, "100-continue")) return &http_rule::expectation;
    request.expects_continue = true;
    return nullptr;
  }
  void add_connection(std::string_view list) {
    each_of_list(list, [this](std::string_view option) {
      if (equals_ignoring_case(option, "close")) close_ = true;
      if (equals_ignoring_case(option, "keep-alive")) keep_alive_ = true;
      if (equals_ignoring_case(option, "upgrade")) upgrades_ = true;
    });
  }

  bool host_ = false;
  bool coding_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool upgrades_ = false;
  std::string_view upgrade_;
};

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y; });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string_view split_head(std::string& head, std::vector<HeaderView>& headers) {
  headers.clear();
  std::size_t line_end = head.find("\r\n");
  std::string_view request_line = std::string_view(head).substr(0, line_end);
  for (std::size_t at = line_end + 2; head.compare(at, 2, "\r\n") != 0; at = line_end + 2) {
    line_end = head.find("\r\n", at);
    std::size_t colon = head.find(':', at);
    for (std::size_t i = at; i < colon; ++i) {
      if (head[i] >= 'A' && head[i] <= 'Z') head[i] += 'a' - 'A';
    }
    std::string_view line = std::string_view(head).substr(at, line_end - at);
    headers.push_back({line.substr(0, colon - at), trimmed(line.substr(colon - at + 1))});
  }
  return request_line;
}

HttpVerdict read_head(std::string_view request_line, Headers headers, const Http1Limits& limits, RequestMeaning& into) {
  into = {};
  if (HttpVerdict wrong = read_request_line(request_line, into.request)) return wrong;
  into.request.headers = headers;
  Framing framing;
  for (const HeaderView& header : headers) {
    if (HttpVerdict wrong = framing.add(header, into)) return wrong;
  }
  if (HttpVerdict wrong = framing.finish(limits, into)) return wrong;
  if (HttpVerdict wrong = read_target(into.request)) return wrong;
  return check_target(into.request.method, into.request.target, limits.target_bytes_max);
}

}  // namespace holon::wire
