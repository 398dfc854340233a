// A host's log file: begun at each start, read from its end, and followed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "holon/result.h"

namespace holon::env {
class Disk;
}

namespace holon::node {

/// Where what is written from now on begins. A file of more than 64 MiB is begun anew.
Result<std::uint64_t> begin_log(env::Disk& disk, const std::filesystem::path& file);

/// Keeps a log that is being written from growing: one of more than `log_bytes_most` goes to FILE.1, in whose place it stands, and
/// begins anew. What is written meanwhile may be lost. On a full disk it is emptied. False if it was small enough. Blocks.
Result<bool> rotate_log(env::Disk& disk, const std::filesystem::path& file, std::uint64_t log_bytes_most);

/// The last lines from `offset` on, at most `most`, oldest first. Of a long file only the last 64 KiB are looked at.
std::vector<std::string> last_lines(env::Disk& disk, const std::filesystem::path& file, std::size_t most,
                                    std::uint64_t offset = 0);

/// The line as text that messages can carry: what is no UTF-8 becomes `?`, and of a longer one there are `bytes_max`.
std::string as_text(std::string_view line, std::size_t bytes_max = std::size_t{64} << 10);

/// Hands on the lines that are added to a file, whole ones only.
class LogFollower {
 public:
  LogFollower(env::Disk& disk, std::filesystem::path file, std::uint64_t from)
      : disk_(disk), file_(std::move(file)), offset_(from) {}

  /// Gives each line that was completed since it was asked last to `line`, at most 1 MiB of them. False if there was
  /// none.
  bool poll(const std::function<void(std::string_view)>& line);
  /// How far it has read.
  std::uint64_t offset() const { return offset_; }

 private:
  env::Disk& disk_;
  std::filesystem::path file_;
  std::uint64_t offset_;
};

}  // namespace holon::node
