#include "wire/http2.h"

#include <nghttp2/nghttp2.h>

#include <array>
#include <cassert>

#include "wire/http2_stream.h"

namespace holon::wire {
namespace {

/// What a queued control frame costs nghttp2, about: an outbound item, allocated.
constexpr std::size_t control_frame_bytes = 64;
/// A block this many times over its budget is no mistake but an attack on memory or time.
constexpr std::size_t bomb_factor = 4;
/// Streams a client may reset in a burst, and by second from then on. Work that is cancelled at once costs the server,
/// not the client (CVE-2023-44487); deadlines and hedges of honest clients stay far below.
constexpr std::uint64_t reset_burst = 10'000;
constexpr std::uint64_t resets_per_second = 1'000;
constexpr StreamId last_stream_id = 0x7fffffff;

std::string_view view(const std::uint8_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

/// The header block being received. One buffer, so that a block costs no allocation once it has grown.
class BlockReader {
 public:
  explicit BlockReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void begin() {
    text_.clear();
    fields_.clear();
    size_ = 0;
  }
  /// False for a bomb: the connection must end. Over the budget the block is not kept, but goes on.
  bool add(std::string_view name, std::string_view value) {
    size_ += name.size() + value.size() + 32;  // as SETTINGS_MAX_HEADER_LIST_SIZE counts: RFC 9113, 6.5.2
    if (!too_large()) {
      text_.append(name).append(value);
      fields_.push_back({name.size(), value.size()});
    }
    return size_ <= bytes_max_ * bomb_factor;
  }
  bool too_large() const { return size_ > bytes_max_; }
  Headers finish() {
    views_.clear();
    std::string_view rest = text_;
    for (auto [name, value] : fields_) {
      views_.push_back({rest.substr(0, name), rest.substr(name, value)});
      rest.remove_prefix(name + value);
    }
    return views_;
  }

 private:
  struct Field {
    std::size_t name_size;
    std::size_t value_size;
  };

  std::size_t bytes_max_;
  std::size_t size_ = 0;
  std::string text_;
  std::vector<Field> fields_;
  std::vector<HeaderView> views_;
};

}  // namespace

struct Http2Session::Impl {
  Impl(Role role, const Http2Limits& limits, Http2Events& events);
  ~Impl() { nghttp2_session_del(session); }

  void make_session();
  void submit_settings();

  // What nghttp2 calls.
  static Impl& self(void* user) { return *static_cast<Impl*>(user); }
  int on_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  int on_data(StreamId id, std::string_view bytes);
  int on_frame(const nghttp2_frame& frame);
  int on_sent(const nghttp2_frame& frame);
  int on_not_sent(const nghttp2_frame& frame);
  int on_close(StreamId id, Http2Code code);
  int on_invalid_header(StreamId id);
  ssize_t on_read(Http2Stream& stream, std::size_t size, std::uint32_t& flags);
  int on_write(Http2Stream& stream, const std::uint8_t* frame_header, std::size_t size);
  static nghttp2_session_callbacks* make_callbacks();

  void on_headers(const nghttp2_frame& frame);
  void on_data_end(StreamId id);
  void tell_pending_data(bool end);
  static nghttp2_data_provider body_of(Http2Stream& stream);
  void begin(Http2Stream& stream, Headers headers, bool end);
  void wake(Http2Stream& stream);
  void submit_reset(StreamId id, Http2Code code) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, static_cast<std::uint32_t>(code));
  }
  const std::vector<nghttp2_nv>& to_nv(Headers headers);

  bool terminating() const;
  std::size_t control_bytes() const {
    return nghttp2_session_get_outbound_queue_size(session) * control_frame_bytes;
  }
  void write_into(std::string& buffer, std::size_t bytes_max);
  void doom(Http2Code code, std::string_view why);
  Error die();
  void reset_all(Http2Code code);

