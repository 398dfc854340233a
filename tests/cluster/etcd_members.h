// A real etcd of three members, each of which may be killed, frozen and started again.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "env/process.h"

namespace holon {

class EtcdMembers {
 public:
  static constexpr int count = 3;

  /// Starts them, and waits until each answers clients.
  /// @param within  what each is started by, as {"ip", "netns", "exec", "hub"}
  /// @param host    the address on which they answer
  explicit EtcdMembers(std::vector<std::string> within = {}, std::string host = "127.0.0.1");
  ~EtcdMembers();
  EtcdMembers(const EtcdMembers&) = delete;
  EtcdMembers& operator=(const EtcdMembers&) = delete;

  /// Whether there is an etcd on this machine.
  static bool installed() { return std::filesystem::exists("/usr/bin/etcd"); }

  /// "127.0.0.1:20379", where a member answers clients.
  std::string address(int member) const { return host_ + ":" + std::to_string(ports_.at(member)); }
  /// Of all, as a list in YAML.
  std::string yaml() const;
  void kill(int member);
  void freeze(int member);
  void thaw(int member);
  /// One that was killed.
  void start(int member);
  /// Whether it answers, and with it the majority.
  bool healthy(int member) const;

 private:
  std::string peer(int member) const { return "http://" + host_ + ":" + std::to_string(peer_ports_.at(member)); }
  void signal(int member, int signal);
  void reap(int member);

  std::vector<std::string> within_;
  std::string host_;
  std::filesystem::path folder_;
  std::array<int, count> ports_{};
  std::array<int, count> peer_ports_{};
  std::array<env::ProcessId, count> processes_{};
};

}  // namespace holon
