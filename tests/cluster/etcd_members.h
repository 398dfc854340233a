// A real etcd of three members, each of which may be killed, frozen and started again.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/test_certificates.h"
#include "env/process.h"

namespace holon {

struct EtcdSetup {
  std::vector<std::string> within = {};  ///< what each member is started by, as {"ip", "netns", "exec", "hub"}
  std::string host = "127.0.0.1";        ///< the address on which they answer
  bool tls = false;                      ///< whether they speak TLS, and with those alone who show a certificate
};

class EtcdMembers {
 public:
  static constexpr int count = 3;

  /// Starts them, and waits until each answers clients.
  explicit EtcdMembers(EtcdSetup setup = {});
  ~EtcdMembers();
  EtcdMembers(const EtcdMembers&) = delete;
  EtcdMembers& operator=(const EtcdMembers&) = delete;

  /// Whether there is an etcd on this machine.
  static bool installed() { return std::filesystem::exists("/usr/bin/etcd"); }

  int port(int member) const { return ports_.at(member); }
  /// "http://127.0.0.1:20379", where a member answers clients.
  std::string url(int member) const { return (setup_.tls ? "https://" : "http://") + setup_.host + ":" + std::to_string(port(member)); }
  /// With TLS: who certifies its members, and a certificate for clients with its key.
  std::filesystem::path ca() const { return folder_.path("ca.pem"); }
  crypto::KeyPair client() const { return {folder_.path("client.pem"), folder_.path("client.key")}; }
  const crypto::TestAuthority& authority() const { return authority_; }
  const crypto::TestFolder& folder() const { return folder_; }
  /// Asks for user and password from here on: "root" and "holon", both with the password "rabbit"; the latter may read and write below
  /// /holon/ alone.
  void ask_for_users();
  /// Makes a change among the users, with which all tokens become void.
  void change_users() { control({"--user=root:rabbit", "role", "add", "other"}); }
  void kill(int member);
  void freeze(int member);
  void thaw(int member);
  /// One that was killed.
  void start(int member);
  /// Whether it answers, and with it the majority.
  bool healthy(int member) const;

 private:
  std::string peer(int member) const { return "http://" + setup_.host + ":" + std::to_string(peer_ports_.at(member)); }
  void certify() const;
  env::Spawn etcdctl(int member, const std::vector<std::string>& arguments) const;
  void control(const std::vector<std::string>& arguments) const;
  void signal(int member, int signal);
  void reap(int member);

  const EtcdSetup setup_;
  const crypto::TestAuthority authority_{"etcd CA"};
  const crypto::TestFolder folder_;
  std::array<int, count> ports_{};
  std::array<int, count> peer_ports_{};
  std::array<env::ProcessId, count> processes_{};
};

}  // namespace holon