  const Role role;
  const Http2Limits limits;
  Http2Events& events;
  nghttp2_session* session = nullptr;
  Http2StreamTable streams;
  BlockReader block;
  std::vector<nghttp2_nv> nv;  ///< of the block being submitted: nghttp2 copies it
  std::string_view pending_data;  ///< the latest chunk, held until it is known whether it was the stream's last
  StreamId pending_stream = 0;
  std::string* out = nullptr;  ///< the buffer being gathered into
  std::size_t out_max = 0;
  bool notice_given = false;   ///< the first GOAWAY of a graceful end was submitted
  bool last_word = false;      ///< … and the second one, or the peer's
  bool doomed = false;         ///< must end with `end_code`, as soon as nghttp2 is not in the midst of something
  bool dead = false;
  Http2Code end_code = Http2Code::no_error;
  std::string end_reason;      ///< the debug text of the last GOAWAY: nghttp2's or ours
  std::string last_bytes;      ///< what a dead session still has to say
};

// ---- nghttp2's session ----------------------------------------------------------------------------------------------

Http2Session::Impl::Impl(Role role_, const Http2Limits& limits_, Http2Events& events_)
    : role(role_), limits(limits_), events(events_), block(limits_.header_list_bytes_max) {
  make_session();
  submit_settings();
}

void Http2Session::Impl::make_session() {
  static nghttp2_session_callbacks* const callbacks = make_callbacks();
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_option_set_max_reserved_remote_streams(option, 0);
  nghttp2_option_set_max_outbound_ack(option, std::max<std::size_t>(limits.unsent_bytes_max / control_frame_bytes, 8));
  nghttp2_option_set_stream_reset_rate_limit(option, reset_burst, resets_per_second);
  if (role == Role::server) {
    nghttp2_session_server_new2(&session, callbacks, this, option);
  } else {
    nghttp2_session_client_new2(&session, callbacks, this, option);
  }
  nghttp2_option_del(option);
}

void Http2Session::Impl::submit_settings() {
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

nghttp2_session_callbacks* Http2Session::Impl::make_callbacks() {
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
      made, [](nghttp2_session*, const nghttp2_frame* frame, int, void* user) { return self(user).on_not_sent(*frame); });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      made, [](nghttp2_session*, std::int32_t id, std::uint32_t code, void* user) {
        return self(user).on_close(id, static_cast<Http2Code>(code));
      });
  nghttp2_session_callbacks_set_send_data_callback(
      made, [](nghttp2_session*, nghttp2_frame*, const std::uint8_t* header, std::size_t size,
               nghttp2_data_source* source, void* user) {
        return self(user).on_write(*static_cast<Http2Stream*>(source->ptr), header, size);
      });
  return made;
}

// ---- receiving ------------------------------------------------------------------------------------------------------

