// What an Nghttp2Session keeps of a stream, and the table that finds it. Internal to nghttp2_impl.h.
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "wire/oracle/nghttp2_session.h"

namespace holon::wire::oracle {

inline std::uint8_t indexing_of(const HeaderView& header) {
  return header.once ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
}

/// Strings queued for sending, taken from the front in pieces of any size.
class SendQueue {
 public:
  void push(std::string bytes) {
    size_ += bytes.size();
    if (!bytes.empty()) parts_.push_back(std::move(bytes));
  }
  std::size_t size() const { return size_; }
  void move_to(std::string& out, std::size_t count) {
    size_ -= count;
    while (count > 0) {
      std::string& part = parts_[front_];
      std::size_t taken = std::min(count, part.size() - offset_);
      out.append(part, offset_, taken);
      count -= taken;
      offset_ += taken;
      if (offset_ == part.size()) drop_front();
    }
  }
  void clear() {
    parts_.clear();
    front_ = offset_ = size_ = 0;
  }

 private:
  void drop_front() {
    offset_ = 0;
    if (++front_ == parts_.size()) {
      parts_.clear();
      front_ = 0;
      return;
    }
    std::string().swap(parts_[front_ - 1]);
    if (front_ < 64 || front_ * 2 < parts_.size()) return;
    parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }

  std::vector<std::string> parts_;
  std::size_t front_ = 0;
  std::size_t offset_ = 0;  ///< into the front part
  std::size_t size_ = 0;
};

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

  /// Made anew for another id; keeps the memory of its buffers.
  void reuse(StreamId new_id, void* new_user) {
    queue.clear();
    id = new_id;
    user = new_user;
    unconsumed = 0;
    begun = ends = trailing = deferred = above_mark = remote_ended = local_ended = forgotten = false;
  }
};

/// Streams by id: open addressing with linear probing. Ids of one side count up by two, so that a window of live ones
/// falls into distinct slots nearly always. Owns the streams and keeps some of the removed ones for reuse.
class Nghttp2StreamTable {
 public:
  Nghttp2StreamTable() : slots_(64) {}

  Nghttp2Stream* find(StreamId id) const {
    for (std::size_t at = home(id);; at = next(at)) {
      if (slots_[at] == nullptr || slots_[at]->id == id) return slots_[at].get();
    }
  }
  Nghttp2Stream* add(StreamId id, void* user) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::unique_ptr<Nghttp2Stream> stream;
    if (spare_.empty()) {
      stream = std::make_unique<Nghttp2Stream>();
    } else {
      stream = std::move(spare_.back());
      spare_.pop_back();
    }
    stream->reuse(id, user);
    ++size_;
    return place(std::move(stream));
  }
  void remove(StreamId id) {
    std::size_t at = home(id);
    while (slots_[at] != nullptr && slots_[at]->id != id) at = next(at);
    if (slots_[at] == nullptr) return;
    std::unique_ptr<Nghttp2Stream> removed = std::move(slots_[at]);
    removed->queue.clear();
    if (spare_.size() < spare_max) spare_.push_back(std::move(removed));
    --size_;
    close_gap(at);
  }
  std::size_t size() const { return size_; }
  std::vector<StreamId> ids() const {
    std::vector<StreamId> ids;
    for (const auto& slot : slots_) {
      if (slot != nullptr) ids.push_back(slot->id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

 private:
  static constexpr std::size_t spare_max = 128;

  std::size_t home(StreamId id) const { return (static_cast<std::size_t>(id) >> 1) & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  Nghttp2Stream* place(std::unique_ptr<Nghttp2Stream> stream) {
    std::size_t at = home(stream->id);
    while (slots_[at] != nullptr) at = next(at);
    slots_[at] = std::move(stream);
    return slots_[at].get();
  }
  void grow() {
    std::vector<std::unique_ptr<Nghttp2Stream>> old(slots_.size() * 2);
    old.swap(slots_);
    for (auto& slot : old) {
      if (slot != nullptr) place(std::move(slot));
    }
  }
  /// Moves later entries of the run forward, so that a search never stops at the hole.
  void close_gap(std::size_t hole) {
    for (std::size_t at = next(hole); slots_[at] != nullptr; at = next(at)) {
      std::size_t distance_home = (at - home(slots_[at]->id)) & (slots_.size() - 1);
      std::size_t distance_hole = (at - hole) & (slots_.size() - 1);
      if (distance_home < distance_hole) continue;
      slots_[hole] = std::move(slots_[at]);
      hole = at;
    }
  }

  std::vector<std::unique_ptr<Nghttp2Stream>> slots_;  ///< a power of two, at most half full
  std::vector<std::unique_ptr<Nghttp2Stream>> spare_;
  std::size_t size_ = 0;
};

}  // namespace holon::wire::oracle
