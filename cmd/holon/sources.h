// The files from which an application is made, and which of them were saved since one looked last.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

namespace holon::cli {

class Sources {
 public:
  /// All below `root`, but for folders whose name begins with a dot, those that a build or a package manager fills, and more than
  /// 20,000 files.
  explicit Sources(std::filesystem::path root) : root_(std::move(root)) { (void)changed(); }

  /// What was written, added or removed since it was asked last.
  std::vector<std::filesystem::path> changed();

 private:
  using Times = std::map<std::filesystem::path, std::filesystem::file_time_type>;
  Times look() const;

  std::filesystem::path root_;
  Times known_;
};

}  // namespace holon::cli
