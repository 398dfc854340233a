// nghttp2's session behind the functions of Http2Session: the oracle that tests and fuzz targets compare holon's own
// with. It is no part of the product.
#pragma once

#include "wire/http2.h"

namespace holon::wire::oracle {

class Nghttp2Session {
 public:
  static constexpr std::size_t low_mark = 32 << 10;

  Nghttp2Session(Role role, const Http2Limits& limits, Http2Events& events);
  ~Nghttp2Session();
  Nghttp2Session(const Nghttp2Session&) = delete;
  Nghttp2Session& operator=(const Nghttp2Session&) = delete;

  /// Takes what arrived. An error names the rule that was broken and means that the connection is over: each stream was
  /// reset; gather once more (it holds the GOAWAY), then close.
  Result<void> receive(Bytes bytes, env::Time now = {});
  /// The byte stream ended or broke: resets each stream with internal_error. Nothing can be sent after this.
  void lost();
  /// Appends what is to be sent now to `buffer`, which the caller owns and clears; stops at `bytes_max`.
  void gather(std::string& buffer, std::size_t bytes_max = 256 << 10);
  bool wants_write() const;
  /// No streams, and none may come: the connection may be closed.
  bool finished() const;

  /// Client: opens a stream with its headers; 0 when the peer allows no more now (or takes none any more).
  StreamId open(Headers headers, bool end, void* user);
  bool may_open() const;
  /// Server: sends the response headers.
  void respond(StreamId stream, Headers headers);
  /// Queues bytes of the body; they leave as the windows allow. The session takes them over.
  void send(StreamId stream, std::string bytes, bool end);
  /// Ends our direction with a header block.
  void trailers(StreamId stream, Headers trailers);
  /// Server: response headers that end the stream at once (gRPC "Trailers-Only"). A server that ends a stream whose
  /// request is not complete also tells the peer to stop (RST_STREAM with NO_ERROR, RFC 9113, 8.1).
  void respond_and_end(StreamId stream, Headers headers);
  /// Ends both directions at once; no event of this stream follows.
  void reset(StreamId stream, Http2Code code);

  void set_user(StreamId stream, void* user);
  /// Queued bytes of `stream` that have not left.
  std::size_t unsent(StreamId stream) const;
  /// The application has taken `bytes`; opens the windows by as much.
  void consumed(StreamId stream, std::size_t bytes);

  void ping();
  /// Graceful (RFC 9113, 6.8): a server announces with 2^31-1 first; call again for the last word. With any code but
  /// no_error the connection is over at once, as after an error of `receive`.
  void goaway(Http2Code code, std::string_view debug = {});
  std::size_t streams() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon::wire::oracle
