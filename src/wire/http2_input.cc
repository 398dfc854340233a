// What frames say: RFC 9113, sections 4 to 6. Header blocks are in http2_blocks.cc.
#include "wire/http2_impl.h"

namespace holon::wire {

void Http2Session::Impl::take(std::string_view input) {
  while (!input.empty() && !doomed) {
    if (preface_left > 0) {
      input = take_preface(input);
    } else if (in_data) {
      input = take_data(input);
    } else if (!partial.empty()) {
      input = take_partial(input);
    } else {
      input = take_frames(input);
    }
  }
}

// 3.4
std::string_view Http2Session::Impl::take_preface(std::string_view input) {
  std::string_view expected = client_preface.substr(client_preface.size() - preface_left);
  std::size_t count = std::min(expected.size(), input.size());
  if (input.substr(0, count) != expected.substr(0, count)) {
    fail(rule::preface);
    return {};
  }
  preface_left -= count;
  return input.substr(count);
}

// Takes whole frames, and the beginning of a DATA frame; what is left over is kept in `partial`.
std::string_view Http2Session::Impl::take_frames(std::string_view input) {
  while (input.size() >= frame_header_bytes && !in_data) {
    FrameHeader frame = FrameHeader::parse(input.data());
    if (Verdict wrong = check_order(frame)) return fail(*wrong), std::string_view();
    std::string_view payload = input.substr(frame_header_bytes);
    std::size_t taken = frame.size;
    if (frame.is(FrameType::data)) {
      taken = frame.has(flag::padded) && frame.size > 0 ? 1 : 0;
      if (payload.size() < taken) break;
      begin_data(frame, payload);
      input.remove_prefix(frame_header_bytes + taken);
      if (!doomed) input = take_data(input);
    } else {
      if (payload.size() < taken) break;
      if (Verdict wrong = on_frame(frame, payload.substr(0, taken))) fail(*wrong);
      input.remove_prefix(frame_header_bytes + taken);
      if (block_stream == 0) ++frames;
    }
    if (doomed) return {};
  }
  if (in_data) return input;
  partial = input;
  return {};
}

// The rest of a frame whose beginning came before.
std::string_view Http2Session::Impl::take_partial(std::string_view input) {
  for (;;) {
    std::size_t wanted = frame_header_bytes;
    if (partial.size() >= frame_header_bytes) {
      FrameHeader frame = FrameHeader::parse(partial.data());
      if (check_order(frame) == nullptr) {
        bool padded = frame.has(flag::padded) && frame.size > 0;
        wanted += frame.is(FrameType::data) ? padded : frame.size;
      }
    }
    if (partial.size() >= wanted) break;
    std::size_t count = std::min(wanted - partial.size(), input.size());
    if (count == 0) return input;
    partial.append(input.substr(0, count));
    input.remove_prefix(count);
  }
  std::string whole;
  whole.swap(partial);
  take_frames(whole);
  whole.clear();
  if (partial.empty() && whole.capacity() <= frame_bytes_default) partial.swap(whole);  // its memory serves again
  return input;
}

// What holds for a frame whatever it says.
Verdict Http2Session::Impl::check_order(const FrameHeader& frame) const {
  if (!settings_seen && (!frame.is(FrameType::settings) || frame.has(flag::ack))) return &rule::settings_first;  // 3.4
  if (frame.size > frame_bytes_default) return &rule::frame_too_large;                                           // 4.2
  bool continues = frame.is(FrameType::continuation) && frame.stream == block_stream;
  if (block_stream != 0 && !continues) return &rule::block_interrupted;  // 4.3, 6.10
  return nullptr;
}

Verdict Http2Session::Impl::on_frame(const FrameHeader& frame, std::string_view payload) {
  switch (static_cast<FrameType>(frame.type)) {
    case FrameType::headers: return on_headers(frame, payload);
    case FrameType::priority: return on_priority(frame, payload);
    case FrameType::rst_stream: return on_rst_stream(frame, payload);
    case FrameType::settings: return on_settings(frame, payload);
    case FrameType::push_promise: return &rule::push;  // 8.4: clients send none, and ours forbids it
    case FrameType::ping: return on_ping(frame, payload);
    case FrameType::goaway: return on_goaway(frame, payload);
    case FrameType::window_update: return on_window_update(frame, payload);
    case FrameType::continuation: return on_continuation(frame, payload);
    default: return unknown_frames.take(now) ? nullptr : &rule::unknown_flood;  // 5.5: ignored
  }
}

// ---- DATA: 6.1 -----------------------------------------------------------------------------------------------------

void Http2Session::Impl::begin_data(const FrameHeader& frame, std::string_view payload) {
  std::size_t padding = 0;  // with the byte that tells its length
  if (frame.has(flag::padded)) {
    if (frame.size == 0) return fail(rule::frame_size);
    padding = static_cast<unsigned char>(payload[0]) + std::size_t{1};
    if (padding > frame.size) return fail(rule::padding);
  }
  data = frame;
  data_left = frame.size - padding;
  padding_left = padding == 0 ? 0 : padding - 1;
  in_data = true;
  if (Verdict wrong = admit_data(frame, padding)) fail(*wrong);
}

// 6.9: all of the frame counts, padding too, whatever becomes of it.
Verdict Http2Session::Impl::admit_data(const FrameHeader& frame, std::size_t padding) {
  if (frame.stream == 0) return &rule::no_stream;
  if (frame.size > receive_window) return &rule::window_exceeded;
  receive_window -= frame.size;
  if (is_idle(frame.stream)) return &rule::idle_stream;
  if (data_left == 0 && !frame.has(flag::end_stream) && !empty_data.take(now)) return &rule::empty_flood;
  Http2Stream* stream = live(frame.stream);
  if (stream == nullptr) {
    give_credit(nullptr, padding);
    if (!was_reset_here(frame.stream)) fail_stream(frame.stream, rule::half_closed);
  } else if (stream->remote_ended) {
    fail_stream(frame.stream, rule::half_closed);
  } else if (!stream->headed) {
    fail_stream(frame.stream, rule::data_before_headers);
  } else if (frame.size > stream->receive_window) {
    fail_stream(frame.stream, rule::stream_window_exceeded);
  } else {
    stream->receive_window -= frame.size;
    give_credit(stream, padding);
  }
  return nullptr;
}

// The body as it arrives. Most requests are one message in one frame that ends the stream: so they are one event.
std::string_view Http2Session::Impl::take_data(std::string_view input) {
  std::string_view bytes = input.substr(0, data_left);
  data_left -= bytes.size();
  input.remove_prefix(bytes.size());
  if (data_left == 0) {
    std::size_t padding = std::min(padding_left, input.size());
    padding_left -= padding;
    input.remove_prefix(padding);
  }
  in_data = data_left + padding_left > 0;
  if (!in_data) ++frames;
  Http2Stream* stream = live(data.stream);
  if (stream == nullptr || stream->remote_ended) {
    give_credit(nullptr, bytes.size());
    return input;
  }
  stream->unconsumed += bytes.size();
  stream->body_bytes += bytes.size();
  bool end = !in_data && data.has(flag::end_stream);
  if (!body_fits(*stream, end)) {
    fail_stream(data.stream, rule::content_length);
  } else if (end || !bytes.empty()) {
    StreamId id = stream->id;
    stream->remote_ended = end;
    events.data(id, stream->user, std::as_bytes(std::span(bytes)), end);
    if (end) note_end(id);
  }
  return input;
}

// 8.1.1
bool Http2Session::Impl::body_fits(const Http2Stream& stream, bool end) const {
  if (stream.length == Http2Stream::no_length) return true;
  return end ? stream.body_bytes == stream.length : stream.body_bytes <= stream.length;
}

// ---- the other frames ----------------------------------------------------------------------------------------------

// 6.3: says nothing any more (5.3.2), but must be well-formed.
Verdict Http2Session::Impl::on_priority(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream == 0) return &rule::no_stream;
  if (!priorities.take(now)) return &rule::priority_flood;
  bool idle = is_idle(frame.stream);
  Verdict wrong = nullptr;
  if (payload.size() != 5) {
    wrong = &rule::priority_size;
  } else if (static_cast<StreamId>(read_u32(payload.data()) & stream_id_most) == frame.stream) {
    wrong = &rule::self_dependency;
  }
  if (wrong == nullptr || idle) return wrong;  // an idle stream cannot be reset
  fail_stream(frame.stream, *wrong);
  return nullptr;
}

