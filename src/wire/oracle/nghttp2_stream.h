// What an Nghttp2Session keeps of a stream, and the table that finds it. Internal to nghttp2_impl.h.
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "wire/http2_stream.h"
#include "wire/oracle/nghttp2_session.h"

namespace holon::wire::oracle {

inline std::uint8_t indexing_of(const HeaderView& header) {
  return header.once ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
}

/// A header block that outlives the call that gave it: nghttp2 sends trailers when the body has left.
class KeptHeaders {
 public:
  void keep(Headers headers) {
    std::size_t size = 0;
    for (const HeaderView& header : headers) size += header.name.size() + header.value.size();
    text_.clear();
    text_.reserve(size);  // so that no append moves what views_ point at
    views_.clear();
    for (const HeaderView& header : headers) {
      std::uint8_t* name = append(header.name);
      std::uint8_t* value = append(header.value);
      views_.push_back({name, value, header.name.size(), header.value.size(),
                        static_cast<std::uint8_t>(kept | indexing_of(header))});
    }
  }
  const std::vector<nghttp2_nv>& views() const { return views_; }

 private:
  static constexpr std::uint8_t kept = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;

  std::uint8_t* append(std::string_view text) {
    std::size_t at = text_.size();
    text_.append(text);
    return reinterpret_cast<std::uint8_t*>(text_.data()) + at;
  }

  std::string text_;
  std::vector<nghttp2_nv> views_;
};

struct Nghttp2Stream {
  StreamId id = 0;
  void* user = nullptr;
  SendQueue queue;
  KeptHeaders trailers;
  std::size_t unconsumed = 0;  ///< received, but not yet consumed: owed to the connection's window
  bool begun = false;          ///< our header block was given to nghttp2
  bool ends = false;           ///< nothing will be queued any more
  bool trailing = false;       ///< … and `trailers` end it
  bool deferred = false;       ///< nghttp2 asked for bytes when there were none
  bool above_mark = false;     ///< `drained` is due when the queue shrinks
  bool remote_ended = false;
  bool local_ended = false;    ///< our END_STREAM has left
  bool forgotten = false;      ///< no event is due any more

  void retire() { queue.clear(); }
  /// Made anew for another id; keeps the memory of its buffers.
  void reuse(StreamId new_id, void* new_user) {
    queue.clear();
    id = new_id;
    user = new_user;
    unconsumed = 0;
    begun = ends = trailing = deferred = above_mark = remote_ended = local_ended = forgotten = false;
  }
};

using Nghttp2StreamTable = StreamTable<Nghttp2Stream>;

}  // namespace holon::wire::oracle
