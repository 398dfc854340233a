#include "cmd/holon/sources.h"

namespace holon::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files_max = 20'000;

/// Whether what lies in this folder is made by a tool, not by people.
bool is_made(const fs::path& folder) {
  const std::string name = folder.filename();
  std::error_code failed;
  return name.starts_with('.') || name == "node_modules" || name == "__pycache__" || fs::exists(folder / "CMakeCache.txt", failed);
}

}  // namespace

std::vector<fs::path> Sources::changed() {
  Times now = look();
  std::vector<fs::path> changed;
  for (const auto& [file, time] : now) {
    const auto before = known_.find(file);
    if (before == known_.end() || before->second != time) changed.push_back(file);
  }
  for (const auto& [file, time] : known_) {
    if (!now.contains(file)) changed.push_back(file);
  }
  known_ = std::move(now);
  return changed;
}

// Files come and go meanwhile: what cannot be looked at is not there.
Sources::Times Sources::look() const {
  Times times;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(root_, fs::directory_options::skip_permission_denied, failed), end;
       !failed && at != end && times.size() < files_max; at.increment(failed)) {
    std::error_code gone;
    if (at->is_directory(gone) && is_made(at->path())) at.disable_recursion_pending();
    if (!at->is_regular_file(gone)) continue;
    const fs::file_time_type time = at->last_write_time(gone);
    if (!gone) times.emplace(at->path(), time);
  }
  return times;
}

}  // namespace holon::cli
