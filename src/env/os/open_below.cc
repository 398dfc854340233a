#include "env/os/open_below.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "env/os/os.h"

namespace holon::env {
namespace {

constexpr int attempts_max = 8;  // the kernel says EAGAIN when something is renamed while it follows a ".." of a link

// O_NONBLOCK: a pipe that nobody writes to would hold up whoever opens it, before it can be seen to be one.
int open_at(int folder, const std::string& below) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 1;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, folder, below.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == attempts_max) return static_cast<int>(fd);
  }
}

Error open_error(const std::string& below, int error_number) {
  const std::string what = "cannot open " + below;
  switch (error_number) {
    case ENOENT:        // there is none
    case ENOTDIR:       // a file where a directory was meant
    case EXDEV:         // it leads out of the folder
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:         // a socket, or a device without its driver
      return not_found(what + ": there is no such file");
    case EACCES:
    case EPERM: return permission_denied(what + ": this process may not read it");
    default: return os_error(what, error_number);
  }
}

std::int64_t nanoseconds_of(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

class OsOpenFile final : public OpenFile {
 public:
  OsOpenFile(Descriptor fd, const struct stat& status) : fd_(std::move(fd)) {
    status_.directory = S_ISDIR(status.st_mode);
    status_.size = static_cast<std::uint64_t>(status.st_size);
    status_.modified_ns = nanoseconds_of(status.st_mtim);
    status_.changed_ns = nanoseconds_of(status.st_ctim);
    status_.id = status.st_ino;
  }

  const Status& status() const override { return status_; }

  Result<std::string> read(std::uint64_t offset, std::size_t most) override {
    std::string content(most, '\0');
    std::size_t size = 0;
    while (size < most) {
      const ssize_t got = ::pread(fd_.get(), content.data() + size, most - size, static_cast<off_t>(offset + size));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return os_error("cannot read an open file", errno);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
    }
    content.resize(size);
    return content;
  }

 private:
  Descriptor fd_;
  Status status_;
};

}  // namespace

Result<std::unique_ptr<OpenFile>> open_below(const std::filesystem::path& folder, const std::string& below) {
  const Descriptor directory(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return os_error("cannot open the folder " + folder.string(), errno);
  // The system ends a name at a NUL.
  if (below.find('\0') != below.npos) return not_found("a path with a NUL names no file");
  Descriptor fd(open_at(directory.get(), below));
  if (!fd) return open_error(below, errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return os_error("cannot look at " + below, errno);
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return not_found(below + " is neither a file nor a directory");
  return std::unique_ptr<OpenFile>(std::make_unique<OsOpenFile>(std::move(fd), status));
}

}  // namespace holon::env
