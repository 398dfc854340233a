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

class Disk {
 public:
  virtual ~Disk() = default;

  /// The whole file. NOT_FOUND if there is none.
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
  virtual Result<std::vector<std::filesystem::path>> list(const std::filesystem::path& directory) = 0;
  /// NOT_FOUND if there is none.
  virtual Result<std::uint64_t> size(const std::filesystem::path& path) = 0;
  /// When the content last changed, in nanoseconds since 1970. NOT_FOUND if there is no such file.
  virtual Result<std::int64_t> changed_ns(const std::filesystem::path& path) = 0;
  /// Locks a file, which is made if need be. ALREADY_EXISTS if another holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path) = 0;
};

}  // namespace holon::env
