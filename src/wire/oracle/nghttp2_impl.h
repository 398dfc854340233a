// What an Nghttp2Session is made of. Internal to nghttp2_session.cc and nghttp2_callbacks.cc.
#pragma once

#include <nghttp2/nghttp2.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/oracle/nghttp2_stream.h"

namespace holon::wire::oracle {

/// What a queued control frame costs nghttp2, about: an outbound item, allocated.
constexpr std::size_t control_frame_bytes = 64;

inline std::string_view view(const std::uint8_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

/// For nghttp2, which does not write through it.
inline std::uint8_t* mutable_bytes(std::string_view text) {
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
  /// A block this many times over its budget is no mistake but an attack on memory or time.
  static constexpr std::size_t bomb_factor = 4;

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

struct Nghttp2Session::Impl {
  Impl(Role role, const Http2Limits& limits, Http2Events& events);
  ~Impl() { nghttp2_session_del(session); }

  // nghttp2's session, and what it calls: nghttp2_callbacks.cc.
  void make_session();
  void submit_settings();
  static nghttp2_session_callbacks* make_callbacks();
  static nghttp2_data_provider body_of(Nghttp2Stream& stream);
  static Impl& self(void* user) { return *static_cast<Impl*>(user); }
  int on_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  int on_data(StreamId id, std::string_view bytes);
  int on_frame(const nghttp2_frame& frame);
  int on_sent(const nghttp2_frame& frame);
  int on_not_sent(const nghttp2_frame& frame);
  int on_close(StreamId id, Http2Code code);
  int on_invalid_header(StreamId id);
  ssize_t on_read(Nghttp2Stream& stream, std::size_t size, std::uint32_t& flags);
  int on_write(Nghttp2Stream& stream, const std::uint8_t* frame_header, std::size_t size);
  void on_headers(const nghttp2_frame& frame);
  void on_data_end(StreamId id);
  void tell_pending_data(bool end);

  // What the session's own functions share: nghttp2_session.cc.
  void begin(Nghttp2Stream& stream, Headers headers, bool end);
  void wake(Nghttp2Stream& stream);
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
  Nghttp2StreamTable streams;
  BlockReader block;
  std::vector<nghttp2_nv> nv;  ///< of the block being submitted: nghttp2 copies it
  std::string_view pending_data;  ///< the latest chunk, held until it is known whether it was the stream's last
  StreamId pending_stream = 0;
  std::string* out = nullptr;  ///< the buffer being gathered into
  std::size_t out_max = 0;
  bool notice_given = false;   ///< the first GOAWAY of a graceful end was submitted
  bool last_word = false;      ///< … and the second one, or the peer gave one
  bool doomed = false;         ///< must end with `end_code`, as soon as nghttp2 is not in the midst of something
  bool dead = false;
  Http2Code end_code = Http2Code::no_error;
  std::string end_reason;      ///< the debug text of the last GOAWAY: nghttp2's or ours
  std::string last_bytes;      ///< what a dead session still has to say
};

}  // namespace holon::wire::oracle
