// The rules of HTTP that a request can break, whichever version brought it: each with the status of the answer, its name in
// counters, and what is said to the client and in logs. Those of HTTP/2 alone are in violation.h.
#pragma once

#include <cstddef>
#include <string_view>

namespace holon::wire {

struct HttpRule {
  int status;
  std::string_view name;
  std::string_view why;  ///< a literal
};

/// The rule that was broken; null: none was.
using HttpVerdict = const HttpRule*;

// ---- of a request's head, by either version ---------------------------------------------------------------------------

/// RFC 9110, 9.1: a token, and one of those known here: GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS.
HttpVerdict check_method(std::string_view method);
/// RFC 9110, 4.2 and 7.2: a host and perhaps a port, and nothing that two readers could take for another host.
HttpVerdict check_authority(std::string_view authority);
/// RFC 9112, 3.2.1: a path from "/" on and perhaps a query; or "*" for OPTIONS. A path's percent-escapes are whole and spell
/// UTF-8 without NUL; no segment of it is "." or "..", however they and the slashes around them are written: whoever resolves
/// them looks elsewhere than whoever does not.
HttpVerdict check_target(std::string_view method, std::string_view target, std::size_t bytes_max);

namespace http_rule {

inline constexpr HttpRule method_token{400, "http.method", "the method must be a token"};
inline constexpr HttpRule method_unknown{501, "http.method_unknown", "the method is not known here"};
inline constexpr HttpRule target_long{414, "http.target_long", "the request target is too long"};
inline constexpr HttpRule target_form{400, "http.target_form", "the target must begin with a slash"};
inline constexpr HttpRule target_characters{400, "http.target_characters",
                                            "the request target has characters that must be percent-encoded"};
inline constexpr HttpRule path_escape{400, "http.path_escape",
                                      "a percent sign in the path must begin an escape: two hex digits"};
inline constexpr HttpRule path_nul{400, "http.path_nul", "the path must not have a NUL"};
inline constexpr HttpRule path_utf8{400, "http.path_utf8", "the path must be UTF-8"};
inline constexpr HttpRule path_dots{400, "http.path_dots", "the path must be resolved: without segments . and .."};
inline constexpr HttpRule authority_missing{400, "http.authority_missing", "Host is missing"};
inline constexpr HttpRule authority{400, "http.authority", "Host must be a host, perhaps with a port"};
inline constexpr HttpRule headers_long{431, "http.headers_long", "the header lines are too long"};
inline constexpr HttpRule headers_many{431, "http.headers_many", "there are too many header lines"};
inline constexpr HttpRule length{400, "http.length", "Content-Length must be digits, without zeros before them"};
inline constexpr HttpRule expectation{417, "http.expectation", "the only expectation known here is 100-continue"};
inline constexpr HttpRule body_long{413, "http.body_long", "the body is too long"};

}  // namespace http_rule

// ---- of HTTP/1.1 alone --------------------------------------------------------------------------------------------------

namespace http1_rule {

inline constexpr HttpRule line_end{400, "http1.line_end", "a line must end in CR LF, and neither may stand alone"};
inline constexpr HttpRule request_line{400, "http1.request_line",
                                       "the request line must be a method, a target and a version, one space apart"};
inline constexpr HttpRule first_line{400, "http1.first_line", "control character in the first line"};
inline constexpr HttpRule version{505, "http1.version", "only HTTP/1.1 and HTTP/1.0 are spoken here"};
inline constexpr HttpRule folded{400, "http1.folded", "a header line must not be folded"};
inline constexpr HttpRule field_name{400, "http1.field_name", "a header's name must be a token, directly before its colon"};
inline constexpr HttpRule field_value{400, "http1.field_value", "control character in a header"};
inline constexpr HttpRule no_colon{400, "http1.no_colon", "a header line must have a colon"};
inline constexpr HttpRule host_twice{400, "http1.host_twice", "Host must come once"};
inline constexpr HttpRule host_differs{400, "http1.host_differs", "the target names another host than Host does"};
inline constexpr HttpRule target_path{400, "http1.target_path", "the target must have a path"};
inline constexpr HttpRule length_twice{400, "http1.length_twice", "Content-Length must come once"};
inline constexpr HttpRule coding{501, "http1.coding", "the only transfer coding known here is chunked"};
inline constexpr HttpRule coding_twice{400, "http1.coding_twice", "Transfer-Encoding must come once"};
inline constexpr HttpRule coding_1_0{400, "http1.coding_1_0", "Transfer-Encoding does not exist in HTTP/1.0"};
inline constexpr HttpRule two_lengths{400, "http1.two_lengths", "Content-Length and Transfer-Encoding must not come together"};
inline constexpr HttpRule chunk_extension{400, "http1.chunk_extension", "chunk extensions are not taken"};
inline constexpr HttpRule chunk_size{400, "http1.chunk_size", "a chunk's size must be hexadecimal digits and nothing else"};
inline constexpr HttpRule chunk_digits{400, "http1.chunk_digits", "a chunk's size has too many digits"};
inline constexpr HttpRule chunk_end{400, "http1.chunk_end", "a chunk is longer than its size says"};
inline constexpr HttpRule disagreement{400, "http1.disagreement", "the gate and the parser disagree about the request"};
inline constexpr HttpRule pipelined{400, "http1.pipelined", "too many requests were sent ahead"};
inline constexpr HttpRule slow_head{408, "http1.slow_head", "the request's head did not come in time"};

}  // namespace http1_rule
}  // namespace holon::wire
