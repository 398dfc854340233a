// What an Http2Session keeps of a stream, and the table that finds it. Internal to the session.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fiber/list.h"
#include "wire/http2.h"

namespace holon::wire {

/// Strings queued for sending, taken from the front in pieces of any size.
class SendQueue {
 public:
  void push(std::string bytes) {
    size_ += bytes.size();
    if (!bytes.empty()) parts_.push_back(std::move(bytes));
  }
  /// Room for `size` bytes at the end.
  char* extend(std::size_t size) {
    size_ += size;
    return parts_.emplace_back(size, '\0').data();
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

/// A header block that outlives the call that gave it: trailers leave when the body has. Templates live long enough.
class KeptHeaders {
 public:
  void keep(const OutgoingHeaders& headers) {
    recurring_ = headers.recurring;
    std::size_t size = 0;
    for (const HeaderView& field : headers.rest) size += field.name.size() + field.value.size();
    text_.clear();
    text_.reserve(size);  // so that no append moves what fields_ view
    fields_.clear();
    for (const HeaderView& field : headers.rest) {
      std::string_view name = append(field.name);
      fields_.push_back({name, append(field.value), field.once});
    }
  }
  OutgoingHeaders headers() const {
    return recurring_ != nullptr ? OutgoingHeaders(*recurring_, fields_) : OutgoingHeaders(fields_);
  }

 private:
  std::string_view append(std::string_view text) {
    std::size_t start = text_.size();
    text_.append(text);
    return std::string_view(text_).substr(start);
  }

  const HeaderTemplate* recurring_ = nullptr;
  std::string text_;
  std::vector<HeaderView> fields_;
};

/// RFC 9113, 5.1, without the states that only pushed streams have. Idle streams are not in the table, nor are closed
/// ones, but for those whose `closed` is still to be told.
struct Http2Stream : fiber::ListNode<Http2Stream> {
  StreamId id = 0;
  void* user = nullptr;

  // Sending.
  std::int64_t send_window = 0;  ///< may be negative: 6.9.2
  SendQueue queue;
  KeptHeaders trailers;
  bool begun = false;            ///< our header block is on its way
  bool ends = false;             ///< nothing will be queued any more
  bool trailing = false;         ///< … and `trailers` end it
  bool local_ended = false;      ///< our END_STREAM is on its way
  bool above_mark = false;       ///< `drained` is due when the queue shrinks

  // Receiving.
  std::int64_t receive_window = 0;  ///< what the peer may still send
  std::size_t unconsumed = 0;       ///< received, and not yet consumed
  std::size_t credit = 0;           ///< consumed, and not yet given back by a WINDOW_UPDATE
  std::size_t granted = 0;          ///< given ahead, by `expect`: so much of what is consumed is given back already
  std::uint64_t body_bytes = 0;     ///< of DATA
  std::uint64_t length = no_length; ///< content-length
  std::size_t header_bytes = 0;     ///< of a request's header list
  env::Time born{};                 ///< when it came
  bool head_request = false;        ///< the response has no body, whatever its content-length says
  bool headed = false;              ///< the request's, or the final response's, header block came
  bool remote_ended = false;        ///< END_STREAM came
  bool told = false;                ///< its end waits to be told, or was

  static constexpr std::uint64_t no_length = ~std::uint64_t{0};

  bool has_to_send() const { return queue.size() > 0 || (ends && !local_ended); }

  /// It waits to be used again.
  void retire() {
    unlink();
    queue.clear();
  }
  /// Made anew for another id; keeps the memory of its buffers.
  void reuse(StreamId new_id, void* new_user) {
    unlink();
    queue.clear();
    id = new_id;
    user = new_user;
    send_window = receive_window = 0;
    unconsumed = credit = granted = 0;
    body_bytes = 0;
    header_bytes = 0;
    born = {};
    length = no_length;
    begun = ends = trailing = local_ended = above_mark = false;
    head_request = headed = remote_ended = told = false;
  }
};

/// Streams by id: open addressing with linear probing. Ids of one side count up by two, so that a window of live ones
/// falls into distinct slots nearly always. Owns the streams and keeps some of the removed ones for reuse.
template <class Stream>
class StreamTable {
 public:
  StreamTable() : slots_(8) {}

  Stream* find(StreamId id) const {
    for (std::size_t at = home(id);; at = next(at)) {
      if (slots_[at] == nullptr || slots_[at]->id == id) return slots_[at].get();
    }
  }
  Stream* add(StreamId id, void* user) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::unique_ptr<Stream> stream;
    if (spare_.empty()) {
      stream = std::make_unique<Stream>();
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
    std::unique_ptr<Stream> removed = std::move(slots_[at]);
    removed->retire();
    if (spare_.size() < spare_max) spare_.push_back(std::move(removed));
    --size_;
    close_gap(at);
  }
  std::size_t size() const { return size_; }
  template <class F>
  void each(F visit) {
    for (auto& slot : slots_) {
      if (slot != nullptr) visit(*slot);
    }
  }
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
  Stream* place(std::unique_ptr<Stream> stream) {
    std::size_t at = home(stream->id);
    while (slots_[at] != nullptr) at = next(at);
    slots_[at] = std::move(stream);
    return slots_[at].get();
  }
  void grow() {
    std::vector<std::unique_ptr<Stream>> old(slots_.size() * 2);
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

  std::vector<std::unique_ptr<Stream>> slots_;  ///< a power of two, at most half full
  std::vector<std::unique_ptr<Stream>> spare_;
  std::size_t size_ = 0;
};

using Http2StreamTable = StreamTable<Http2Stream>;

}  // namespace holon::wire
