// What `holon doctor` found: a line for each thing it looked at.
#pragma once

#include <string>
#include <vector>

namespace holon::cli {

class Report {
 public:
  void fine(const std::string& what) { findings_.push_back({true, what}); }
  /// @param what  with the remedy
  void wrong(const std::string& what) { findings_.push_back({false, what}); }
  bool failed() const;
  /// On standard output: {"ok":false,"checks":[{"ok":true,"what":"…"},…]}, or a line each.
  void print(bool json) const;

 private:
  struct Finding {
    bool fine;
    std::string what;
  };
  std::vector<Finding> findings_;
};

/// The kernel, control groups, and limits of processes.
void check_machine(Report& report);

}  // namespace holon::cli
