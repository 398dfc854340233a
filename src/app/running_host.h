// For tests: a host as a process has it, on a thread of its own.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "app/host.h"
#include "env/disk.h"
#include "gtest/gtest.h"

namespace holon::testing {

class RunningHost {
 public:
  explicit RunningHost(const std::vector<internal::ServiceFactory>& services, unsigned loops = 2) {
    thread_ = std::thread([&, this] {
      app::Options options;
      options.loops = loops;
      options.listen = {*env::Address::parse(address_)};
      options.data = directory_ / "data";
      app::Host host(env::os(), options);
      host_ = &host;
      for (const internal::ServiceFactory& service : services) host.add(service);
      host.on_ready([this] { up_ = true; });
      exit_code_ = host.run();
      up_ = true;  // or it never will be
    });
    while (!up_) std::this_thread::yield();
  }
  ~RunningHost() {
    EXPECT_EQ(stop(), 0);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  RunningHost(const RunningHost&) = delete;
  RunningHost& operator=(const RunningHost&) = delete;

  const std::string& address() const { return address_; }
  /// What it says of its health. Before it is told to stop.
  app::Health& health() { return host_->health(); }
  /// Tells it to stop, and does not wait. Once.
  void begin_stop() { std::exchange(host_, nullptr)->stop(); }
  /// Stops it, and gives its exit code.
  int stop() {
    if (host_ != nullptr) begin_stop();
    if (thread_.joinable()) thread_.join();
    return exit_code_;
  }

 private:
  static std::filesystem::path fresh_directory() {
    std::filesystem::path path = ::testing::TempDir() + "holon-host-" + std::to_string(env::os().random());
    EXPECT_TRUE(env::os().disk().make_directories(path).ok());
    return path;
  }

  std::filesystem::path directory_ = fresh_directory();
  std::string address_ = "unix:" + (directory_ / "door").string();
  app::Host* host_ = nullptr;  ///< until it is told to stop: it may be gone then
  std::atomic<bool> up_{false};
  std::thread thread_;
  int exit_code_ = -1;
};

}  // namespace holon::testing