// 6.4
Verdict Http2Session::Impl::on_rst_stream(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream == 0) return &rule::no_stream;
  if (payload.size() != 4) return &rule::frame_size;
  if (is_idle(frame.stream)) return &rule::idle_stream;
  Http2Stream* stream = live(frame.stream);
  if (stream == nullptr) return nullptr;
  bool at_once = role == Role::server && now - stream->born < limits.reset_age;
  if (at_once && !resets.take_early(events.has_deadline(stream->user), now)) return &rule::reset_flood;
  auto code = static_cast<Http2Code>(read_u32(payload.data()));
  // 8.1: a server that has answered in full may tell a client so to stop.
  bool answered = role == Role::client && stream->remote_ended && code == Http2Code::no_error;
  void* user = stream->user;
  remove(*stream);
  reset_there.add(frame.stream);
  if (answered) {
    events.closed(frame.stream, user);
  } else {
    events.reset(frame.stream, user, code);
  }
  return nullptr;
}

// 6.5
Verdict Http2Session::Impl::on_settings(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream != 0) return &rule::a_stream;
  if (frame.has(flag::ack)) return on_settings_ack(payload);
  if (payload.size() % 6 != 0) return &rule::settings_size;
  if (!settings.take(now)) return &rule::settings_flood;
  if (!settings_seen) peer_streams_max = ~std::uint32_t{0};
  settings_seen = true;
  for (; !payload.empty(); payload.remove_prefix(6)) {
    auto which = static_cast<Setting>(read_u16(payload.data()));
    if (Verdict wrong = on_setting(which, read_u32(payload.data() + 2))) return wrong;
  }
  append_frame_header(out, 0, FrameType::settings, flag::ack, 0);
  control_bytes += frame_header_bytes;
  events.settings();
  return nullptr;
}

