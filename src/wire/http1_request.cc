#include "wire/http1_request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace holon::wire {
namespace {

/// What a host and port are written with; whether such a host exists is for others to say.
bool is_authority(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return word || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

std::optional<Refusal> read_version(std::string_view version, bool& is_1_0) {
  auto digit = [&](std::size_t at) { return version[at] >= '0' && version[at] <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(5) || version[6] != '.' || !digit(7)) {
    return Refusal{400, "the request line must be a method, a target and a version, one space apart"};
  }
  is_1_0 = version == "HTTP/1.0";
  if (!is_1_0 && version != "HTTP/1.1") return Refusal{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return {};
}

std::optional<Refusal> read_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> known = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
  if (!is_token(method)) return Refusal{400, "the method must be a token"};
  if (std::find(known.begin(), known.end(), method) == known.end()) return Refusal{501, "the method is not known here"};
  return {};
}

std::optional<Refusal> read_request_line(std::string_view line, const Http1Limits& limits, Http1Request& into) {
  std::size_t first = line.find(' ');
  std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) {
    return Refusal{400, "the request line must be a method, a target and a version, one space apart"};
  }
  into.method = line.substr(0, first);
  into.target = line.substr(first + 1, second - first - 1);
  if (auto refusal = read_version(line.substr(second + 1), into.http_1_0)) return refusal;
  if (auto refusal = read_method(into.method)) return refusal;
  if (into.target.size() > limits.target_bytes_max) return Refusal{414, "the request target is too long"};
  auto allowed = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
  bool clean = std::all_of(into.target.begin(), into.target.end(), allowed);
  if (!clean) return Refusal{400, "the request target has characters that must be percent-encoded"};
  return {};
}

/// Origin-form; absolute-form of this very host is turned into it; `*` for OPTIONS (RFC 9112, 3.2).
std::optional<Refusal> read_target(Http1Request& request) {
  std::string_view& target = request.target;
  if (target.starts_with('/')) return {};
  if (target == "*" && request.method == "OPTIONS") return {};
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    std::string_view rest = target.substr(scheme.size());
    std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
    if (rest.substr(0, path) != request.authority) return Refusal{400, "the target names another host than Host does"};
    if (path == rest.size()) {
      target = "/";
    } else if (rest[path] == '/') {
      target = rest.substr(path);
    } else {
      return Refusal{400, "the target must have a path"};
    }
    return {};
  }
  return Refusal{400, "the target must begin with a slash"};
}

/// The headers that say where the body ends and what the connection is to do; each at most once but for Connection.
class Framing {
 public:
  std::optional<Refusal> add(const HeaderView& header, RequestMeaning& into) {
    auto [name, value, once] = header;
    if (name == "host") return add_host(value, into.request);
    if (name == "content-length") return add_length(value, into.request);
    if (name == "transfer-encoding") return add_coding(value, into.request);
    if (name == "expect") return add_expectation(value, into);
    if (name == "connection") add_connection(value);
    return {};
  }

  std::optional<Refusal> finish(const Http1Limits& limits, RequestMeaning& into) {
    Http1Request& request = into.request;
    if (!host_ && !request.http_1_0) return Refusal{400, "Host is missing"};
    if (coding_ && request.http_1_0) return Refusal{400, "Transfer-Encoding does not exist in HTTP/1.0"};
    if (coding_ && request.content_length) {
      return Refusal{400, "Content-Length and Transfer-Encoding must not come together"};
    }
    if (request.content_length.value_or(0) > limits.body_bytes_max) return Refusal{413, "the body is too long"};
    into.keep_alive = !close_ && (!request.http_1_0 || keep_alive_);
    if (request.http_1_0) into.expects_continue = false;
    return {};
  }

 private:
  std::optional<Refusal> add_host(std::string_view value, Http1Request& request) {
    if (host_) return Refusal{400, "Host must come once"};
    if (!is_authority(value)) return Refusal{400, "Host must be a host, perhaps with a port"};
    host_ = true;
    request.authority = value;
    return {};
  }
  std::optional<Refusal> add_length(std::string_view value, Http1Request& request) {
    if (request.content_length) return Refusal{400, "Content-Length must come once"};
    std::uint64_t length = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (value.empty() || error == std::errc::invalid_argument || end != value.data() + value.size()) {
      return Refusal{400, "Content-Length must be digits and nothing else"};
    }
    if (error == std::errc::result_out_of_range) return Refusal{413, "the body is too long"};
    request.content_length = length;
    return {};
  }
  std::optional<Refusal> add_coding(std::string_view value, Http1Request& request) {
    if (coding_) return Refusal{400, "Transfer-Encoding must come once"};
    if (!equals_ignoring_case(value, "chunked")) return Refusal{501, "the only transfer coding known here is chunked"};
    coding_ = request.chunked = true;
    return {};
  }
  std::optional<Refusal> add_expectation(std::string_view value, RequestMeaning& into) {
    if (!equals_ignoring_case(value, "100-continue")) {
      return Refusal{417, "the only expectation known here is 100-continue"};
    }
    into.expects_continue = true;
    return {};
  }
  void add_connection(std::string_view list) {
    each_of_list(list, [this](std::string_view option) {
      if (equals_ignoring_case(option, "close")) close_ = true;
      if (equals_ignoring_case(option, "keep-alive")) keep_alive_ = true;
    });
  }

  bool host_ = false;
  bool coding_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
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

std::optional<Refusal> read_head(std::string_view request_line, Headers headers, const Http1Limits& limits,
                                 RequestMeaning& into) {
  into = {};
  if (auto refusal = read_request_line(request_line, limits, into.request)) return refusal;
  into.request.headers = headers;
  Framing framing;
  for (const HeaderView& header : headers) {
    if (auto refusal = framing.add(header, into)) return refusal;
  }
  if (auto refusal = framing.finish(limits, into)) return refusal;
  return read_target(into.request);
}

}  // namespace holon::wire
