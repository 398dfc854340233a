// nghttp2's session, and what happens when it calls.
#include <array>

#include "wire/oracle/nghttp2_impl.h"

namespace holon::wire::oracle {
namespace {

/// Streams a client may reset in a burst, and by second from then on. Work that is cancelled at once costs the server,
/// not the client (CVE-2023-44487); deadlines and hedges of honest clients stay far below.
constexpr std::uint64_t reset_burst = 10'000;
constexpr std::uint64_t resets_per_second = 1'000;
/// In one header block. nghttp2 counts not the frames but the pieces in which their first nine bytes arrive, so its own
/// limit of eight refuses honest peers behind a slow line. What a block may hold is bounded by its bytes.
constexpr std::size_t continuations_max = 1'000;

}  // namespace

Nghttp2Session::Impl::Impl(Role role_, const Http2Limits& limits_, Http2Events& events_)
    : role(role_), limits(limits_), events(events_), block(limits_.header_list_bytes_max) {
  make_session();
  submit_settings();
}

void Nghttp2Session::Impl::make_session() {
  static nghttp2_session_callbacks* const callbacks = make_callbacks();
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_option_set_max_reserved_remote_streams(option, 0);
  nghttp2_option_set_max_outbound_ack(option, std::max<std::size_t>(limits.unsent_bytes_max / control_frame_bytes, 8));
  nghttp2_option_set_max_continuations(option, continuations_max);
  nghttp2_option_set_stream_reset_rate_limit(option, reset_burst, resets_per_second);
  if (role == Role::server) {
    nghttp2_session_server_new2(&session, callbacks, this, option);
  } else {
    nghttp2_session_client_new2(&session, callbacks, this, option);
  }
  nghttp2_option_del(option);
}

void Nghttp2Session::Impl::submit_settings() {
  std::array<nghttp2_settings_entry, 4> entries = {{
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window_bytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.header_list_bytes_max},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams_max},
  }};
  if (role == Role::client) entries[3] = {NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(limits.connection_window_bytes));
}

nghttp2_session_callbacks* Nghttp2Session::Impl::make_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  nghttp2_session_callbacks_new(&made);
  nghttp2_session_callbacks_set_on_begin_headers_callback(
      made, [](nghttp2_session*, const nghttp2_frame*, void* user) { return self(user).block.begin(), 0; });
  nghttp2_session_callbacks_set_on_header_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
               const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
        return self(user).on_header(*frame, view(name, name_size), view(value, value_size));
      });
  nghttp2_session_callbacks_set_on_invalid_header_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t*, std::size_t, const std::uint8_t*,
               std::size_t, std::uint8_t, void* user) { return self(user).on_invalid_header(frame->hd.stream_id); });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      made, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size,
               void* user) { return self(user).on_data(id, view(data, size)); });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) { return self(user).on_frame(*frame); });
  nghttp2_session_callbacks_set_on_frame_send_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, void* user) { return self(user).on_sent(*frame); });
  nghttp2_session_callbacks_set_on_frame_not_send_callback(
      made,
      [](nghttp2_session*, const nghttp2_frame* frame, int, void* user) { return self(user).on_not_sent(*frame); });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      made, [](nghttp2_session*, std::int32_t id, std::uint32_t code, void* user) {
        return self(user).on_close(id, static_cast<Http2Code>(code));
      });
  nghttp2_session_callbacks_set_send_data_callback(
      made, [](nghttp2_session*, nghttp2_frame*, const std::uint8_t* header, std::size_t size,
               nghttp2_data_source* source, void* user) {
        return self(user).on_write(*static_cast<Nghttp2Stream*>(source->ptr), header, size);
      });
  return made;
}

nghttp2_data_provider Nghttp2Session::Impl::body_of(Nghttp2Stream& stream) {
  return {{.ptr = &stream},
          [](nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t size, std::uint32_t* flags,
             nghttp2_data_source* source, void* user) {
            return self(user).on_read(*static_cast<Nghttp2Stream*>(source->ptr), size, *flags);
          }};
}

// ---- receiving ------------------------------------------------------------------------------------------------------

int Nghttp2Session::Impl::on_header(const nghttp2_frame&, std::string_view name, std::string_view value) {
  if (block.add(name, value)) return 0;
  doom(Http2Code::enhance_your_calm, "header block far over SETTINGS_MAX_HEADER_LIST_SIZE");
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

int Nghttp2Session::Impl::on_invalid_header(StreamId id) {
  submit_reset(id, Http2Code::protocol_error);  // malformed: RFC 9113, 8.1.1
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int Nghttp2Session::Impl::on_frame(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
      on_headers(frame);
      break;
    case NGHTTP2_DATA:
      if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) on_data_end(frame.hd.stream_id);
      break;
    case NGHTTP2_SETTINGS:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) events.settings();
      break;
    case NGHTTP2_PING:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) events.pong();
      break;
    case NGHTTP2_GOAWAY:
      last_word = true;  // a client's, too: nghttp2 hears no more from it once its streams are done
      events.goaway(frame.goaway.last_stream_id, static_cast<Http2Code>(frame.goaway.error_code),
                    view(frame.goaway.opaque_data, frame.goaway.opaque_data_len));
      break;
    default:
      break;
  }
  return 0;
}

