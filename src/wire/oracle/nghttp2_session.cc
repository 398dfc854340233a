#include "wire/oracle/nghttp2_session.h"

#include <cassert>

#include "wire/oracle/nghttp2_impl.h"

namespace holon::wire::oracle {
namespace {

constexpr StreamId last_stream_id = 0x7fffffff;

}  // namespace

/// Whether nghttp2 has submitted its terminal GOAWAY. It keeps this to itself and swallows all input from then on; but
/// only then does it accept (and ignore) a GOAWAY whose last stream id is one of our own.
bool Nghttp2Session::Impl::terminating() const {
  StreamId own = role == Role::server ? 2 : 1;
  return nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, own, NGHTTP2_NO_ERROR, nullptr, 0) == 0;
}

Result<void> Nghttp2Session::receive(Bytes bytes, env::Time) {
  Impl& impl = *impl_;
  if (impl.dead) return unavailable("HTTP/2 connection is over");
  auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  auto taken = nghttp2_session_mem_recv(impl.session, data, bytes.size());
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

const std::vector<nghttp2_nv>& Nghttp2Session::Impl::to_nv(Headers headers) {
  nv.clear();
  for (const HeaderView& header : headers) {
    nv.push_back({mutable_bytes(header.name), mutable_bytes(header.value), header.name.size(), header.value.size(),
                  indexing_of(header)});
  }
  return nv;
}

void Nghttp2Session::Impl::begin(Nghttp2Stream& stream, Headers headers, bool end) {
  assert(!stream.begun);
  if (stream.begun) return;
  stream.begun = true;
  stream.ends = end;
  const auto& views = to_nv(headers);
  nghttp2_data_provider body = body_of(stream);
  nghttp2_submit_response(session, stream.id, views.data(), views.size(), end ? nullptr : &body);
}

void Nghttp2Session::Impl::wake(Nghttp2Stream& stream) {
  if (!stream.deferred) return;
  stream.deferred = false;
  nghttp2_session_resume_data(session, stream.id);
}

StreamId Nghttp2Session::open(Headers headers, bool end, void* user) {
  if (!may_open()) return 0;
  Impl& impl = *impl_;
  StreamId id = static_cast<StreamId>(nghttp2_session_get_next_stream_id(impl.session));
  Nghttp2Stream* stream = impl.streams.add(id, user);
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

bool Nghttp2Session::may_open() const {
  const Impl& impl = *impl_;
  if (impl.dead || impl.role != Role::client || nghttp2_session_check_request_allowed(impl.session) == 0) return false;
  auto allowed = nghttp2_session_get_remote_settings(impl.session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return impl.streams.size() < allowed && impl.control_bytes() < impl.limits.unsent_bytes_max / 2;
}

void Nghttp2Session::respond(StreamId id, Headers headers) {
  Nghttp2Stream* stream = impl_->streams.find(id);
  if (stream != nullptr && !stream->forgotten) impl_->begin(*stream, headers, false);
}

void Nghttp2Session::respond_and_end(StreamId id, Headers headers) {
  Nghttp2Stream* stream = impl_->streams.find(id);
  if (stream != nullptr && !stream->forgotten) impl_->begin(*stream, headers, true);
}

void Nghttp2Session::send(StreamId id, std::string bytes, bool end) {
  Nghttp2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr || stream->forgotten || stream->ends) return;
  stream->queue.push(std::move(bytes));
  if (stream->queue.size() > low_mark) stream->above_mark = true;
  stream->ends = end;
  if (end || stream->queue.size() > 0) impl_->wake(*stream);
}

void Nghttp2Session::trailers(StreamId id, Headers trailers) {
  Nghttp2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr || stream->forgotten || stream->ends) return;
  assert(stream->begun);
  stream->trailers.keep(trailers);
  stream->ends = stream->trailing = true;
  impl_->wake(*stream);
}

void Nghttp2Session::reset(StreamId id, Http2Code code) {
  Nghttp2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr || stream->forgotten) return;
  stream->forgotten = true;
  impl_->submit_reset(id, code);
}

