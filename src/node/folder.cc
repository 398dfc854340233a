#include "node/folder.h"

#include <unistd.h>

#include <cstdlib>

#include "env/disk.h"
#include "env/environment.h"
#include "env/process.h"
#include "node/fingerprint.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t socket_path_max = 107;
constexpr std::size_t socket_name_max = 50;  // "/", a host's name (40), ".99", ".sock"

// Nobody but the user may own what is here: /run is root's, XDG_RUNTIME_DIR is the user's by definition, and of a
// stranger's folder among the temporary ones `make` cannot set the permissions.
fs::path runtime_folder() {
  if (::getuid() == 0) return "/run/holon";
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') return fs::path(runtime) / "holon";
  std::error_code error;
  return fs::temp_directory_path(error) / ("holon-" + std::to_string(::getuid()));
}

Result<void> keep_to_ourselves(const fs::path& directory) {
  std::error_code error;
  fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return permission_denied(directory.string() + " is not this user's: " + error.message() + "; remove it");
  return {};
}

// For people alone: whether somebody has the folder says the lock. So a full disk is no reason to give up.
void note(env::Disk& disk, const fs::path& where, const std::string& text) {
  (void)disk.empty(where).ok();
  Result<std::unique_ptr<env::AppendedFile>> file = disk.append_to(where);
  if (file.ok()) (void)(*file)->append(text).ok();
}

}  // namespace

Folder Folder::beside(const fs::path& directory) {
  std::error_code error;
  fs::path absolute = fs::canonical(directory, error);
  fs::path root = (error ? fs::absolute(directory) : absolute) / ".holon";
  fs::path sockets = root / "run";
  if (sockets.string().size() + socket_name_max > socket_path_max) {
    sockets = runtime_folder() / Fingerprint().add(root.string()).hex();
  }
  return Folder(std::move(root), std::move(sockets));
}

Result<void> Folder::make(env::Disk& disk) const {
  for (const fs::path& directory : {root_, root_ / "logs", cache(), data(), sockets_}) {
    HOLON_TRY(disk.make_directories(directory));
  }
  HOLON_TRY(keep_to_ourselves(root_));
  if (sockets_.parent_path() != root_) HOLON_TRY(keep_to_ourselves(sockets_.parent_path()));
  return keep_to_ourselves(sockets_);
}

Result<std::unique_ptr<env::FileLock>> Folder::take(env::Environment& world) const {
  env::Disk& disk = world.disk();
  Result<std::unique_ptr<env::FileLock>> taken = disk.lock(lock());
  if (taken.code() == Code::already_exists) return already_exists(holder(disk));
  if (!taken.ok()) return taken;
  note(disk, lock(), std::to_string(world.processes().self().pid));
  return taken;
}

std::string Folder::holder(env::Disk& disk) const {
  const std::string noted = disk.read(lock()).value_or("");
  const std::string pid = noted.empty() ? "PID" : noted;
  return (noted.empty() ? "a process" : "process " + noted) + " runs the application in " + root_.parent_path().string() +
         ", and does not answer: it starts or ends just now, or it hangs; try again in a moment, or end it by `kill -9 " + pid +
         "`: the next `holon up` takes its hosts over, `holon down` ends them";
}

}  // namespace holon::node
