#include "env/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <optional>

#include "env/os/open_below.h"
#include "env/os/os.h"

namespace holon::env {
namespace {

using std::filesystem::path;

Error disk_error(const std::string& what, const path& where, int error_number) {
  Error error = os_error("cannot " + what + " " + where.string(), error_number);
  return error_number == ENOENT ? not_found(error.message()) : error;
}

Result<Descriptor> open_file(const path& where, int flags, const std::string& what) {
  Descriptor fd(::open(where.c_str(), flags | O_CLOEXEC, 0600));
  if (!fd) return disk_error(what, where, errno);
  return fd;
}

/// A pipe would block, a device may never end.
Result<Descriptor> open_to_read(const path& where) {
  Descriptor fd = HOLON_TRY(open_file(where, O_RDONLY | O_NONBLOCK, "read"));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return disk_error("read", where, errno);
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return fd;
  return invalid_argument("cannot read " + where.string() + ": it is a pipe or a device; write what it gives to a file");
}

Result<std::string> read_some(const Descriptor& fd, const path& where, std::uint64_t offset, std::size_t most) {
  std::string content;
  constexpr std::size_t chunk = 64 << 10;
  while (content.size() < most) {
    std::size_t had = content.size();
    content.resize(had + std::min(chunk, most - had));
    ssize_t got = ::pread(fd.get(), content.data() + had, content.size() - had, static_cast<off_t>(offset + had));
    int error_number = errno;
    content.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0) break;
    if (got < 0 && error_number != EINTR) return disk_error("read", where, error_number);
  }
  return content;
}

Result<void> write_all(const Descriptor& fd, const path& where, std::string_view content) {
  while (!content.empty()) {
    ssize_t written = ::write(fd.get(), content.data(), content.size());
    if (written < 0 && errno != EINTR) return disk_error("write", where, errno);
    if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// A name beside the file that becomes it; removed unless it did.
class Draft {
 public:
  explicit Draft(const path& target) : name_(target.string() + ".XXXXXX"), fd_(::mkostemp(name_.data(), O_CLOEXEC)) {}
  ~Draft() {
    if (fd_) ::unlink(name_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const Descriptor& descriptor() const { return fd_; }
  bool become(const path& target) {
    if (::rename(name_.c_str(), target.c_str()) != 0) return false;
    fd_ = Descriptor();
    return true;
  }

 private:
  std::string name_;
  Descriptor fd_;
};

// A rename is durable once its directory is.
Result<void> sync_directory(const path& directory) {
  const path where = directory.empty() ? path(".") : directory;
  Descriptor fd = HOLON_TRY(open_file(where, O_RDONLY | O_DIRECTORY, "open"));
  if (::fsync(fd.get()) != 0) return disk_error("sync", where, errno);
  return {};
}

Result<struct stat> status_of(const path& where) {
  struct stat status{};
  if (::stat(where.c_str(), &status) != 0) return disk_error("look at", where, errno);
  return status;
}

class OsAppendedFile final : public AppendedFile {
 public:
  OsAppendedFile(path where, Descriptor fd) : where_(std::move(where)), fd_(std::move(fd)) {}

  Result<void> append(std::string_view bytes) override { return write_all(fd_, where_, bytes); }
  bool keeps_name() override {
    struct stat mine{};
    struct stat named{};
    return ::fstat(fd_.get(), &mine) == 0 && ::stat(where_.c_str(), &named) == 0 && mine.st_ino == named.st_ino &&
           mine.st_dev == named.st_dev;
  }

 private:
  path where_;
  Descriptor fd_;
};

class OsFileLock final : public FileLock {
 public:
  explicit OsFileLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  Descriptor fd_;
};

class OsDisk final : public Disk {
 public:
  Result<std::string> read(const path& where) override { return read(where, 0, std::numeric_limits<off_t>::max()); }

  Result<std::string> read(const path& where, std::uint64_t offset, std::size_t most) override {
    Descriptor fd = HOLON_TRY(open_to_read(where));
    return read_some(fd, where, offset, most);
  }

  Result<void> replace(const path& where, std::string_view content) override {
    HOLON_TRY(exchange(where, content, true));
    return sync_directory(where.parent_path());
  }

  Result<void> exchange(const path& where, std::string_view content) override {
    return exchange(where, content, false);
  }

  Result<void> make_directories(const path& where) override {
    path so_far;
    for (const path& part : where) {
      so_far /= part;
      if (part.empty() || ::mkdir(so_far.c_str(), 0700) == 0 || errno == EEXIST) continue;
      return disk_error("make directory", so_far, errno);
    }
    struct stat status = HOLON_TRY(status_of(where));
    if (!S_ISDIR(status.st_mode)) return disk_error("make directory", where, ENOTDIR);
    return {};
  }

  Result<void> remove(const path& where) override {
    if (::remove(where.c_str()) != 0) return disk_error("remove", where, errno);
    return {};
  }

  Result<void> empty(const path& where) override {
    if (::truncate(where.c_str(), 0) != 0) return disk_error("empty", where, errno);
    return {};
  }

  Result<void> cut_begin(const path& where, std::uint64_t bytes) override {
    Descriptor fd = HOLON_TRY(open_file(where, O_WRONLY, "open"));
    while (::fallocate(fd.get(), FALLOC_FL_COLLAPSE_RANGE, 0, static_cast<off_t>(bytes)) != 0) {
      const int why = errno;
      if (why == EINTR) continue;
      const Error error = disk_error("cut the begin of", where, why);
      const bool never = why == EOPNOTSUPP || why == ENOSYS || why == EINVAL;  // EINVAL: its blocks are larger
      return never ? unimplemented(error.message()) : error;
    }
    return {};
  }

  Result<void> rename(const path& from, const path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return disk_error("rename", from, errno);
    return {};
  }

  Result<std::vector<path>> list(const path& directory) override {
    std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(directory.c_str()), &::closedir);
    if (!entries) return disk_error("list", directory, errno);
    std::vector<path> paths;
    while (const dirent* entry = ::readdir(entries.get())) {
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") paths.push_back(directory / name);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  Result<std::uint64_t> size(const path& where) override {
    struct stat status = HOLON_TRY(status_of(where));
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<std::int64_t> changed_ns(const path& where) override {
    struct stat status = HOLON_TRY(status_of(where));
    return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  }

  Result<std::unique_ptr<OpenFile>> open_below(const path& folder, const std::string& below) override {
    return env::open_below(folder, below);
  }

  Result<std::unique_ptr<AppendedFile>> append_to(const path& where) override {
    Descriptor fd = HOLON_TRY(open_file(where, O_WRONLY | O_APPEND | O_CREAT, "open"));
    return std::unique_ptr<AppendedFile>(std::make_unique<OsAppendedFile>(where, std::move(fd)));
  }

  Result<std::unique_ptr<FileLock>> lock(const path& where) override {
    Descriptor fd = HOLON_TRY(open_file(where, O_RDWR | O_CREAT, "lock"));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      return std::unique_ptr<FileLock>(std::make_unique<OsFileLock>(std::move(fd)));
    }
    if (errno == EWOULDBLOCK) return already_exists(where.string() + " is locked by another process");
    return disk_error("lock", where, errno);
  }

 private:
  static Result<void> exchange(const path& where, std::string_view content, bool sync) {
    Draft draft(where);
    if (!draft.descriptor()) return disk_error("write", where, errno);
    HOLON_TRY(write_all(draft.descriptor(), where, content));
    if (sync && ::fsync(draft.descriptor().get()) != 0) return disk_error("sync", where, errno);
    if (!draft.become(where)) return disk_error("replace", where, errno);
    return {};
  }
};

}  // namespace

std::unique_ptr<Disk> make_disk() { return std::make_unique<OsDisk>(); }

}  // namespace holon::env
