// Victim: a host that is attacked, as a process of its own; and Siege: what must hold meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "env/process.h"

namespace holon::hostile {

using std::chrono::milliseconds;

class Victim {
 public:
  /// Starts it, and waits until it answers.
  Victim();
  /// Ends it.
  ~Victim();

  env::ProcessId process() const { return process_; }
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  /// How often a rule has refused something, as the host counts it itself.
  std::uint64_t refusals(std::string_view rule) const;
  /// All of them, in words.
  std::string all_refusals() const;
  /// Lines of its log that tell of refusals by this rule.
  std::size_t lines_about(std::string_view rule) const;
  /// What it has used of the processors so far.
  milliseconds cpu() const;
  std::size_t descriptors() const;
  std::size_t private_bytes() const;

 private:
  std::filesystem::path of_process(const char* file) const;

  std::filesystem::path folder_;
  env::ProcessId process_;
  int port_ = 0;
};

/// Watches a victim from its construction to `lift`: a good client goes on calling, memory is sampled.
class Siege {
 public:
  explicit Siege(Victim& victim);
  ~Siege();

  /// Ends the watch, with everything checked that must have held: good requests were answered within 100 ms, memory grew by
  /// less than 32 MiB, and the descriptors are as before once the attackers have gone.
  void lift();

 private:
  void call_on();
  void sample();

  Victim& victim_;
  const std::size_t bytes_before_;
  const std::size_t descriptors_before_;
  std::atomic<bool> over_{false};
  std::atomic<int> answered_{0};
  std::size_t bytes_most_ = 0;
  std::vector<milliseconds> latencies_;
  std::vector<std::string> failures_;
  std::thread client_;
  std::thread sampler_;
};

/// Waits until `condition` holds; false if it does not within that time.
bool eventually(const std::function<bool()>& condition, milliseconds within = milliseconds(5'000));

}  // namespace holon::hostile