void Nghttp2Session::set_user(StreamId id, void* user) {
  if (Nghttp2Stream* stream = impl_->streams.find(id)) stream->user = user;
}

std::size_t Nghttp2Session::unsent(StreamId id) const {
  Nghttp2Stream* stream = impl_->streams.find(id);
  return stream == nullptr || stream->forgotten ? 0 : stream->queue.size();
}

void Nghttp2Session::consumed(StreamId id, std::size_t bytes) {
  Nghttp2Stream* stream = impl_->streams.find(id);
  if (stream == nullptr) return;  // its close gave all back
  bytes = std::min(bytes, stream->unconsumed);
  stream->unconsumed -= bytes;
  nghttp2_session_consume(impl_->session, id, bytes);
}

void Nghttp2Session::ping() {
  if (!impl_->dead) nghttp2_submit_ping(impl_->session, NGHTTP2_FLAG_NONE, nullptr);
}

// ---- writing out and ending -----------------------------------------------------------------------------------------

void Nghttp2Session::Impl::write_into(std::string& buffer, std::size_t bytes_max) {
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

void Nghttp2Session::gather(std::string& buffer, std::size_t bytes_max) {
  Impl& impl = *impl_;
  assert(impl.out == nullptr);
  if (!impl.doomed && !impl.dead) impl.write_into(buffer, bytes_max);
  if (impl.doomed && !impl.dead) static_cast<void>(impl.die());
  buffer.append(impl.last_bytes);
  impl.last_bytes.clear();
}

bool Nghttp2Session::wants_write() const {
  if (impl_->dead) return !impl_->last_bytes.empty();
  return impl_->doomed || nghttp2_session_want_write(impl_->session) != 0;
}

bool Nghttp2Session::finished() const {
  if (impl_->dead) return impl_->last_bytes.empty();
  return impl_->last_word && impl_->streams.size() == 0 && !wants_write();
}

void Nghttp2Session::Impl::doom(Http2Code code, std::string_view why) {
  if (doomed || dead) return;
  doomed = true;
  end_code = code;
  end_reason = why;
}

/// Ends the connection: what nghttp2 has to say, the GOAWAY last, is kept for gather.
Error Nghttp2Session::Impl::die() {
  if (doomed) {
    StreamId last = nghttp2_session_get_last_proc_stream_id(session);
    nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, last, static_cast<std::uint32_t>(end_code),
                          mutable_bytes(end_reason), end_reason.size());
  }
  write_into(last_bytes, limits.unsent_bytes_max + (64 << 10));
  dead = true;
  reset_all(end_code);
  return unavailable("HTTP/2: " + end_reason);
}

void Nghttp2Session::Impl::reset_all(Http2Code code) {
  for (StreamId id : streams.ids()) {
    Nghttp2Stream* stream = streams.find(id);
    if (stream == nullptr) continue;
    bool forgotten = stream->forgotten;
    void* user = stream->user;
    streams.remove(id);
    if (!forgotten) events.reset(id, user, code);
  }
}

void Nghttp2Session::lost() {
  if (impl_->dead) return;
  impl_->dead = true;
  impl_->reset_all(Http2Code::internal_error);
}

void Nghttp2Session::goaway(Http2Code code, std::string_view debug) {
  Impl& impl = *impl_;
  if (impl.dead) return;
  if (code != Http2Code::no_error) return impl.doom(code, debug);
  StreamId last = nghttp2_session_get_last_proc_stream_id(impl.session);
  bool notice = impl.role == Role::server && !impl.notice_given;
  nghttp2_submit_goaway(impl.session, NGHTTP2_FLAG_NONE, notice ? last_stream_id : last, NGHTTP2_NO_ERROR,
                        mutable_bytes(debug), debug.size());
  impl.notice_given = true;
  if (!notice) impl.last_word = true;
}

std::size_t Nghttp2Session::streams() const { return impl_->streams.size(); }

Nghttp2Session::Nghttp2Session(Role role, const Http2Limits& limits, Http2Events& events)
    : impl_(std::make_unique<Impl>(role, limits, events)) {}
Nghttp2Session::~Nghttp2Session() = default;

}  // namespace holon::wire::oracle
