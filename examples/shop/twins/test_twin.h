// A twin of a service, in another language, while a test runs it.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

namespace shop::testing {

class Twin {
 public:
  /// Starts it, and returns when it says that it answers. Throws std::runtime_error if it does not within 30 s.
  /// @param command      for the shell
  /// @param environment  what it has beside this process's own; `PORT` is added
  Twin(const std::string& command, std::map<std::string, std::string> environment);
  /// Ends it by SIGTERM. A failure of the test if it does not exit with 0 within 10 s.
  ~Twin();
  Twin(const Twin&) = delete;
  Twin& operator=(const Twin&) = delete;

  /// "127.0.0.1:41234"
  const std::string& address() const { return address_; }

 private:
  void await_answer(const std::string& command);

  std::string address_;
  pid_t process_ = -1;
  int output_ = -1;
};

}  // namespace shop::testing
