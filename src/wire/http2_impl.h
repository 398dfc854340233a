// What an Http2Session is made of. Internal to http2*.cc: input (what frames say), blocks (what header blocks say),
// output (what leaves), and http2.cc (the session's own functions, and its end).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "wire/budget.h"
#include "wire/hpack.h"
#include "wire/http2_frame.h"
#include "wire/http2_stream.h"
#include "wire/reset_budget.h"
#include "wire/violation.h"

namespace holon::wire {

/// Streams that were reset, as many as are worth remembering: a client may cancel many at once, and the answers to all of them
/// are on their way.
class ResetStreams {
 public:
  void add(StreamId id) {
    if (ids_.size() < remembered_max) {
      ids_.push_back(id);
    } else {
      ids_[next_] = id;
      next_ = (next_ + 1) % remembered_max;
    }
  }
  bool contains(StreamId id) const { return std::find(ids_.begin(), ids_.end(), id) != ids_.end(); }

 private:
  static constexpr std::size_t remembered_max = 4096;
  std::vector<StreamId> ids_;
  std::size_t next_ = 0;  ///< the oldest, once all places are taken
};

struct Http2Session::Impl {
  Impl(Role role, const Http2Limits& limits, Http2Events& events);

  // ---- input: http2_input.cc
  void take(std::string_view input);
  std::string_view take_preface(std::string_view input);
  std::string_view take_frames(std::string_view input);
  std::string_view take_partial(std::string_view input);
  std::string_view take_data(std::string_view input);
  Verdict check_order(const FrameHeader& frame) const;
  void begin_data(const FrameHeader& frame, std::string_view payload);
  Verdict admit_data(const FrameHeader& frame, std::size_t padding);
  bool body_fits(const Http2Stream& stream, bool end) const;
  Verdict on_frame(const FrameHeader& frame, std::string_view payload);
  Verdict on_priority(const FrameHeader& frame, std::string_view payload);
  Verdict on_rst_stream(const FrameHeader& frame, std::string_view payload);
  Verdict on_settings(const FrameHeader& frame, std::string_view payload);
  Verdict on_setting(Setting which, std::uint32_t value);
  Verdict on_settings_ack(std::string_view payload);
  Verdict on_ping(const FrameHeader& frame, std::string_view payload);
  Verdict on_goaway(const FrameHeader& frame, std::string_view payload);
  Verdict on_window_update(const FrameHeader& frame, std::string_view payload);
  Verdict resize_send_windows(std::int64_t initial);
  bool is_idle(StreamId id) const;
  bool was_reset_here(StreamId id) const;

  // ---- header blocks: http2_blocks.cc
  Verdict on_headers(const FrameHeader& frame, std::string_view payload);
  Verdict on_continuation(const FrameHeader& frame, std::string_view payload);
  Verdict on_block(StreamId id, std::string_view bytes, bool end);
  Verdict decode(std::string_view bytes, HeaderCheck& check, bool& too_large);
  Verdict begin_stream(StreamId id, std::string_view bytes, bool end);
  Verdict continue_stream(Http2Stream& stream, std::string_view bytes, bool end);
  void tell_headers(Http2Stream& stream, bool end);

  // ---- output: http2_output.cc
  void write_settings();
  void write_window_update(StreamId id, std::size_t by);
  void write_reset(StreamId id, Http2Code code);
  void write_goaway(StreamId last, Http2Code code, std::string_view debug);
  void write_block(StreamId id, const OutgoingHeaders& headers, bool end);
  void begin(Http2Stream& stream, const OutgoingHeaders& headers, bool end);
  void end_with(Http2Stream& stream, const OutgoingHeaders& trailers);
  bool fits_now(const Http2Stream& stream, std::size_t size) const;
  char* write_data(Http2Stream& stream, std::size_t size, bool end);
  void schedule(Http2Stream& stream);
  void write_next(Http2Stream& stream);
  void flush(std::size_t bytes_max);
  void give_credit(Http2Stream* stream, std::size_t bytes);
  void note_local_end(Http2Stream& stream);

