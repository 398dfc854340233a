#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "env/os/os.h"
#include "env/os/spawn.h"

namespace holon::env {
namespace {

std::vector<char*> words(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void forget_signals() {
  for (int signal = 1; signal < NSIG; ++signal) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Error become_process(const Become& what) {
  if (what.arguments.empty()) return invalid_argument("a process needs the path of an executable");
  if (!what.directory.empty() && ::chdir(what.directory.c_str()) != 0) {
    return os_error("cannot enter " + what.directory.string(), errno);
  }
  std::vector<std::string> arguments = what.arguments;
  std::vector<std::string> environment = what.environment;
  std::vector<char*> variables = words(environment);
  forget_signals();
  environ = variables.data();  // execvp looks for PATH there
  ::execvp(arguments[0].c_str(), words(arguments).data());
  const int error_number = errno;
  environ = nullptr;  // what it was is of no use to whoever failed to become another
  std::signal(SIGPIPE, SIG_IGN);
  if (error_number == ENOENT) return not_found("cannot run " + arguments[0] + ": there is no such program");
  return os_error("cannot run " + arguments[0], error_number);
}

}  // namespace holon::env
