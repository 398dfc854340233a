// gRPC-Web (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md): gRPC as a browser can say it, over any HTTP. There
// are no trailers, so the status is the last frame of the body; and in the text form the body is base64. All else, the frames
// of messages too, is gRPC's. Pure functions and small machines; no I/O.
//
// Values of `-bin` trailers are base64 in both forms, as all known servers and clients have it; the text of the protocol
// would have raw bytes there, which a line can't hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/grpc.h"

namespace holon::wire {

/// The first byte of the frame that holds the trailers.
constexpr char web_trailers_flag = static_cast<char>(0x80);

/// Appends base64 that stands alone: with its padding.
void append_base64(std::string& out, std::string_view bytes);

/// Decodes base64 that arrives in pieces and is padded wherever its sender flushed.
class Base64Reader {
 public:
  /// Appends what has become complete to `out`. False if it is no base64, and from then on.
  bool feed(std::string_view text, std::string& out);
  /// Whether the text ends in the middle of a group of four.
  bool partial() const { return digits_ != 0; }

 private:
  bool take(char c, std::string& out);

  std::uint32_t kept_ = 0;
  unsigned digits_ = 0;   ///< of the group under way, padding included
  unsigned padding_ = 0;  ///< of them
  bool wrong_ = false;
};

/// Builds answers. Views live until the next call.
class WebResponseWriter : private HeaderBlock {
 public:
  /// The head of an answer. HTTP/1.1 leaves the first field out, `:status`.
  Headers head(Form form, const Metadata& metadata, Encoding encoding);
  /// Adds a field to that head, which views it.
  Headers with(std::string_view name, std::string_view value);
  /// The head for what is no call of gRPC-Web: plain text follows.
  Headers plain(int http_status, const Error& error);
  /// The answer of a browser that asks whether a page of `origin` may call, which it may. Views live as long as it.
  Headers preflight(std::string_view origin, std::string_view headers);

  /// Appends the end of a body: the frame that holds status and trailers.
  void append_end(std::string& out, const Result<void>& status, const Metadata& trailers);
};

}  // namespace holon::wire
