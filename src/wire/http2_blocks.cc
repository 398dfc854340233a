// What header blocks say: RFC 9113, sections 4.3, 6.2, 6.10 and 8.
#include "wire/http2_impl.h"

namespace holon::wire {
namespace {

/// What compression may gain without being suspected: decoded bytes for each one received.
constexpr std::int64_t fair_gain = 64;

}  // namespace

// 6.2
Verdict Http2Session::Impl::on_headers(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream == 0) return &rule::no_stream;
  if (frame.has(flag::padded)) {
    if (payload.empty()) return &rule::frame_size;
    std::size_t padding = static_cast<unsigned char>(payload[0]);
    payload.remove_prefix(1);
    if (padding > payload.size()) return &rule::padding;
    payload.remove_suffix(padding);
  }
  block_wrong = nullptr;
  if (frame.has(flag::priority)) {
    if (payload.size() < 5) return &rule::frame_size;
    if (static_cast<StreamId>(read_u32(payload.data()) & stream_id_most) == frame.stream) {
      block_wrong = &rule::self_dependency;
    }
    payload.remove_prefix(5);
  }
  bool end = frame.has(flag::end_stream);
  if (frame.has(flag::end_headers)) return on_block(frame.stream, payload, end);
  block = payload;
  block_stream = frame.stream;
  block_end = end;
  continuations = 0;
  return nullptr;
}

// 6.10. A block is bounded by its bytes and by its frames (CVE-2024-27316), whatever it decodes to.
Verdict Http2Session::Impl::on_continuation(const FrameHeader& frame, std::string_view payload) {
  if (frame.stream == 0) return &rule::no_stream;
  if (block_stream == 0) return &rule::lone_continuation;
  if (++continuations > limits.continuations_max) return &rule::continuation_flood;
  if (block.size() + payload.size() > limits.header_list_bytes_max + frame_bytes_default) return &rule::header_bomb;
  block.append(payload);
  if (!frame.has(flag::end_headers)) return nullptr;
  std::string whole;
  whole.swap(block);
  return on_block(std::exchange(block_stream, 0), whole, block_end);
}

// 4.3: every block is decoded, also one that nobody wants: it may change the table.
Verdict Http2Session::Impl::on_block(StreamId id, std::string_view bytes, bool end) {
  if (id % 2 == 0) return &rule::stream_id;  // 5.1.1
  bool idle = is_idle(id);
  if (idle && role == Role::client) return &rule::idle_stream;
  if (idle) return begin_stream(id, bytes, end);
  if (Http2Stream* stream = live(id)) return continue_stream(*stream, bytes, end);
  HeaderCheck check(HeaderCheck::Block::trailers);
  bool too_large = false;
  if (Verdict wrong = decode(bytes, check, too_large)) return wrong;
  if (was_reset_here(id)) return nullptr;
  if (!reset_there.contains(id)) return &rule::closed_stream;
  fail_stream(id, rule::closed_stream);
  return nullptr;
}

Verdict Http2Session::Impl::decode(std::string_view bytes, HeaderCheck& check, bool& too_large) {
  HeaderDecoder::Outcome outcome = decoder.decode(bytes, check);
  if (outcome == HeaderDecoder::Outcome::broken) return &rule::compression;
  if (outcome == HeaderDecoder::Outcome::bomb) return &rule::header_bomb;
  too_large = outcome == HeaderDecoder::Outcome::too_large;
  auto excess = static_cast<std::int64_t>(decoder.cost()) - fair_gain * static_cast<std::int64_t>(bytes.size());
  return excess > 0 && !header_excess.take(now, excess) ? &rule::header_cost : nullptr;
}

Verdict Http2Session::Impl::begin_stream(StreamId id, std::string_view bytes, bool end) {
  highest_peer_stream = id;
  HeaderCheck check(HeaderCheck::Block::request);
  bool too_large = false;
  if (Verdict wrong = decode(bytes, check, too_large)) return wrong;
  if (id > peer_stream_limit) return nullptr;  // 6.8: it is not processed, and the client knows
  last_peer_stream = id;
  Verdict wrong = check.finish();
  if (wrong == nullptr) wrong = block_wrong;
  if (too_large) wrong = &rule::headers_too_large;
  std::size_t open = streams.size() - std::min(streams.size(), ended.size());  // those that have ended are not
  if (open >= limits.streams_max) wrong = &rule::too_many_streams;  // 5.1.2
  if (open_header_bytes + decoder.list_bytes() > limits.open_header_bytes_max) wrong = &rule::open_headers;
  if (wrong == nullptr && end && check.content_length().value_or(0) > 0) wrong = &rule::content_length;
  if (wrong != nullptr) {
    fail_stream(id, *wrong);
    return nullptr;
  }
  Http2Stream& stream = add_stream(id, nullptr);
  stream.born = now;
  stream.header_bytes = decoder.list_bytes();
  open_header_bytes += stream.header_bytes;
  stream.headed = true;
  stream.length = check.content_length().value_or(Http2Stream::no_length);
  tell_headers(stream, end);
  return nullptr;
}

// Trailers of a request; a response, whole or informational; trailers of a response.
Verdict Http2Session::Impl::continue_stream(Http2Stream& stream, std::string_view bytes, bool end) {
  using Block = HeaderCheck::Block;
  HeaderCheck check(stream.headed ? Block::trailers : Block::response);
  bool too_large = false;
  if (Verdict wrong = decode(bytes, check, too_large)) return wrong;
  Verdict wrong = check.finish();
  if (wrong == nullptr) wrong = block_wrong;
  if (too_large) wrong = &rule::headers_too_large;
  if (stream.remote_ended) wrong = &rule::half_closed;                           // 5.1
  if (wrong == nullptr && stream.headed && !end) wrong = &rule::trailers_go_on;  // 8.1
  if (wrong == nullptr && check.informational() && end) wrong = &rule::informational_end;
  if (wrong == nullptr && !stream.headed && !check.informational()) {
    stream.headed = true;
    // RFC 9110, 6.4.1 and 8.6: these have no body, whatever a length says.
    bool bodiless = stream.head_request || check.status() == 204 || check.status() == 304;
    stream.length = bodiless ? 0 : check.content_length().value_or(Http2Stream::no_length);
  }
  if (wrong == nullptr && end && !body_fits(stream, true)) wrong = &rule::content_length;
  if (wrong != nullptr) {
    fail_stream(stream.id, *wrong);
  } else {
    tell_headers(stream, end);
  }
  return nullptr;
}

void Http2Session::Impl::tell_headers(Http2Stream& stream, bool end) {
  StreamId id = stream.id;
  if (end) stream.remote_ended = true;
  events.headers(id, stream.user, decoder.fields(), end);
  if (end) note_end(id);
}

}  // namespace holon::wire
