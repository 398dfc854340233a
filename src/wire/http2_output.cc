// What leaves: RFC 9113, sections 5.2 and 6. Frames go into `out` when they are said, if windows and buffers allow.
// What waits is written when the bytes are gathered, one frame of each stream after another.
#include <cassert>

#include "wire/http2_impl.h"

namespace holon::wire {
namespace {

/// Above it bodies wait in their streams' queues, where they can be counted, and taken back.
constexpr std::size_t out_bytes_soft = 64 << 10;
/// Of DATA, whatever the peer allows: so that streams take turns.
constexpr std::size_t body_frame_bytes_max = frame_bytes_default;

}  // namespace

void Http2Session::Impl::write_settings() {
  std::string payload;
  append_setting(payload, Setting::initial_window_size, limits.stream_window_bytes);
  append_setting(payload, Setting::max_header_list_size, limits.header_list_bytes_max);
  append_setting(payload, Setting::no_rfc7540_priorities, 1);  // RFC 9218, 2.1
  if (role == Role::server) {
    append_setting(payload, Setting::max_concurrent_streams, limits.streams_max);
  } else {
    append_setting(payload, Setting::enable_push, 0);
  }
  append_frame_header(out, payload.size(), FrameType::settings, 0, 0);
  out.append(payload);
}

void Http2Session::Impl::write_window_update(StreamId id, std::size_t by) {
  append_frame_header(out, 4, FrameType::window_update, 0, id);
  append_u32(out, static_cast<std::uint32_t>(by));
  control_bytes += frame_header_bytes + 4;
}

void Http2Session::Impl::write_reset(StreamId id, Http2Code code) {
  append_frame_header(out, 4, FrameType::rst_stream, 0, id);
  append_u32(out, static_cast<std::uint32_t>(code));
  control_bytes += frame_header_bytes + 4;
}

void Http2Session::Impl::write_goaway(StreamId last, Http2Code code, std::string_view debug) {
  append_frame_header(out, 8 + debug.size(), FrameType::goaway, 0, 0);
  append_u32(out, static_cast<std::uint32_t>(last));
  append_u32(out, static_cast<std::uint32_t>(code));
  out.append(debug);
}

// ---- header blocks -------------------------------------------------------------------------------------------------

void Http2Session::Impl::write_block(StreamId id, const OutgoingHeaders& headers, bool end) {
  std::size_t start = out.size();
  out.append(frame_header_bytes, '\0');
  encoder.encode(headers, out);
  std::size_t size = out.size() - start - frame_header_bytes;
  std::uint8_t end_flag = end ? flag::end_stream : 0;
  if (size <= peer_frame_bytes) {
    write_frame_header(out.data() + start, size, FrameType::headers, end_flag | flag::end_headers, id);
    return;
  }
  std::string long_block = out.substr(start + frame_header_bytes);
  out.resize(start);
  FrameType type = FrameType::headers;
  for (std::string_view left = long_block; !left.empty(); type = FrameType::continuation) {
    std::string_view part = left.substr(0, peer_frame_bytes);
    left.remove_prefix(part.size());
    std::uint8_t flags = left.empty() ? flag::end_headers : 0;
    if (type == FrameType::headers) flags |= end_flag;
    append_frame_header(out, part.size(), type, flags, id);
    out.append(part);
  }
}

void Http2Session::Impl::begin(Http2Stream& stream, const OutgoingHeaders& headers, bool end) {
  assert(!stream.begun);
  if (stream.begun) return;
  stream.begun = true;
  stream.ends = end;
  write_block(stream.id, headers, end);
  if (end) note_local_end(stream);
}

void Http2Session::Impl::end_with(Http2Stream& stream, const OutgoingHeaders& trailers) {
  stream.ends = true;
  if (stream.queue.size() > 0) {
    stream.trailing = true;
    stream.trailers.keep(trailers);
    return;
  }
  write_block(stream.id, trailers, true);
  note_local_end(stream);
}

// ---- bodies --------------------------------------------------------------------------------------------------------

bool Http2Session::Impl::fits_now(const Http2Stream& stream, std::size_t size) const {
  auto bytes = static_cast<std::int64_t>(size);
  return stream.queue.size() == 0 && size <= body_frame_bytes_max && out.size() < out_bytes_soft &&
         (size == 0 || (bytes <= stream.send_window && bytes <= send_window));
}

// A frame whose content the caller fills in before anything else is written.
char* Http2Session::Impl::write_data(Http2Stream& stream, std::size_t size, bool end) {
  append_frame_header(out, size, FrameType::data, end ? flag::end_stream : 0, stream.id);
  stream.send_window -= static_cast<std::int64_t>(size);
  send_window -= static_cast<std::int64_t>(size);
  window_updates.earn(2);  // one for the stream, and one for the connection
  std::size_t start = out.size();
  out.resize(start + size);
  return out.data() + start;
}

void Http2Session::Impl::schedule(Http2Stream& stream) {
  if (stream.queue.size() > 0 && stream.send_window > 0 && !stream.linked()) ready.push_back(stream);
}

void Http2Session::Impl::flush(std::size_t bytes_max) {
  while (!ready.empty() && send_window > 0 && out.size() < bytes_max) write_next(ready.pop_front());
}

void Http2Session::Impl::write_next(Http2Stream& stream) {
  auto window = static_cast<std::size_t>(std::min(stream.send_window, send_window));
  std::size_t size = std::min({stream.queue.size(), window, body_frame_bytes_max});
  bool last = stream.ends && size == stream.queue.size();
  append_frame_header(out, size, FrameType::data, last && !stream.trailing ? flag::end_stream : 0, stream.id);
  stream.queue.move_to(out, size);
  stream.send_window -= static_cast<std::int64_t>(size);
  send_window -= static_cast<std::int64_t>(size);
  window_updates.earn(2);
  schedule(stream);
  if (last && stream.trailing) write_block(stream.id, stream.trailers.headers(), true);
  if (last) note_local_end(stream);
  if (!stream.above_mark || stream.queue.size() > Http2Session::low_mark) return;
  stream.above_mark = false;
  events.drained(stream.id, stream.user);
}

// ---- windows: 5.2, 6.9 ---------------------------------------------------------------------------------------------

// What the application has taken is given back when it is half a window: fewer frames, and the peer is not held up.
void Http2Session::Impl::give_credit(Http2Stream* stream, std::size_t bytes) {
  if (dead) return;
  credit += bytes;
  if (credit >= std::max<std::size_t>(limits.connection_window_bytes, window_default) / 2) {
    write_window_update(0, credit);
    receive_window += static_cast<std::int64_t>(credit);
    credit = 0;
  }
  if (stream == nullptr || stream->remote_ended) return;
  std::size_t ahead = std::min(stream->granted, bytes);
  stream->granted -= ahead;
  stream->credit += bytes - ahead;
  if (stream->credit < limits.stream_window_bytes / 2 || stream->credit == 0) return;
  write_window_update(stream->id, stream->credit);
  stream->receive_window += static_cast<std::int64_t>(stream->credit);
  stream->credit = 0;
}

// 8.1: a server may answer before the request is complete; then it tells the client that the rest is not wanted.
void Http2Session::Impl::note_local_end(Http2Stream& stream) {
  stream.local_ended = true;
  if (role == Role::server && !stream.remote_ended) {
    write_reset(stream.id, Http2Code::no_error);
    reset_here.add(stream.id);
    stream.remote_ended = true;
  }
  note_end(stream.id);
}

}  // namespace holon::wire
