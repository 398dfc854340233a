// Input: what a person or a pipe writes to this process, piece by piece, without blocking a loop.
//
//   env::Input input(0, [&](std::string bytes) { loop.post([…] { take(bytes); }); });
//   input.more();                  // and again after each piece, when one wants the next
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace holon::env {

/// A descriptor that is read on a thread of its own: terminals, pipes and files alike, without changing how they are open.
class Input {
 public:
  static constexpr std::size_t bytes_at_once_max = 64 << 10;

  /// @param descriptor  stays open as long as this does
  /// @param arrived     is told each piece on the reading thread; an empty one is the end, or an error
  Input(int descriptor, std::function<void(std::string)> arrived);
  /// Ends the thread, whatever it waits for. `arrived` is not called any more.
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// Asks for one more piece. Until then nothing is read.
  void more();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether a person sits at the other end.
bool is_terminal(int descriptor);

}  // namespace holon::env