int Http2Session::Impl::on_header(const nghttp2_frame&, std::string_view name, std::string_view value) {
  if (block.add(name, value)) return 0;
  doom(Http2Code::enhance_your_calm, "header block far over SETTINGS_MAX_HEADER_LIST_SIZE");
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

int Http2Session::Impl::on_invalid_header(StreamId id) {
  submit_reset(id, Http2Code::protocol_error);  // malformed: RFC 9113, 8.1.1
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int Http2Session::Impl::on_frame(const nghttp2_frame& frame) {
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
      if (role == Role::client) last_word = true;
      events.goaway(frame.goaway.last_stream_id, static_cast<Http2Code>(frame.goaway.error_code),
                    view(frame.goaway.opaque_data, frame.goaway.opaque_data_len));
      break;
    default:
      break;
  }
  return 0;
}

void Http2Session::Impl::on_headers(const nghttp2_frame& frame) {
  StreamId id = frame.hd.stream_id;
  Http2Stream* stream = streams.find(id);
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

int Http2Session::Impl::on_data(StreamId id, std::string_view bytes) {
  tell_pending_data(false);
  Http2Stream* stream = streams.find(id);
  if (stream == nullptr || stream->forgotten) {
    nghttp2_session_consume(session, id, bytes.size());
    return 0;
  }
  stream->unconsumed += bytes.size();
  pending_data = bytes;
  pending_stream = id;
  return 0;
}

void Http2Session::Impl::on_data_end(StreamId id) {
  if (pending_stream != id) {
    tell_pending_data(false);
    pending_stream = id;
  }
  tell_pending_data(true);
}

/// Most requests are one message in one DATA frame that ends the stream: so they are one event.
void Http2Session::Impl::tell_pending_data(bool end) {
  if (pending_stream == 0) return;
  Http2Stream* stream = streams.find(pending_stream);
  std::string_view bytes = pending_data;
  pending_stream = 0;
  pending_data = {};
  if (stream == nullptr || stream->forgotten) return;
  if (end) stream->remote_ended = true;
  events.data(stream->id, stream->user, std::as_bytes(std::span(bytes)), end);
}

int Http2Session::Impl::on_close(StreamId id, Http2Code code) {
  tell_pending_data(false);
  Http2Stream* stream = streams.find(id);
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

/// Whether nghttp2 has submitted its terminal GOAWAY. It keeps this to itself and swallows all input from then on; but
/// only then does it accept (and ignore) a GOAWAY whose last stream id is one of our own.
bool Http2Session::Impl::terminating() const {
  StreamId own = role == Role::server ? 2 : 1;
  return nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, own, NGHTTP2_NO_ERROR, nullptr, 0) == 0;
}

Result<void> Http2Session::receive(Bytes bytes) {
  Impl& impl = *impl_;
  if (impl.dead) return unavailable("HTTP/2 connection is over");
  auto taken = nghttp2_session_mem_recv(impl.session, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  impl.tell_pending_data(false);
  if (taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC) {
    impl.doom(Http2Code::protocol_error, "the connection does not begin with HTTP/2's client preface");
  } else if (taken == NGHTTP2_ERR_FLOODED) {
    impl.doom(Http2Code::enhance_your_calm, "flood of SETTINGS or PING frames");
  } else if (taken < 0) {
    impl.doom(Http2Code::internal_error, nghttp2_strerror(static_cast<int>(taken)));
  } else if (impl.control_bytes() > impl.limits.unsent_bytes_max) {
    impl.doom(Http2Code::enhance_your_calm, "the peer causes frames faster than it reads them");
  }
  if (impl.doomed || impl.terminating()) return impl.die();
  return {};
}

// ---- sending --------------------------------------------------------------------------------------------------------

ssize_t Http2Session::Impl::on_read(Http2Stream& stream, std::size_t size, std::uint32_t& flags) {
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

int Http2Session::Impl::on_write(Http2Stream& stream, const std::uint8_t* frame_header, std::size_t size) {
  if (out->size() >= out_max) return NGHTTP2_ERR_WOULDBLOCK;
  out->append(view(frame_header, 9));
  stream.queue.move_to(*out, size);
  if (stream.above_mark && stream.queue.size() <= low_mark) {
    stream.above_mark = false;
    if (!stream.forgotten) events.drained(stream.id, stream.user);
  }
  return 0;
}

int Http2Session::Impl::on_sent(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_GOAWAY) {
    // One with an error that we did not submit is nghttp2's: at its own limit of resets it goes on after it; we don't.
    std::string_view why = view(frame.goaway.opaque_data, frame.goaway.opaque_data_len);
    auto code = static_cast<Http2Code>(frame.goaway.error_code);
    if (code != Http2Code::no_error) doom(code, why.empty() ? "the peer opens streams and resets them at once" : why);
    return 0;
  }
  bool may_end = frame.hd.type == NGHTTP2_DATA || frame.hd.type == NGHTTP2_HEADERS;
  if (!may_end || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  Http2Stream* stream = streams.find(frame.hd.stream_id);
  if (stream == nullptr) return 0;
  stream->local_ended = true;
  if (role == Role::server && !stream->remote_ended) submit_reset(stream->id, Http2Code::no_error);
  return 0;
}

/// A block that is too large for nghttp2 (64 KiB), or whose stream is gone.
int Http2Session::Impl::on_not_sent(const nghttp2_frame& frame) {
  if (frame.hd.type != NGHTTP2_HEADERS || frame.headers.cat == NGHTTP2_HCAT_REQUEST) return 0;
  Http2Stream* stream = streams.find(frame.hd.stream_id);
  if (stream == nullptr || stream->forgotten) return 0;
  stream->forgotten = true;
  submit_reset(stream->id, Http2Code::internal_error);
  events.reset(stream->id, stream->user, Http2Code::internal_error);
  return 0;
}

const std::vector<nghttp2_nv>& Http2Session::Impl::to_nv(Headers headers) {
  nv.clear();
  for (const HeaderView& header : headers) {
    nv.push_back({bytes_of(header.name), bytes_of(header.value), header.name.size(), header.value.size(),
                  indexing_of(header)});
  }
  return nv;
}

nghttp2_data_provider Http2Session::Impl::body_of(Http2Stream& stream) {
  return {{.ptr = &stream},
          [](nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t size, std::uint32_t* flags,
             nghttp2_data_source* source, void* user) {
            return self(user).on_read(*static_cast<Http2Stream*>(source->ptr), size, *flags);
          }};
}

void Http2Session::Impl::begin(Http2Stream& stream, Headers headers, bool end) {
  assert(!stream.begun);
  if (stream.begun) return;
  stream.begun = true;
  stream.ends = end;
  const auto& views = to_nv(headers);
  nghttp2_data_provider body = body_of(stream);
  nghttp2_submit_response(session, stream.id, views.data(), views.size(), end ? nullptr : &body);
}

void Http2Session::Impl::wake(Http2Stream& stream) {
  if (!stream.deferred) return;
  stream.deferred = false;
  nghttp2_session_resume_data(session, stream.id);
}

StreamId Http2Session::open(Headers headers, bool end, void* user) {
  if (!may_open()) return 0;
  Impl& impl = *impl_;
  StreamId id = static_cast<StreamId>(nghttp2_session_get_next_stream_id(impl.session));
  Http2Stream* stream = impl.streams.add(id, user);
  stream->begun = true;
  stream->ends = end;
  const auto& views = impl.to_nv(headers);
  nghttp2_data_provider body = impl.body_of(*stream);
  std::int32_t opened = nghttp2_submit_request(impl.session, nullptr, views.data(), views.size(), end ? nullptr : &body,
                                               nullptr);
  if (opened == id) return id;
  impl.streams.remove(id);
  return 0;
}

bool Http2Session::may_open() const {
  const Impl& impl = *impl_;
  if (impl.dead || impl.role != Role::client || nghttp2_session_check_request_allowed(impl.session) == 0) return false;
  auto allowed = nghttp2_session_get_remote_settings(impl.session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return impl.streams.size() < allowed && impl.control_bytes() < impl.limits.unsent_bytes_max / 2;
}

void Http2Session::respond(StreamId id, Headers headers) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream != nullptr && !stream->forgotten) impl_->begin(*stream, headers, false);
}

void Http2Session::respond_and_end(StreamId id, Headers headers) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream != nullptr && !stream->forgotten) impl_->begin(*stream, headers, true);
}

void Http2Session::send(StreamId id, std::string bytes, bool end) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr || stream->forgotten || stream->ends) return;
  stream->queue.push(std::move(bytes));
  if (stream->queue.size() > low_mark) stream->above_mark = true;
  stream->ends = end;
  if (end || stream->queue.size() > 0) impl_->wake(*stream);
}

