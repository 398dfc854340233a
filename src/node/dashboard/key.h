// DashboardKey: who has it may read the dashboard. Kept in the state folder, readable by this user alone, together with the
// port that the dashboard had last: so a link stays good when the node is started anew.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "env/environment.h"
#include "holon/result.h"

namespace holon::node {

class DashboardKey {
 public:
  /// What `file` holds; a new key if there is none yet, or none that can be read.
  static DashboardKey load(env::Environment& world, const std::filesystem::path& file);

  /// Keeps it, and the port, for the next node.
  Result<void> keep(env::Environment& world, const std::filesystem::path& file, int port);

  /// 64 hex digits: 256 random bits.
  const std::string& text() const { return text_; }
  /// Whether `given` is the key. Takes as long however much of it is right.
  bool fits(std::string_view given) const;
  /// 0 if there was none.
  int last_port() const { return last_port_; }

 private:
  std::string text_;
  int last_port_ = 0;
};

}  // namespace holon::node
