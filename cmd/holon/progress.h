// How far an application has come, said once for each step: "shop is up in 240 ms: http://127.0.0.1:8080".
#pragma once

#include <string>

#include "env/environment.h"
#include "holon/node/v1/node.pb.h"

namespace holon::cli {

class Progress {
 public:
  explicit Progress(env::Time began) : began_(began) {}

  /// Looks at what runs now, and says what is news.
  void show(const node::v1::ListReply& list);
  /// Whether every host was ready at once.
  bool up() const { return up_; }

 private:
  env::Time began_;
  bool announced_ = false;
  bool up_ = false;
};

/// Why a host does not start: its cause of death and its last lines.
std::string trouble(const node::v1::HostState& host);

}  // namespace holon::cli