void Http2Session::trailers(StreamId id, Headers trailers) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr || stream->forgotten || stream->ends) return;
  assert(stream->begun);
  stream->trailers.keep(trailers);
  stream->ends = stream->trailing = true;
  impl_->wake(*stream);
}

void Http2Session::reset(StreamId id, Http2Code code) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr || stream->forgotten) return;
  stream->forgotten = true;
  impl_->submit_reset(id, code);
}

void Http2Session::set_user(StreamId id, void* user) {
  if (Http2Stream* stream = impl_->streams.find(id)) stream->user = user;
}

std::size_t Http2Session::unsent(StreamId id) const {
  Http2Stream* stream = impl_->streams.find(id);
  return stream == nullptr || stream->forgotten ? 0 : stream->queue.size();
}

void Http2Session::consumed(StreamId id, std::size_t bytes) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr) return;  // its close gave all back
  bytes = std::min(bytes, stream->unconsumed);
  stream->unconsumed -= bytes;
  nghttp2_session_consume(impl_->session, id, bytes);
}

void Http2Session::ping() {
  if (!impl_->dead) nghttp2_submit_ping(impl_->session, NGHTTP2_FLAG_NONE, nullptr);
}

// ---- writing out and ending -----------------------------------------------------------------------------------------

void Http2Session::Impl::write_into(std::string& buffer, std::size_t bytes_max) {
  out = &buffer;
  out_max = buffer.size() + bytes_max;
  while (buffer.size() < out_max) {
    const std::uint8_t* bytes = nullptr;
    auto size = nghttp2_session_mem_send(session, &bytes);
    if (size <= 0) break;
    buffer.append(view(bytes, static_cast<std::size_t>(size)));
  }
  out = nullptr;
}

