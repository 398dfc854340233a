// HTTP/2 (RFC 9113) as a machine over bytes: bytes in, events out, and the other way round. No I/O, no threads.
//
//   wire::Http2Session session(wire::Role::server, limits, events);
//   session.receive(bytes);               // calls events.headers, data, …
//   session.respond(stream, headers); session.send(stream, bytes, false); session.trailers(stream, trailers);
//   session.gather(buffer);               // all that is to be written now: one write per connection and loop turn
//
// Framing, stream states, flow control and limits are holon's own, with HPACK from nghttp2 (hpack.h); nghttp2's whole
// session is the oracle that tests compare with (oracle/). docs/wire.md tells the life of a byte.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::wire {

using StreamId = std::int32_t;
using Bytes = std::span<const std::byte>;

enum class Role { client, server };

/// RFC 9113, section 7.
enum class Http2Code : std::uint32_t {
  no_error = 0, protocol_error = 1, internal_error = 2, flow_control_error = 3, settings_timeout = 4, stream_closed = 5,
  frame_size_error = 6, refused_stream = 7, cancel = 8, compression_error = 9, connect_error = 10,
  enhance_your_calm = 11, inadequate_security = 12, http_1_1_required = 13,
};

struct HeaderView {
  std::string_view name;   ///< lower case; pseudo-headers begin with ':'
  std::string_view value;
  bool once = false;       ///< sending: the value hardly recurs, so it is kept out of HPACK's table
};
using Headers = std::span<const HeaderView>;

/// Fields that recur from block to block, made once: a session remembers how it encoded them. Any thread may use it.
class HeaderTemplate {
 public:
  explicit HeaderTemplate(Headers fields);
  HeaderTemplate(const HeaderTemplate&) = delete;
  HeaderTemplate& operator=(const HeaderTemplate&) = delete;

  Headers fields() const { return fields_; }
  /// Of this process's templates.
  std::uint64_t id() const { return id_; }

 private:
  std::string text_;
  std::vector<HeaderView> fields_;
  std::uint64_t id_;
};

/// A header block to be sent: fields that recur, if any, and then the others.
struct OutgoingHeaders {
  const HeaderTemplate* recurring = nullptr;
  Headers rest;

  OutgoingHeaders(const HeaderTemplate& same, Headers others = {}) : recurring(&same), rest(others) {}
  template <std::convertible_to<Headers> Fields>
  OutgoingHeaders(const Fields& fields) : rest(fields) {}

  /// All of them, one after the other.
  std::vector<HeaderView> fields() const;
};

/// What a receiver keeps of fields that came before, byte for byte: see Http2Session::recognised.
struct HeaderMemo {
  std::size_t fields = 0;         ///< how many of the block's, from its beginning
  std::shared_ptr<void> content;  ///< whatever the receiver put there; null at first
};

/// A burst, and how many by second from then on.
struct Rate {
  std::int64_t burst;
  std::int64_t per_second;
};

