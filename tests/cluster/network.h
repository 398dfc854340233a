// Machines that share nothing but a network: namespaces, each joined to a switch in one more.
#pragma once

#include <string>
#include <vector>

namespace holon {

class Network {
 public:
  /// Machines with the addresses 10.77.0.1 (the switch itself), 10.77.0.2, …
  explicit Network(int machines);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Why there can be none here; empty if there can.
  static std::string missing();

  /// What starts a command on a machine; 0 is the switch.
  std::vector<std::string> on(int machine) const { return {"ip", "netns", "exec", name(machine)}; }
  std::string address(int machine) const { return "10.77.0." + std::to_string(machine + 1); }
  /// Pulls its cable: nothing comes or goes, and nobody is told.
  void cut(int machine);
  void mend(int machine);
  /// Ends all that runs on it, at once.
  void kill_all(int machine) const;

 private:
  std::string name(int machine) const { return prefix_ + std::to_string(machine); }
  void run(const std::vector<std::string>& arguments) const;

  std::string prefix_;
  int machines_;
};

}  // namespace holon