void Http2Session::gather(std::string& buffer, std::size_t bytes_max) {
  Impl& impl = *impl_;
  assert(impl.out == nullptr);
  if (!impl.doomed && !impl.dead) impl.write_into(buffer, bytes_max);
  if (impl.doomed && !impl.dead) static_cast<void>(impl.die());
  buffer.append(impl.last_bytes);
  impl.last_bytes.clear();
}

bool Http2Session::wants_write() const {
  if (impl_->dead) return !impl_->last_bytes.empty();
  return impl_->doomed || nghttp2_session_want_write(impl_->session) != 0;
}

bool Http2Session::finished() const {
  if (impl_->dead) return impl_->last_bytes.empty();
  return impl_->last_word && impl_->streams.size() == 0 && !wants_write();
}

void Http2Session::Impl::doom(Http2Code code, std::string_view why) {
  if (doomed || dead) return;
  doomed = true;
  end_code = code;
  end_reason = why;
}

/// Ends the connection: what nghttp2 has to say, the GOAWAY last, is kept for gather.
Error Http2Session::Impl::die() {
  if (doomed) {
    StreamId last = nghttp2_session_get_last_proc_stream_id(session);
    nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, last, static_cast<std::uint32_t>(end_code), bytes_of(end_reason),
                          end_reason.size());
  }
  write_into(last_bytes, limits.unsent_bytes_max + (64 << 10));
  dead = true;
  reset_all(end_code);
  return unavailable("HTTP/2: " + end_reason);
}

void Http2Session::Impl::reset_all(Http2Code code) {
  for (StreamId id : streams.ids()) {
    Http2Stream* stream = streams.find(id);
    if (stream == nullptr) continue;
    bool forgotten = stream->forgotten;
    void* user = stream->user;
    streams.remove(id);
    if (!forgotten) events.reset(id, user, code);
  }
}

void Http2Session::lost() {
  if (impl_->dead) return;
  impl_->dead = true;
  impl_->reset_all(Http2Code::internal_error);
}

void Http2Session::goaway(Http2Code code, std::string_view debug) {
  Impl& impl = *impl_;
  if (impl.dead) return;
  if (code != Http2Code::no_error) return impl.doom(code, debug);
  StreamId last = nghttp2_session_get_last_proc_stream_id(impl.session);
  bool notice = impl.role == Role::server && !impl.notice_given;
  nghttp2_submit_goaway(impl.session, NGHTTP2_FLAG_NONE, notice ? last_stream_id : last, NGHTTP2_NO_ERROR,
                        bytes_of(debug), debug.size());
  impl.notice_given = true;
  if (!notice) impl.last_word = true;
}

std::size_t Http2Session::streams() const { return impl_->streams.size(); }

Http2Session::Http2Session(Role role, const Http2Limits& limits, Http2Events& events)
    : impl_(std::make_unique<Impl>(role, limits, events)) {}
Http2Session::~Http2Session() = default;

}  // namespace holon::wire
