// RotatingLog: what one host writes, FILE, and what was cut off its begin before, FILE.1, as one row of bytes.
//
//   auto log = std::make_shared<RotatingLog>(disk, "cart.0.log");
//   LogFollower follower(log, log->begin());
//   follower.poll([](std::string_view line) { … });    // each line once, however often the log is rotated
//   log->rotate(16 << 20);                             // meanwhile, on any thread
//
// Hosts append to the file themselves, so that no reader and no node ever holds them up. So rotation leaves them the file and
// takes its begin away under them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "holon/result.h"

namespace holon::env {
class Disk;
}

namespace holon::node {

class LogFollower;

/// Positions count bytes since this object was made, from the begin of FILE.1 as it was then; rotation does not change them. One
/// thread rotates; otherwise any may call it.
class RotatingLog {
 public:
  RotatingLog(env::Disk& disk, std::filesystem::path file);

  /// Of the oldest byte that is kept, and after the last one.
  std::uint64_t begin() const;
  std::uint64_t end() const;
  /// At most `most` bytes from `position` on; fewer at the end, none if they are not kept any more.
  std::string read(std::uint64_t position, std::size_t most) const;

  /// A file of more than `bytes_most` gives its begin, at most so much, to FILE.1, in whose place it stands; 64 to 128 KiB of it stay.
  /// Followers that are behind even that miss what is lost, and are told. On a full disk nothing is kept. Only where the file
  /// system cannot cut a file's begin off, what is written in that moment may be lost. Blocks. False if it was small enough.
  Result<bool> rotate(std::uint64_t bytes_most);

 private:
  friend class LogFollower;
  struct Part;

  std::uint64_t end_locked() const;
  void notice_loss() const;
  std::string read_locked(std::uint64_t position, std::size_t most) const;
  std::uint64_t line_after(std::uint64_t at, std::uint64_t end) const;
  bool begins_within_line() const;
  Part part_to_keep(std::uint64_t cut_at, std::uint64_t bytes_most) const;
  bool copy(const Part& part) const;
  void leave_behind(std::uint64_t position);
  Result<void> cut(std::uint64_t cut_at, bool kept);

  env::Disk& disk_;
  const std::filesystem::path file_;
  const std::filesystem::path older_;
  mutable std::mutex mutex_;
  mutable std::uint64_t older_from_ = 0;  ///< position at which FILE.1 begins
  mutable std::uint64_t base_;            ///< position at which FILE begins, where FILE.1 ends
  mutable std::uint64_t size_seen_ = 0;   ///< of FILE; when it is smaller, somebody else emptied it
  std::set<LogFollower*> followers_;
};

/// Hands on the lines of a log from some position on, whole ones only, each once. One thread.
class LogFollower {
 public:
  LogFollower(std::shared_ptr<RotatingLog> log, std::uint64_t from);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  /// Gives each line that was completed since it was asked last to `line`, at most 1 MiB of them. False if there was none.
  bool poll(const std::function<void(std::string_view)>& line);
  /// How many lines rotation took before it came to them, since it was asked last: they stood before what `poll` gave last.
  std::uint64_t take_missed() { return std::exchange(told_missed_, 0); }
  /// How far it has read.
  std::uint64_t position() const;

 private:
  friend class RotatingLog;

  std::shared_ptr<RotatingLog> log_;
  std::uint64_t position_;     ///< guarded by the log's mutex, as is the next
  std::uint64_t missed_ = 0;
  std::uint64_t told_missed_ = 0;
};

/// The logs of a node, each once, so that whoever rotates one and whoever reads it have the same. One thread.
class RotatingLogs {
 public:
  explicit RotatingLogs(env::Disk& disk) : disk_(disk) {}

  std::shared_ptr<RotatingLog> at(const std::filesystem::path& file) {
    std::shared_ptr<RotatingLog>& log = logs_[file];
    if (log == nullptr) log = std::make_shared<RotatingLog>(disk_, file);
    return log;
  }

 private:
  env::Disk& disk_;
  std::map<std::filesystem::path, std::shared_ptr<RotatingLog>> logs_;
};

}  // namespace holon::node
