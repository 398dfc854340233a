// The rules of RFC 9113 that a peer can break, and the limits that it can exceed: each with its error code, its name in
// counters, and what is said to the peer and in logs. Internal to the session.
#pragma once

#include <string_view>

#include "wire/http2.h"

namespace holon::wire {

struct Violation {
  Http2Code code;
  std::string_view name;
  std::string_view text;
};

/// Null: nothing was violated.
using Verdict = const Violation*;

namespace rule {

constexpr auto protocol = Http2Code::protocol_error;
constexpr auto size = Http2Code::frame_size_error;
constexpr auto flow = Http2Code::flow_control_error;
constexpr auto calm = Http2Code::enhance_your_calm;

// ---- connection errors (5.4.1) -------------------------------------------------------------------------------------

// 3.4
inline constexpr Violation preface{protocol, "http2.preface",
                                   "the connection does not begin with HTTP/2's client preface"};
inline constexpr Violation settings_first{protocol, "http2.settings_first", "the first frame is no SETTINGS frame"};
// 4.2
inline constexpr Violation frame_too_large{size, "http2.frame_too_large",
                                           "a frame is larger than SETTINGS_MAX_FRAME_SIZE"};
// 4.3
inline constexpr Violation compression{Http2Code::compression_error, "http2.compression",
                                       "a header block cannot be decoded"};
inline constexpr Violation block_interrupted{protocol, "http2.block_interrupted",
                                             "a frame stands between the parts of a header block"};
// 5.1
inline constexpr Violation idle_stream{protocol, "http2.idle_stream", "a frame names a stream that is not open yet"};
inline constexpr Violation closed_stream{Http2Code::stream_closed, "http2.closed_stream",
                                         "a stream goes on after its end"};
// 5.1.1
inline constexpr Violation stream_id{protocol, "http2.stream_id",
                                     "a stream's identifier is not the peer's, or not above those before"};
// 6.1 … 6.10: the stream that a frame belongs to, and its size
inline constexpr Violation no_stream{protocol, "http2.no_stream", "a frame that belongs to a stream names none"};
inline constexpr Violation a_stream{protocol, "http2.a_stream",
                                    "a frame that belongs to the connection names a stream"};
inline constexpr Violation frame_size{size, "http2.frame_size", "a frame has not the size that its type demands"};
inline constexpr Violation padding{protocol, "http2.padding", "a frame's padding is longer than the frame"};
// 6.5
inline constexpr Violation settings_ack_size{size, "http2.settings_ack_size",
                                             "an acknowledgement of settings has a payload"};
inline constexpr Violation settings_size{size, "http2.settings_size", "a SETTINGS frame's size is no multiple of six"};
inline constexpr Violation settings_ack{protocol, "http2.settings_ack",
                                        "settings are acknowledged that were not sent"};
inline constexpr Violation enable_push{protocol, "http2.enable_push",
                                       "SETTINGS_ENABLE_PUSH has a value that it may not have"};
inline constexpr Violation initial_window{flow, "http2.initial_window", "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1"};
inline constexpr Violation max_frame_size{protocol, "http2.max_frame_size",
                                          "SETTINGS_MAX_FRAME_SIZE is not from 2^14 to 2^24-1"};
// 6.6, 8.4
inline constexpr Violation push{protocol, "http2.push", "PUSH_PROMISE is not allowed here"};
// 6.9, 6.9.1
inline constexpr Violation zero_increment{protocol, "http2.zero_increment", "WINDOW_UPDATE of the connection by 0"};
inline constexpr Violation window_overflow{flow, "http2.window_overflow", "a window grows above 2^31-1"};
inline constexpr Violation window_exceeded{flow, "http2.window_exceeded", "the connection's window is exceeded"};
// 6.10
inline constexpr Violation lone_continuation{protocol, "http2.lone_continuation",
                                             "a CONTINUATION frame follows no unfinished header block"};

// Limits (10.5). Their code is ENHANCE_YOUR_CALM.
inline constexpr Violation settings_flood{calm, "http2.settings_flood", "flood of SETTINGS frames"};
inline constexpr Violation ping_flood{calm, "http2.ping_flood", "flood of PING frames"};
inline constexpr Violation window_flood{calm, "http2.window_flood", "flood of WINDOW_UPDATE frames"};
inline constexpr Violation empty_flood{calm, "http2.empty_flood", "flood of empty DATA frames"};
inline constexpr Violation priority_flood{calm, "http2.priority_flood", "flood of PRIORITY frames"};
inline constexpr Violation unknown_flood{calm, "http2.unknown_flood", "flood of frames of unknown types"};
inline constexpr Violation continuation_flood{calm, "http2.continuation_flood", "flood of CONTINUATION frames"};
inline constexpr Violation reset_flood{calm, "http2.reset_flood", "the peer opens streams and resets them at once"};
inline constexpr Violation header_bomb{calm, "http2.header_bomb",
                                       "header block far over SETTINGS_MAX_HEADER_LIST_SIZE"};
inline constexpr Violation header_cost{calm, "http2.header_cost", "header blocks decode to far more than was sent"};
inline constexpr Violation unread{calm, "http2.unread", "the peer causes frames faster than it reads them"};

// ---- stream errors (5.4.2) -----------------------------------------------------------------------------------------

// 5.1
inline constexpr Violation half_closed{Http2Code::stream_closed, "http2.half_closed",
                                       "a stream goes on after END_STREAM"};
// 5.1.2
inline constexpr Violation too_many_streams{Http2Code::refused_stream, "http2.too_many_streams",
                                            "more streams than SETTINGS_MAX_CONCURRENT_STREAMS"};
// … and a limit that is as harmless to refuse for
inline constexpr Violation open_headers{Http2Code::refused_stream, "http2.open_headers",
                                        "the header lists of all open streams are too large together"};
// 6.3; RFC 7540, 5.3.1
inline constexpr Violation priority_size{size, "http2.priority_size", "a PRIORITY frame is not of five bytes"};
inline constexpr Violation self_dependency{protocol, "http2.self_dependency", "a stream depends on itself"};
// 6.9
inline constexpr Violation zero_stream_increment{protocol, "http2.zero_stream_increment",
                                                 "WINDOW_UPDATE of a stream by 0"};
inline constexpr Violation stream_window_overflow{flow, "http2.stream_window_overflow",
                                                  "a stream's window grows above 2^31-1"};
inline constexpr Violation stream_window_exceeded{flow, "http2.stream_window_exceeded",
                                                  "a stream's window is exceeded"};
// 8.1, 8.1.1
inline constexpr Violation data_before_headers{protocol, "http2.data_before_headers",
                                               "DATA comes before the final response"};
inline constexpr Violation trailers_go_on{protocol, "http2.trailers_go_on", "trailers do not end their stream"};
inline constexpr Violation content_length{protocol, "http2.content_length",
                                          "the body's size is not what content-length says"};
inline constexpr Violation informational_end{protocol, "http2.informational_end",
                                             "an informational response ends its stream"};
// 8.2.1
inline constexpr Violation field_name{protocol, "http2.field_name",
                                      "a field's name has a character that it may not have"};
inline constexpr Violation field_value{protocol, "http2.field_value",
                                       "a field's value has a character that it may not have"};
// 8.2.2
inline constexpr Violation connection_field{protocol, "http2.connection_field",
                                            "a field belongs to HTTP/1 connections"};
inline constexpr Violation te{protocol, "http2.te", "te says something else than trailers"};
// 8.3
inline constexpr Violation pseudo_late{protocol, "http2.pseudo_late",
                                       "a pseudo-header field stands behind a regular one"};
inline constexpr Violation pseudo_unknown{protocol, "http2.pseudo_unknown",
                                          "a pseudo-header field does not belong here"};
inline constexpr Violation pseudo_twice{protocol, "http2.pseudo_twice", "a pseudo-header field stands there twice"};
inline constexpr Violation pseudo_missing{protocol, "http2.pseudo_missing", "a pseudo-header field is missing"};
inline constexpr Violation method{protocol, "http2.method", ":method is no token"};
inline constexpr Violation scheme{protocol, "http2.scheme", ":scheme is none"};
inline constexpr Violation authority{protocol, "http2.authority", ":authority or host is no host, perhaps with a port"};
inline constexpr Violation path{protocol, "http2.path", ":path is empty, does not begin with a slash, or has a blank"};
inline constexpr Violation connect{protocol, "http2.connect", "CONNECT has :scheme or :path, or no :authority"};
inline constexpr Violation host{protocol, "http2.host", "host differs from :authority"};
inline constexpr Violation status{protocol, "http2.status", ":status is no number of three digits"};
// 10.5.1, a limit
inline constexpr Violation headers_too_large{calm, "http2.headers_too_large",
                                             "header block over SETTINGS_MAX_HEADER_LIST_SIZE"};

}  // namespace rule
}  // namespace holon::wire