  // ---- the end of streams and of the session: http2.cc
  StreamId open(const OutgoingHeaders& headers, bool end, void* user);
  Http2Stream& add_stream(StreamId id, void* user);
  Http2Stream* live(StreamId id) const;
  Http2Stream* sendable(StreamId id) const;
  void note_queued(Http2Stream& stream, bool end);
  void note_end(StreamId id);
  void tell_closed();
  void remove(Http2Stream& stream);
  void fail_stream(StreamId id, const Violation& rule);
  void fail(const Violation& rule);
  void doom(Http2Code code, std::string_view why);
  Error die();
  void reset_all(Http2Code code);

  const Role role;
  const Http2Limits limits;
  Http2Events& events;
  env::Time now{};
  Http2StreamTable streams;
  HeaderEncoder encoder;
  HeaderDecoder decoder;

  // What the peer said in its settings.
  std::int64_t peer_initial_window = window_default;
  std::optional<std::uint32_t> peer_header_list_bytes;  ///< advice, which the session leaves to its user
  std::size_t peer_frame_bytes = frame_bytes_default;
  std::uint32_t peer_streams_max = 100;  ///< until it has said
  std::uint32_t peer_table_bytes = 4096;

  // Receiving.
  std::size_t preface_left = 0;   ///< of the client's preface
  bool settings_seen = false;
  bool settings_acked = false;    ///< the peer keeps to our settings from now on
  std::int64_t initial_window;    ///< what the peer may send ahead on a new stream
  std::int64_t receive_window = window_default;  ///< the connection's
  std::size_t credit = 0;                        ///< the connection's, not yet given back
  std::string partial;            ///< the beginning of a frame
  std::uint64_t frames = 0;       ///< begun so far
  std::string block;              ///< of a header block whose END_HEADERS is still to come
  StreamId block_stream = 0;
  bool block_end = false;         ///< … whose stream it ends
  Verdict block_wrong = nullptr;  ///< … and what was wrong with its HEADERS frame
  std::uint32_t continuations = 0;
  FrameHeader data;               ///< the DATA frame whose payload is arriving
  std::size_t data_left = 0;      ///< of its body
  std::size_t padding_left = 0;   ///< … and behind it
  bool in_data = false;
  StreamId highest_peer_stream = 0;  ///< that the peer opened
  StreamId last_peer_stream = 0;     ///< … and that was taken up
  StreamId peer_stream_limit = stream_id_most;  ///< what our last GOAWAY said: others are not taken up
  ResetStreams reset_here;   ///< before the peer had ended them: what it sent meanwhile is no mistake (RFC 9113, 5.1)
  ResetStreams reset_there;  ///< by the peer: what it still sends is a mistake, but one of that stream alone (5.1)
  std::size_t open_header_bytes = 0;  ///< of the streams that the peer opened

  // Sending.
  std::string out;                ///< complete frames
  std::size_t control_bytes = 0;  ///< of `out`: what the peer caused
  std::int64_t send_window = window_default;  ///< the connection's
  fiber::List<Http2Stream> ready;  ///< may send by their own windows; round robin
  StreamId next_stream = 1;
  std::vector<StreamId> ended;     ///< whose `closed` is to be told
  std::vector<StreamId> telling;   ///< … and is being told

  ResetBudget resets;
  Budget settings, pings, window_updates, empty_data, priorities, unknown_frames, header_excess;

  bool notice_given = false;   ///< the first GOAWAY of a graceful end was written
  bool last_word = false;      ///< … and the second one, or the peer gave one
  bool doomed = false;         ///< must end with `end_code`, as soon as nothing is in the midst of something
  bool dead = false;
  Http2Code end_code = Http2Code::no_error;
  std::string end_reason;      ///< the debug text of the last GOAWAY
};

}  // namespace holon::wire
