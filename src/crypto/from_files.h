// FromFiles: something built from files, and built anew when they change. What is in use stays valid until nobody holds it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "env/disk.h"
#include "env/environment.h"
#include "holon/result.h"

namespace holon::crypto {

using FileContents = std::map<std::filesystem::path, std::string>;

/// Any thread.
template <class T>
class FromFiles {
 public:
  using Build = std::function<Result<std::shared_ptr<T>>(const FileContents&)>;

  FromFiles(env::Environment& world, std::vector<std::filesystem::path> files, Build build)
      : world_(world), files_(std::move(files)), build_(std::move(build)) {}

  /// Null before the first `reload` that went well.
  std::shared_ptr<T> get() const {
    std::lock_guard lock(mutex_);
    return current_;
  }

  /// Builds it from what the files hold now. After an error everything stays as it was.
  Result<void> reload() {
    FileContents contents = HOLON_TRY(read());
    std::lock_guard lock(mutex_);
    next_look_ = world_.now() + look_pause;
    return build(std::move(contents));
  }

  /// The same if the files have changed since it was last built or tried; looks at most once a second. An error comes
  /// once for each change. Contents are compared, since a time stamp may be older than the one before; they are small.
  std::optional<Error> refresh() {
    std::lock_guard lock(mutex_);
    if (world_.now() < next_look_) return {};
    next_look_ = world_.now() + look_pause;
    Result<FileContents> contents = read();
    if (contents.ok() && *contents == tried_) return {};
    if (!contents.ok() && tried_.empty()) return {};  // was told
    Result<void> built = contents.ok() ? build(std::move(*contents)) : forget(contents.error());
    if (built.ok()) return {};
    return built.error().within("what they held before stays in use");
  }

 private:
  Result<FileContents> read() const {
    FileContents contents;
    for (const auto& file : files_) contents[file] = HOLON_TRY(world_.disk().read(file, 0, file_bytes_max));
    return contents;
  }

  Result<void> build(FileContents contents) {
    tried_ = std::move(contents);
    current_ = HOLON_TRY(build_(tried_));
    return {};
  }

  Error forget(const Error& why) {
    tried_.clear();
    return why;
  }

  static constexpr std::size_t file_bytes_max = 4 << 20;
  static constexpr auto look_pause = std::chrono::seconds(1);

  env::Environment& world_;
  const std::vector<std::filesystem::path> files_;
  const Build build_;
  mutable std::mutex mutex_;
  std::shared_ptr<T> current_;
  FileContents tried_;
  env::Time next_look_{};
};

}  // namespace holon::crypto
