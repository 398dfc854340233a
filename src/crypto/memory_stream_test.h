// Two ends of a byte stream in memory, which cuts what it carries wherever it likes, and tells of readiness in edges only.
#pragma once

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include "env/reactor.h"

namespace holon::crypto {

/// What flows one way.
struct Flow {
  std::string bytes;
  std::size_t room = SIZE_MAX;  ///< how many bytes may be under way
  bool ended = false;
  bool news = false;            ///< bytes or the end came since the reader was told
  bool full = false;            ///< the writer was told that there is no room
};

class MemoryEnd final : public env::Stream {
 public:
  MemoryEnd(Flow& in, Flow& out, std::mt19937& random) : in_(in), out_(out), random_(random) {}
  ~MemoryEnd() override { MemoryEnd::end_writing(); }

  env::Io read(std::span<std::byte> into) override {
    ++reads;
    if (in_.bytes.empty()) return {0, in_.ended ? env::IoState::ended : env::IoState::blocked, 0};
    std::size_t size = std::min({into.size(), in_.bytes.size(), 1 + random_() % longest_read});
    std::memcpy(into.data(), in_.bytes.data(), size);
    in_.bytes.erase(0, size);
    return {size, env::IoState::done, 0, !in_.bytes.empty() || in_.ended};
  }

  env::Io write(std::span<const env::Bytes> pieces) override {
    ++writes;
    std::size_t written = 0;
    for (env::Bytes piece : pieces) {
      std::size_t size = std::min(piece.size(), out_.room - std::min(out_.room, out_.bytes.size()));
      out_.bytes.append(reinterpret_cast<const char*>(piece.data()), size);
      written += size;
      out_.full = size < piece.size();
      if (out_.full) break;
    }
    out_.news = out_.news || written > 0;
    return {written, written > 0 || !out_.full ? env::IoState::done : env::IoState::blocked, 0};
  }

  void end_writing() override {
    out_.news = out_.news || !out_.ended;
    out_.ended = true;
  }
  void watch(env::Watcher& watcher) override { watcher_ = &watcher; }
  std::string peer() const override { return "memory"; }
  int connect_error() override { return refused; }

  /// Tells what is new; false if nothing is.
  bool tell() {
    bool readable = std::exchange(in_.news, false);
    bool writable = !std::exchange(was_writable_, true);
    if (out_.full && out_.bytes.size() < out_.room) {
      out_.full = false;
      writable = true;
    }
    if (watcher_ == nullptr || (!readable && !writable)) return false;
    watcher_->ready(readable, writable);
    return true;
  }

  int reads = 0;
  int writes = 0;
  int refused = 0;
  std::size_t longest_read = SIZE_MAX;

 private:
  Flow& in_;
  Flow& out_;
  std::mt19937& random_;
  env::Watcher* watcher_ = nullptr;
  bool was_writable_ = false;
};

}  // namespace holon::crypto