/// What a peer may do. What is not of RFC 9113 is answered with ENHANCE_YOUR_CALM.
struct Http2Limits {
  std::uint32_t streams_max = 1000;               ///< concurrent ones that the peer may open
  std::uint32_t header_list_bytes_max = 64 << 10;  ///< decoded, per block (the HPACK bomb's bound)
  std::uint32_t stream_window_bytes = 1 << 20;     ///< what a peer may send ahead on one stream
  std::uint32_t connection_window_bytes = 16 << 20;
  std::size_t unsent_bytes_max = 1 << 20;  ///< control frames queued for a peer that does not read: then it is cut off
  std::uint32_t continuations_max = 64;    ///< frames of one header block behind its first
  /// Streams that the peer resets right after it opened them (`reset_age`), and those that end by its fault. Work that is
  /// cancelled at once costs the server, not the client (CVE-2023-44487, CVE-2025-8671). What was given up when its
  /// deadline passed does not count: under overload honest clients do that at any rate. One more for each that ended well.
  Rate resets{1'000, 200};
  env::Duration reset_age = std::chrono::milliseconds(5);
  /// Of the former, beside that, of streams with a deadline: for the time in which nothing was read of the connection, if it was
  /// `reset_age` or more. A host that got no processor meanwhile cannot know how old a stream was that it reads together with its reset.
  Rate unread_resets{20'000, 10'000};
  Rate settings{100, 20};          ///< each visits every stream
  Rate pings{10'000, 10'000};
  Rate window_updates{10'000, 1'000};  ///< above two for each DATA frame that was sent
  Rate empty_data{1'000, 100};     ///< DATA frames without a byte that do not end their stream
  Rate priorities{1'000, 100};
  Rate unknown_frames{1'000, 1'000};
  /// Bytes of header fields decoded beyond 64 for each byte received: what compression lets a peer cause for nothing. A
  /// beginning of a block that was recognised counts a sixteenth, for it is only copied.
  Rate header_excess_bytes{4 << 20, 16 << 20};
  /// Decoded header lists of all open streams together: more streams are refused.
  std::size_t open_header_bytes_max = 8 << 20;
};

/// What a session tells. `user` is what set_user (or open) gave the stream. Events may call the session back, but for
/// receive, gather, lost and its destructor.
class Http2Events {
 public:
  virtual ~Http2Events() = default;
  /// A block is complete: a request, a response (also an informational one), or trailers.
  virtual void headers(StreamId stream, void* user, Headers block, bool end) = 0;
  /// Bytes of a body. They count against the windows until `consumed`.
  virtual void data(StreamId stream, void* user, Bytes bytes, bool end) = 0;
  /// The stream is gone before its regular end: reset by the peer, refused, or the connection broke. `user` is
  /// forgotten. Comes once for a stream; not after the session's own `reset`, nor when `closed` is due.
  virtual void reset(StreamId stream, void* user, Http2Code code) = 0;
  /// Both directions ended well. `user` is forgotten.
  virtual void closed(StreamId stream, void* user) = 0;
  /// unsent(stream) fell to `low_mark` or below after it was above.
  virtual void drained(StreamId stream, void* user) = 0;
  /// The peer takes no new streams above `last`; those above it never reached a handler and each is reset with
  /// refused_stream after this.
  virtual void goaway(StreamId last, Http2Code code, std::string_view debug) = 0;
  /// The peer answered a `ping`: it lives, and has seen all that was sent before.
  virtual void pong() {}
  /// Whether the stream's request said how long its client waits. Asked when that resets it right after it was opened.
  virtual bool has_deadline(void* user) const { return (void)user, false; }
  /// The peer's settings arrived: it may allow more streams now.
  virtual void settings() {}
  /// A stream or the connection was ended from here, by the rule of this name ("http2.reset_flood"): to be counted.
  virtual void refused(std::string_view rule) { (void)rule; }
};

class Http2Session {
 public:
  static constexpr std::size_t low_mark = 32 << 10;

  Http2Session(Role role, const Http2Limits& limits, Http2Events& events);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  /// Takes what arrived. An error names the rule that was broken and means that the connection is over: each stream was
  /// reset; gather once more (it holds the GOAWAY), then close.
  /// @param now  by which rates are measured
  Result<void> receive(Bytes bytes, env::Time now = {});
  /// The byte stream ended or broke: resets each stream with internal_error. Nothing can be sent after this.
  void lost();
  /// Appends what is to be sent now to `buffer`, which the caller owns and clears; stops at `bytes_max`.
  void gather(std::string& buffer, std::size_t bytes_max = 256 << 10);
  bool wants_write() const;
  /// The number of the frame or header block that the received bytes end within; 0 if within none.
  std::uint64_t open_frame() const;
  /// No streams, and none may come: the connection may be closed.
  bool finished() const;

  /// During the event `headers`: what the block begins with, if that came before, else null. The memo lives as long as
  /// the peer goes on using it; its content may be set.
  HeaderMemo* recognised() const;

  /// Client: opens a stream with its headers; 0 when the peer allows no more now (or takes none any more).
  StreamId open(const OutgoingHeaders& headers, bool end, void* user);
  bool may_open() const;
  /// Server: sends the response headers.
  void respond(StreamId stream, const OutgoingHeaders& headers);
  /// Server: an informational head (RFC 9110, 15.2), before the response headers.
  void inform(StreamId stream, const OutgoingHeaders& headers);
  /// Queues bytes of the body; they leave as the windows allow. The session takes them over.
  void send(StreamId stream, std::string bytes, bool end);
  /// The same for bytes that are made in place: `write` is called with room for `size` of them, before this returns.
  template <class Write>
  void send(StreamId stream, std::size_t size, bool end, Write&& write) {
    if (char* room = begin_send(stream, size, end)) write(room);
    if (end) finish_send(stream);
  }
  /// Ends our direction with a header block.
  void trailers(StreamId stream, const OutgoingHeaders& trailers);
  /// Server: response headers that end the stream at once (gRPC "Trailers-Only"). A server that ends a stream whose
  /// request is not complete also tells the peer to stop (RST_STREAM with NO_ERROR, RFC 9113, 8.1).
  void respond_and_end(StreamId stream, const OutgoingHeaders& headers);
  /// Ends both directions at once; no event of this stream follows.
  void reset(StreamId stream, Http2Code code);

  void set_user(StreamId stream, void* user);
  /// Queued bytes of `stream` that have not left.
  std::size_t unsent(StreamId stream) const;
  /// The application has taken `bytes`; opens the windows by as much.
  void consumed(StreamId stream, std::size_t bytes);

  /// The application will take at least `bytes` more of the body in any case (the rest of a message): the peer need not wait
  /// for the window to open piece by piece.
  void expect(StreamId stream, std::size_t bytes);

  void ping();
  /// Graceful (RFC 9113, 6.8): a server announces with 2^31-1 first; call again for the last word. With any code but
  /// no_error the connection is over at once, as after an error of `receive`.
  void goaway(Http2Code code, std::string_view debug = {});
  std::size_t streams() const;
  /// What the peer takes in one header block, as RFC 9113, 6.5.2 counts; nothing as long as it has not said.
  std::optional<std::uint32_t> peer_header_list_bytes() const;

 private:
  /// Room in the frame that is being built, or, if windows or buffers say no, in the stream's queue. Null if the stream
  /// is gone.
  char* begin_send(StreamId stream, std::size_t size, bool end);
  void finish_send(StreamId stream);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holon::wire
