#include "twins/test_twin.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <vector>

extern char** environ;

namespace shop::testing {
namespace {

using std::chrono::steady_clock;

constexpr auto start_time_max = std::chrono::seconds(30);
constexpr auto end_time_max = std::chrono::seconds(10);

std::string free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!bound) throw std::runtime_error("there is no free port");
  return std::to_string(ntohs(address.sin_port));
}

/// Waits for input, or for the other end to be closed; false if neither comes until then.
bool readable(int descriptor, steady_clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now());
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
}

pid_t spawn(const std::string& command, std::map<std::string, std::string> environment, int output) {
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    environment.emplace(text.substr(0, text.find('=')), text.substr(text.find('=') + 1));
  }
  std::vector<std::string> texts;
  for (const auto& [name, value] : environment) texts.push_back(name + "=" + value);
  std::vector<char*> variables;
  for (std::string& text : texts) variables.push_back(text.data());
  variables.push_back(nullptr);
  std::string line = "exec " + command;
  std::string shell[] = {"sh", "-c"};
  char* arguments[] = {shell[0].data(), shell[1].data(), line.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t process = -1;
  const int failed = ::posix_spawn(&process, "/bin/sh", &actions, nullptr, arguments, variables.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + command);
  return process;
}

}  // namespace

Twin::Twin(const std::string& command, std::map<std::string, std::string> environment) {
  const std::string port = free_port();
  address_ = "127.0.0.1:" + port;
  environment["PORT"] = port;
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw std::runtime_error("there is no pipe for " + command);
  output_ = pipe[0];
  process_ = spawn(command, std::move(environment), pipe[1]);
  ::close(pipe[1]);
  await_answer(command);
}

void Twin::await_answer(const std::string& command) {
  const auto until = steady_clock::now() + start_time_max;
  for (std::string said; said.find("answers on " + address_ + "\n") == std::string::npos;) {
    char piece[512];
    const ssize_t size = readable(output_, until) ? ::read(output_, piece, sizeof piece) : 0;
    if (size <= 0) throw std::runtime_error(command + " does not answer; it said: " + said);
    said.append(piece, static_cast<std::size_t>(size));
  }
}

Twin::~Twin() {
  ::kill(process_, SIGTERM);
  const auto until = steady_clock::now() + end_time_max;
  bool ended = false;
  // Its output is closed when it has ended.
  for (char piece[512]; !ended && readable(output_, until);) ended = ::read(output_, piece, sizeof piece) <= 0;
  EXPECT_TRUE(ended) << "the twin did not end on SIGTERM";
  if (!ended) ::kill(process_, SIGKILL);
  int status = 0;
  ::waitpid(process_, &status, 0);
  EXPECT_EQ(status, 0) << "the twin did not end well";
  ::close(output_);
}

}  // namespace shop::testing
