#include "wire/http2.h"

#include <atomic>
#include <cassert>
#include <cstring>

#include "wire/http2_impl.h"

namespace holon::wire {
namespace {

std::atomic<std::uint64_t> templates_made{0};
/// Of the buffer of what leaves, while no stream is open.
constexpr std::size_t kept_bytes = 64 << 10;

bool asks_for_head(Headers fields) {
  return !fields.empty() && fields.front().name == ":method" && fields.front().value == "HEAD";
}

constexpr Budget budget(const Rate& rate) { return {rate.burst, rate.per_second}; }

}  // namespace

HeaderTemplate::HeaderTemplate(Headers fields) : id_(++templates_made) {
  std::size_t size = 0;
  for (const HeaderView& field : fields) size += field.name.size() + field.value.size();
  text_.reserve(size);  // so that no append moves what fields_ view
  auto keep = [this](std::string_view text) {
    std::size_t start = text_.size();
    text_.append(text);
    return std::string_view(text_).substr(start);
  };
  for (const HeaderView& field : fields) {
    std::string_view name = keep(field.name);
    fields_.push_back({name, keep(field.value), field.once});
  }
}

std::vector<HeaderView> OutgoingHeaders::fields() const {
  std::vector<HeaderView> all;
  if (recurring != nullptr) all.assign(recurring->fields().begin(), recurring->fields().end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

Http2Session::Impl::Impl(Role role_, const Http2Limits& limits_, Http2Events& events_)
    : role(role_),
      limits(limits_),
      events(events_),
      decoder(limits_.header_list_bytes_max),
      // Until it has our settings it keeps to the default, or, if it hurries, to what they say: 6.9.2.
      initial_window(std::max<std::int64_t>(window_default, limits_.stream_window_bytes)),
      resets(limits_.resets, limits_.unread_resets),
      settings(budget(limits_.settings)),
      pings(budget(limits_.pings)),
      window_updates(budget(limits_.window_updates)),
      empty_data(budget(limits_.empty_data)),
      priorities(budget(limits_.priorities)),
      unknown_frames(budget(limits_.unknown_frames)),
      header_excess(budget(limits_.header_excess_bytes)) {
  if (role == Role::server) {
    preface_left = client_preface.size();
  } else {
    out.append(client_preface);
  }
  write_settings();
  std::int64_t more = std::int64_t{limits.connection_window_bytes} - window_default;
  if (more <= 0) return;  // 6.9.2: only WINDOW_UPDATE changes the connection's window, and it cannot shrink it
  write_window_update(0, static_cast<std::size_t>(more));
  receive_window += more;
}

Http2Session::Http2Session(Role role, const Http2Limits& limits, Http2Events& events)
    : impl_(std::make_unique<Impl>(role, limits, events)) {}
Http2Session::~Http2Session() = default;

// ---- receiving -----------------------------------------------------------------------------------------------------

Result<void> Http2Session::receive(Bytes bytes, env::Time now) {
  Impl& impl = *impl_;
  if (impl.dead) return unavailable("HTTP/2 connection is over");
  if (impl.now != env::Time() && now - impl.now >= impl.limits.reset_age) impl.resets.paused(now - impl.now);
  impl.now = now;
  impl.take({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  impl.tell_closed();
  if (impl.control_bytes > impl.limits.unsent_bytes_max) impl.fail(rule::unread);
  if (impl.doomed) return impl.die();
  return {};
}

HeaderMemo* Http2Session::recognised() const { return impl_->decoder.recognised(); }

std::uint64_t Http2Session::open_frame() const {
  const Impl& impl = *impl_;
  bool within = impl.in_data || !impl.partial.empty() || impl.block_stream != 0;
  return within ? impl.frames + 1 : 0;
}

void Http2Session::consumed(StreamId id, std::size_t bytes) {
  Http2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr) return;  // its end gave all back
  bytes = std::min(bytes, stream->unconsumed);
  stream->unconsumed -= bytes;
  impl_->give_credit(stream, bytes);
}

void Http2Session::expect(StreamId id, std::size_t bytes) {
  Http2Stream* stream = impl_->live(id);
  auto wanted = std::min<std::int64_t>(static_cast<std::int64_t>(bytes), window_most);
  if (stream == nullptr || stream->remote_ended || wanted <= stream->receive_window) return;
  auto more = static_cast<std::size_t>(wanted - stream->receive_window);
  impl_->write_window_update(id, more);
  stream->receive_window += static_cast<std::int64_t>(more);
  stream->granted += more;
}

void Http2Session::set_user(StreamId id, void* user) {
  if (Http2Stream* stream = impl_->streams.find(id)) stream->user = user;
}

// ---- sending -------------------------------------------------------------------------------------------------------

bool Http2Session::may_open() const {
  const Impl& impl = *impl_;
  if (impl.role != Role::client || impl.dead || impl.doomed || impl.last_word) return false;
  return impl.streams.size() < impl.peer_streams_max && impl.next_stream <= stream_id_most - 2 &&
         impl.out.size() < impl.limits.unsent_bytes_max / 2;
}

StreamId Http2Session::open(const OutgoingHeaders& headers, bool end, void* user) {
  return may_open() ? impl_->open(headers, end, user) : 0;
}

StreamId Http2Session::Impl::open(const OutgoingHeaders& headers, bool end, void* user) {
  Http2Stream& stream = add_stream(next_stream, user);
  next_stream += 2;
  stream.head_request = asks_for_head(headers.recurring != nullptr ? headers.recurring->fields() : headers.rest);
  begin(stream, headers, end);
  return stream.id;
}

void Http2Session::respond(StreamId id, const OutgoingHeaders& headers) {
  if (Http2Stream* stream = impl_->live(id)) impl_->begin(*stream, headers, false);
}

void Http2Session::inform(StreamId id, const OutgoingHeaders& headers) {
  const Http2Stream* stream = impl_->live(id);
  if (stream != nullptr && !stream->begun) impl_->write_block(id, headers, false);
}

void Http2Session::respond_and_end(StreamId id, const OutgoingHeaders& headers) {
  if (Http2Stream* stream = impl_->live(id)) impl_->begin(*stream, headers, true);
}

void Http2Session::send(StreamId id, std::string bytes, bool end) {
  Http2Stream* stream = impl_->sendable(id);
  if (stream == nullptr || (bytes.empty() && !end)) return;
  if (impl_->fits_now(*stream, bytes.size())) {
    stream->ends = end;
    std::memcpy(impl_->write_data(*stream, bytes.size(), end), bytes.data(), bytes.size());
    if (end) impl_->note_local_end(*stream);
    return;
  }
  stream->queue.push(std::move(bytes));
  impl_->note_queued(*stream, end);
}

char* Http2Session::begin_send(StreamId id, std::size_t size, bool end) {
  Http2Stream* stream = impl_->sendable(id);
  if (stream == nullptr || size == 0) return nullptr;
  if (impl_->fits_now(*stream, size)) {
    stream->ends = end;
    return impl_->write_data(*stream, size, end);
  }
  char* room = stream->queue.extend(size);
  impl_->note_queued(*stream, end);
  return room;
}

void Http2Session::finish_send(StreamId id) {
  Http2Stream* stream = impl_->live(id);
  if (stream != nullptr && stream->queue.size() == 0) impl_->note_local_end(*stream);
}

void Http2Session::trailers(StreamId id, const OutgoingHeaders& trailers) {
  if (Http2Stream* stream = impl_->sendable(id)) impl_->end_with(*stream, trailers);
}

void Http2Session::reset(StreamId id, Http2Code code) {
  Impl& impl = *impl_;
  Http2Stream* stream = impl.streams.find(id);
  if (stream == nullptr) return;
  if (!stream->told && !impl.dead) {
    impl.write_reset(id, code);
    if (!stream->remote_ended) impl.reset_here.add(id);
  }
  impl.remove(*stream);
}

std::size_t Http2Session::unsent(StreamId id) const {
  Http2Stream* stream = impl_->live(id);
  return stream == nullptr ? 0 : stream->queue.size();
}

void Http2Session::ping() {
  if (impl_->dead) return;
  append_frame_header(impl_->out, 8, FrameType::ping, 0, 0);
  impl_->out.append(8, '\0');
}

std::size_t Http2Session::streams() const { return impl_->streams.size(); }

std::optional<std::uint32_t> Http2Session::peer_header_list_bytes() const { return impl_->peer_header_list_bytes; }

// ---- streams -------------------------------------------------------------------------------------------------------

Http2Stream& Http2Session::Impl::add_stream(StreamId id, void* user) {
  Http2Stream& stream = *streams.add(id, user);
  stream.send_window = peer_initial_window;
  stream.receive_window = initial_window;
  return stream;
}

/// One whose end is not told, or about to be.
Http2Stream* Http2Session::Impl::live(StreamId id) const {
  Http2Stream* stream = streams.find(id);
  return stream == nullptr || stream->told || dead ? nullptr : stream;
}

Http2Stream* Http2Session::Impl::sendable(StreamId id) const {
  Http2Stream* stream = live(id);
  assert(stream == nullptr || stream->begun);
  return stream == nullptr || !stream->begun || stream->ends ? nullptr : stream;
}

void Http2Session::Impl::note_queued(Http2Stream& stream, bool end) {
  stream.ends = end;
  if (stream.queue.size() > low_mark) stream.above_mark = true;
  schedule(stream);
}

/// 5.1: a stream is closed when both directions have ended. That is told later, so that no call of the session's own
/// functions tells anything.
void Http2Session::Impl::note_end(StreamId id) {
  Http2Stream* stream = live(id);
  if (stream == nullptr || !stream->remote_ended || !stream->local_ended) return;
  stream->told = true;
  ended.push_back(id);
}

void Http2Session::Impl::tell_closed() {
  while (!ended.empty()) {
    telling.swap(ended);
    for (StreamId id : telling) {
      Http2Stream* stream = streams.find(id);
      if (stream == nullptr) continue;
      void* user = stream->user;
      remove(*stream);
      resets.ended_well();
      events.closed(id, user);
    }
    telling.clear();
  }
}

void Http2Session::Impl::remove(Http2Stream& stream) {
  std::size_t unconsumed = stream.unconsumed;
  open_header_bytes -= stream.header_bytes;
  streams.remove(stream.id);
  if (unconsumed > 0) give_credit(nullptr, unconsumed);
}

/// 5.4.2. Each costs us, and so counts like a reset by the peer.
void Http2Session::Impl::fail_stream(StreamId id, const Violation& rule) {
  events.refused(rule.name);
  write_reset(id, rule.code);
  reset_here.add(id);
  if (Http2Stream* stream = live(id)) {
    void* user = stream->user;
    remove(*stream);
    events.reset(id, user, rule.code);
  }
  if (!resets.take_fault(now)) fail(rule::reset_flood);
}

// ---- writing out and ending ----------------------------------------------------------------------------------------

void Http2Session::gather(std::string& buffer, std::size_t bytes_max) {
  Impl& impl = *impl_;
  if (impl.doomed && !impl.dead) static_cast<void>(impl.die());
  if (!impl.dead) impl.flush(bytes_max);
  if (buffer.empty()) {
    if (impl.streams.size() == 0 && buffer.capacity() > kept_bytes) std::string().swap(buffer);
    buffer.swap(impl.out);
  } else {
    buffer.append(impl.out);
    impl.out.clear();
  }
  impl.control_bytes = 0;
  impl.tell_closed();
}

bool Http2Session::wants_write() const {
  const Impl& impl = *impl_;
  if (impl.dead) return !impl.out.empty();
  return impl.doomed || !impl.out.empty() || !impl.ended.empty() || (!impl.ready.empty() && impl.send_window > 0);
}

bool Http2Session::finished() const {
  const Impl& impl = *impl_;
  if (impl.dead) return impl.out.empty();
  return impl.last_word && impl.streams.size() == 0 && !wants_write();
}

/// 5.4.1
void Http2Session::Impl::fail(const Violation& rule) {
  if (doomed || dead) return;
  events.refused(rule.name);
  doom(rule.code, rule.text);
}

void Http2Session::Impl::doom(Http2Code code, std::string_view why) {
  if (doomed || dead) return;
  doomed = true;
  end_code = code;
  end_reason = why;
}

Error Http2Session::Impl::die() {
  write_goaway(last_peer_stream, end_code, end_reason);
  tell_closed();
  dead = true;
  reset_all(end_code);
  return unavailable("HTTP/2: " + end_reason);
}

void Http2Session::Impl::reset_all(Http2Code code) {
  for (StreamId id : streams.ids()) {
    Http2Stream* stream = streams.find(id);
    if (stream == nullptr) continue;
    void* user = stream->user;
    streams.remove(id);
    events.reset(id, user, code);
  }
}

void Http2Session::lost() {
  Impl& impl = *impl_;
  if (impl.dead) return;
  impl.tell_closed();
  impl.dead = true;
  impl.out.clear();
  impl.reset_all(Http2Code::internal_error);
}

void Http2Session::goaway(Http2Code code, std::string_view debug) {
  Impl& impl = *impl_;
  if (impl.dead) return;
  if (code != Http2Code::no_error) return impl.doom(code, debug);
  // 6.8: a server first says that there will be a last stream, and which it was when the client has heard that.
  bool notice = impl.role == Role::server && !impl.notice_given;
  impl.write_goaway(notice ? stream_id_most : impl.last_peer_stream, code, debug);
  impl.notice_given = true;
  if (notice) return;
  impl.last_word = true;
  impl.peer_stream_limit = impl.last_peer_stream;
}

}  // namespace holon::wire