void Nghttp2Session::Impl::on_headers(const nghttp2_frame& frame) {
  StreamId id = frame.hd.stream_id;
  Nghttp2Stream* stream = streams.find(id);
  if (block.too_large()) {
    submit_reset(id, Http2Code::enhance_your_calm);
    if (stream == nullptr || stream->forgotten) return;
    stream->forgotten = true;
    events.reset(id, stream->user, Http2Code::enhance_your_calm);
    return;
  }
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) stream = streams.add(id, nullptr);
  if (stream == nullptr || stream->forgotten) return;
  tell_pending_data(false);
  bool end = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (end) stream->remote_ended = true;
  events.headers(id, stream->user, block.finish(), end);
}

int Nghttp2Session::Impl::on_data(StreamId id, std::string_view bytes) {
  tell_pending_data(false);
  Nghttp2Stream* stream = streams.find(id);
  if (stream == nullptr || stream->forgotten) {
    nghttp2_session_consume(session, id, bytes.size());
    return 0;
  }
  stream->unconsumed += bytes.size();
  pending_data = bytes;
  pending_stream = id;
  return 0;
}

void Nghttp2Session::Impl::on_data_end(StreamId id) {
  if (pending_stream != id) {
    tell_pending_data(false);
    pending_stream = id;
  }
  tell_pending_data(true);
}

/// Most requests are one message in one DATA frame that ends the stream: so they are one event.
void Nghttp2Session::Impl::tell_pending_data(bool end) {
  if (pending_stream == 0) return;
  Nghttp2Stream* stream = streams.find(pending_stream);
  std::string_view bytes = pending_data;
  pending_stream = 0;
  pending_data = {};
  if (stream == nullptr || stream->forgotten) return;
  if (end) stream->remote_ended = true;
  events.data(stream->id, stream->user, std::as_bytes(std::span(bytes)), end);
}

int Nghttp2Session::Impl::on_close(StreamId id, Http2Code code) {
  tell_pending_data(false);
  Nghttp2Stream* stream = streams.find(id);
  if (stream == nullptr) return 0;
  if (stream->unconsumed > 0) nghttp2_session_consume_connection(session, stream->unconsumed);
  // A server that ended early resets with NO_ERROR itself; a client has its whole answer then.
  bool whole = role == Role::server ? stream->local_ended : stream->remote_ended;
  bool forgotten = stream->forgotten;
  void* user = stream->user;
  streams.remove(id);
  if (forgotten) return 0;
  if (code == Http2Code::no_error && whole) {
    events.closed(id, user);
  } else {
    events.reset(id, user, code);
  }
  return 0;
}

// ---- sending --------------------------------------------------------------------------------------------------------

ssize_t Nghttp2Session::Impl::on_read(Nghttp2Stream& stream, std::size_t size, std::uint32_t& flags) {
  std::size_t taken = std::min(size, stream.queue.size());
  if (taken == 0 && !stream.ends) {
    stream.deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  if (taken > 0) flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (stream.ends && taken == stream.queue.size()) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream.trailing) {
      flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const auto& views = stream.trailers.views();
      nghttp2_submit_trailer(session, stream.id, views.data(), views.size());
    }
  }
  return static_cast<ssize_t>(taken);
}

int Nghttp2Session::Impl::on_write(Nghttp2Stream& stream, const std::uint8_t* frame_header, std::size_t size) {
  if (out->size() >= out_max) return NGHTTP2_ERR_WOULDBLOCK;
  out->append(view(frame_header, 9));
  stream.queue.move_to(*out, size);
  if (stream.above_mark && stream.queue.size() <= low_mark) {
    stream.above_mark = false;
    if (!stream.forgotten) events.drained(stream.id, stream.user);
  }
  return 0;
}

int Nghttp2Session::Impl::on_sent(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_GOAWAY) {
    // One with an error that we did not submit is nghttp2's: at its own limit of resets it goes on after it; we don't.
    std::string_view why = view(frame.goaway.opaque_data, frame.goaway.opaque_data_len);
    auto code = static_cast<Http2Code>(frame.goaway.error_code);
    if (code != Http2Code::no_error) doom(code, why.empty() ? "the peer opens streams and resets them at once" : why);
    return 0;
  }
  bool may_end = frame.hd.type == NGHTTP2_DATA || frame.hd.type == NGHTTP2_HEADERS;
  if (!may_end || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  Nghttp2Stream* stream = streams.find(frame.hd.stream_id);
  if (stream == nullptr) return 0;
  stream->local_ended = true;
  if (role == Role::server && !stream->remote_ended) submit_reset(stream->id, Http2Code::no_error);
  return 0;
}

/// A block that is too large for nghttp2 (64 KiB), or whose stream is gone.
int Nghttp2Session::Impl::on_not_sent(const nghttp2_frame& frame) {
  if (frame.hd.type != NGHTTP2_HEADERS || frame.headers.cat == NGHTTP2_HCAT_REQUEST) return 0;
  Nghttp2Stream* stream = streams.find(frame.hd.stream_id);
  if (stream == nullptr || stream->forgotten) return 0;
  stream->forgotten = true;
  submit_reset(stream->id, Http2Code::internal_error);
  events.reset(stream->id, stream->user, Http2Code::internal_error);
  return 0;
}

}  // namespace holon::wire::oracle
