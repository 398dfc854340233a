#include "wire/http1_response.h"

#include <charconv>

#include "wire/http1_request.h"

namespace holon::wire {
namespace {

/// "HTTP/1.1 200 OK"; the reason may be empty, and the space before it may then be missing, as it often is.
std::string_view read_status_line(std::string_view line, Http1Response& into) {
  constexpr std::string_view malformed = "the status line is no version and status, one space apart";
  constexpr std::size_t version_bytes = 8;
  const std::string_view version = line.substr(0, version_bytes);
  into.http_1_0 = version == "HTTP/1.0";
  if (!into.http_1_0 && version != "HTTP/1.1") return "the response is neither HTTP/1.1 nor HTTP/1.0";
  line.remove_prefix(version_bytes);
  if (line.size() < 4 || line[0] != ' ' || (line.size() > 4 && line[4] != ' ')) return malformed;
  const auto [end, error] = std::from_chars(line.data() + 1, line.data() + 4, into.status);
  if (error != std::errc() || end != line.data() + 4) return malformed;
  if (into.status < 100 || into.status > 599) return "the status is none from 100 to 599";
  return {};
}

/// The headers that say where the body ends and whether the connection does.
class ResponseFraming {
 public:
  std::string_view add(const HeaderView& header, Http1Response& into) {
    if (header.name == "content-length") return add_length(header.value, into);
    if (header.name == "transfer-encoding") return add_coding(header.value, into);
    if (header.name == "connection") add_connection(header.value);
    return {};
  }

  std::string_view finish(ResponseMeaning& into) {
    const Http1Response& response = into.response;
    if (response.chunked && response.http_1_0) return "Transfer-Encoding does not exist in HTTP/1.0";
    if (response.chunked && response.content_length) return "Content-Length and Transfer-Encoding came together";
    // RFC 9112, 6.3: they have no body; some parsers would wait for one.
    const bool bodiless = response.status < 200 || response.status == 204;
    if (bodiless && (response.chunked || response.content_length.value_or(0) > 0)) {
      return "a response that has no body announces one";
    }
    into.keep_alive = !close_ && (!response.http_1_0 || keep_alive_);
    return {};
  }

 private:
  std::string_view add_length(std::string_view value, Http1Response& response) {
    if (response.content_length) return "Content-Length came twice";
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (value.empty() || error != std::errc() || end != value.data() + value.size()) {
      return "Content-Length is no number of 64 bits";
    }
    response.content_length = length;
    return {};
  }
  std::string_view add_coding(std::string_view value, Http1Response& response) {
    if (response.chunked) return "Transfer-Encoding came twice";
    if (!equals_ignoring_case(value, "chunked")) return "the response has a transfer coding other than chunked";
    response.chunked = true;
    return {};
  }
  void add_connection(std::string_view list) {
    each_of_list(list, [this](std::string_view option) {
      if (equals_ignoring_case(option, "close")) close_ = true;
      if (equals_ignoring_case(option, "keep-alive")) keep_alive_ = true;
    });
  }

  bool close_ = false;
  bool keep_alive_ = false;
};

}  // namespace

std::string_view read_response_head(std::string_view status_line, Headers headers, ResponseMeaning& into) {
  into = {};
  if (auto why = read_status_line(status_line, into.response); !why.empty()) return why;
  into.response.headers = headers;
  ResponseFraming framing;
  for (const HeaderView& header : headers) {
    if (auto why = framing.add(header, into.response); !why.empty()) return why;
  }
  return framing.finish(into);
}

}  // namespace holon::wire
