// An application in a folder of its own, handled by the `holon` program as a person would.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "env/process.h"
#include "holon/node/v1/node.pb.h"

namespace holon {

/// What a command came to.
struct Ran {
  int code = -1;
  std::string output;
  std::string messages;  ///< standard error
};

class ApplicationTest : public testing::Test {
 protected:
  void SetUp() override;
  /// Ends whatever a failed test left.
  void TearDown() override;

  /// Writes holon.yaml: the services echo and relay of the program probe, each in a host of its own by default.
  /// @param echo  more of what is written about the service echo, as ", settings: {greeting: good day}"
  void write_manifest(const std::string& echo = "");

  /// `holon ARGUMENTS -f …`, to its end.
  Ran holon(std::vector<std::string> arguments);
  /// The same without waiting; its output goes to `output()`.
  env::ProcessId start_holon(std::vector<std::string> arguments);
  std::string output() const;
  /// Beside the folder, as what is in it may be watched.
  std::filesystem::path output_file() const;

  /// `holon up -d --wait --port 0`, which has to succeed.
  void up(std::vector<std::string> more = {});
  node::v1::ListReply list();
  node::v1::HostState host(const std::string& name);
  /// "unix:/…", where a host answers.
  std::string endpoint(const std::string& name) { return host(name).endpoint(); }
  env::ProcessId process_of(const std::string& name);
  env::ProcessId node_process();

  /// Until `condition` holds; false after `within`.
  static bool eventually(const std::function<bool()>& condition,
                         std::chrono::seconds within = std::chrono::seconds(20));
  /// Until the host is ready by another process than `before`.
  bool ready_anew(const std::string& name, env::ProcessId before);
  static ::testing::AssertionResult gone(env::ProcessId process);
  void kill_hard(env::ProcessId process);

  /// What a failed test wants to be looked at.
  void show_logs();

  std::filesystem::path folder_;
  std::filesystem::path manifest_;
  std::vector<std::string> program_ = {HOLON_PROGRAM};  ///< how `holon` is started
};

}  // namespace holon