// 6.5.2
Verdict Http2Session::Impl::on_setting(Setting which, std::uint32_t value) {
  switch (which) {
    case Setting::header_table_size:
      if (value != peer_table_bytes) encoder.resize_table(value);
      peer_table_bytes = value;
      return nullptr;
    case Setting::enable_push:
      return value > 1 || (value == 1 && role == Role::client) ? &rule::enable_push : nullptr;
    case Setting::max_concurrent_streams:
      peer_streams_max = value;
      return nullptr;
    case Setting::initial_window_size:
      if (value > window_most) return &rule::initial_window;
      return resize_send_windows(value);
    case Setting::max_frame_size:
      if (value < frame_bytes_default || value > frame_bytes_most) return &rule::max_frame_size;
      peer_frame_bytes = value;
      return nullptr;
    case Setting::max_header_list_size:
      peer_header_list_bytes = value;
      return nullptr;
    default:
      return nullptr;  // unknown ones are ignored
  }
}

// 6.9.2
Verdict Http2Session::Impl::resize_send_windows(std::int64_t initial) {
  std::int64_t by = initial - peer_initial_window;
  peer_initial_window = initial;
  bool overflow = false;
  streams.each([&](Http2Stream& stream) {
    stream.send_window += by;
    overflow = overflow || stream.send_window > window_most;
    schedule(stream);
  });
  return overflow ? &rule::window_overflow : nullptr;
}

// 6.5.3: the peer keeps to our settings from here on, so that its streams' windows are what we said.
Verdict Http2Session::Impl::on_settings_ack(std::string_view payload) {
  if (!payload.empty()) return &rule::settings_ack_size;
  if (settings_acked) return &rule::settings_ack;
  settings_acked = true;
  std::int64_t by = std::int64_t{limits.stream_window_bytes} - initial_window;
  initial_window += by;
  streams.each([by](Http2Stream& stream) { stream.receive_window += by; });
  return nullptr;
}

// 6.7
Verdict Http2Session::Impl::on_ping(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream != 0) return &rule::a_stream;
  if (payload.size() != 8) return &rule::frame_size;
  if (!pings.take(now)) return &rule::ping_flood;
  if (frame.has(flag::ack)) {
    events.pong();
    return nullptr;
  }
  append_frame_header(out, 8, FrameType::ping, flag::ack, 0);
  out.append(payload);
  control_bytes += frame_header_bytes + 8;
  return nullptr;
}

// 6.8
Verdict Http2Session::Impl::on_goaway(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream != 0) return &rule::a_stream;
  if (payload.size() < 8) return &rule::frame_size;
  auto last = static_cast<StreamId>(read_u32(payload.data()) & stream_id_most);
  auto code = static_cast<Http2Code>(read_u32(payload.data() + 4));
  last_word = true;
  events.goaway(last, code, payload.substr(8));
  if (role == Role::server) return nullptr;
  for (StreamId id : streams.ids()) {
    Http2Stream* stream = id > last ? live(id) : nullptr;
    if (stream == nullptr) continue;
    void* user = stream->user;
    remove(*stream);
    reset_here.add(id);
    events.reset(id, user, Http2Code::refused_stream);
  }
  return nullptr;
}

// 6.9
Verdict Http2Session::Impl::on_window_update(const FrameHeader& frame, std::string_view payload) {
  if (payload.size() != 4) return &rule::frame_size;
  if (!window_updates.take(now)) return &rule::window_flood;
  std::int64_t by = read_u32(payload.data()) & window_most;
  if (frame.stream == 0) {
    if (by == 0) return &rule::zero_increment;
    send_window += by;
    return send_window > window_most ? &rule::window_overflow : nullptr;
  }
  if (is_idle(frame.stream)) return &rule::idle_stream;
  Http2Stream* stream = live(frame.stream);
  if (stream == nullptr) return nullptr;  // 5.1: may still arrive for a stream that is closed
  stream->send_window += by;
  if (by == 0) {
    fail_stream(frame.stream, rule::zero_stream_increment);
  } else if (stream->send_window > window_most) {
    fail_stream(frame.stream, rule::stream_window_overflow);
  } else {
    schedule(*stream);
  }
  return nullptr;
}

// 5.1, 5.1.1: what nobody opened yet. Nobody pushes, so a server's own streams stay idle forever.
bool Http2Session::Impl::is_idle(StreamId id) const {
  if (id % 2 == 0) return true;
  return role == Role::server ? id > highest_peer_stream : id >= next_stream;
}

bool Http2Session::Impl::was_reset_here(StreamId id) const { return id > peer_stream_limit || reset_here.contains(id); }

}  // namespace holon::wire
