#include "node/folder.h"

#include <unistd.h>

#include <cstdlib>

#include "env/disk.h"
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

}  // namespace holon::node
