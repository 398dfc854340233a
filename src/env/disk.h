// Files, as far as holon itself reads and writes them (SQLite has its own).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::env {

/// Held until it is destroyed, or its process ends however it may.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// A regular file or a directory that is open for reading, whatever becomes of its name. One thread at a time.
class OpenFile {
 public:
  struct Status {
    bool directory = false;
    std::uint64_t size = 0;         ///< of a file
    std::int64_t modified_ns = 0;   ///< since 1970; whoever writes the file may set it
    std::int64_t changed_ns = 0;    ///< the same by the system, at each change of content, name or rights: nobody can set it
    std::uint64_t id = 0;           ///< another file has another one (its inode)
  };
  virtual ~OpenFile() = default;

  /// As it was when it was opened.
  virtual const Status& status() const = 0;
  /// At most `most` bytes from `offset`; fewer at the end.
  virtual Result<std::string> read(std::uint64_t offset, std::size_t most) = 0;
};

/// A file that is open to be written at its end, whatever becomes of its name: a log. One thread at a time.
class AppendedFile {
 public:
  virtual ~AppendedFile() = default;

  virtual Result<void> append(std::string_view bytes) = 0;
  /// Whether its name still means this file: one that was rotated away does not.
  virtual bool keeps_name() = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;

  /// The whole file. NOT_FOUND if there is none, INVALID_ARGUMENT if it is a pipe or a device.
  virtual Result<std::string> read(const std::filesystem::path& path) = 0;
  /// At most `most` bytes from `offset`; fewer at the end.
  virtual Result<std::string> read(const std::filesystem::path& path, std::uint64_t offset, std::size_t most) = 0;
  /// Replaces the file at once and durably: a crash leaves the old one or the new one.
  virtual Result<void> replace(const std::filesystem::path& path, std::string_view content) = 0;
  /// Replaces the file at once, as other processes see it. After a power cut it may be the old one, or empty.
  virtual Result<void> exchange(const std::filesystem::path& path, std::string_view content) = 0;
  /// What it makes may be entered by this user alone.
  virtual Result<void> make_directories(const std::filesystem::path& path) = 0;
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  /// Takes all content from a file. Who has it open to append goes on at its beginning.
  virtual Result<void> empty(const std::filesystem::path& path) = 0;
  /// Takes the first `bytes`, a multiple of `cut_unit`, from a file that is longer, in one step that loses nothing of what others
  /// append meanwhile. UNIMPLEMENTED where the file system cannot (tmpfs).
  virtual Result<void> cut_begin(const std::filesystem::path& path, std::uint64_t bytes) = 0;
  static constexpr std::uint64_t cut_unit = std::uint64_t{64} << 10;
  /// Gives a file another name in its folder, in the place of the one that has it.
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual Result<std::vector<std::filesystem::path>> list(const std::filesystem::path& directory) = 0;
  /// NOT_FOUND if there is none.
  virtual Result<std::uint64_t> size(const std::filesystem::path& path) = 0;
  /// When the content last changed, in nanoseconds since 1970. NOT_FOUND if there is no such file.
  virtual Result<std::int64_t> changed_ns(const std::filesystem::path& path) = 0;
  /// Opens `below`, a path relative to `folder`, which the system resolves so that nothing leads out of it: no "..", no
  /// absolute path, no symbolic link. NOT_FOUND if it would, or if there is neither a file nor a directory: devices and pipes
  /// are none. PERMISSION_DENIED if this process may not read it.
  virtual Result<std::unique_ptr<OpenFile>> open_below(const std::filesystem::path& folder, const std::string& below) = 0;
  /// Opens a file to append to, which is made if need be.
  virtual Result<std::unique_ptr<AppendedFile>> append_to(const std::filesystem::path& path) = 0;
  /// Locks a file, which is made if need be. ALREADY_EXISTS if another holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path) = 0;
};

}  // namespace holon::env
