#include "env/os/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

namespace holon::env {
namespace {

constexpr int first_given = 3;

/// What posix_spawn does in the child before the program starts, in order.
class Actions {
 public:
  Actions() { posix_spawn_file_actions_init(&actions_); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  void open(int as, const char* path, int flags) { posix_spawn_file_actions_addopen(&actions_, as, path, flags, 0600); }
  void duplicate(int from, int as) { posix_spawn_file_actions_adddup2(&actions_, from, as); }
  void close_from(int first) { posix_spawn_file_actions_addclosefrom_np(&actions_, first); }
  void enter(const char* directory) { posix_spawn_file_actions_addchdir_np(&actions_, directory); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// A session of its own, no signal blocked, every one at its default.
class Attributes {
 public:
  Attributes() {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> merged_environment(const Spawn& what) {
  std::vector<std::string> merged;
  for (const auto& [name, value] : what.environment) merged.push_back(name + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    std::string_view name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [given, value] : what.environment) replaced |= given == name;
    if (!replaced) merged.emplace_back(text);
  }
  return merged;
}

// The given descriptors are lifted above all targets first: dup2 in the child would otherwise overwrite one before its
// turn.
Result<std::vector<Descriptor>> lifted(const Spawn& what) {
  std::vector<Descriptor> high;
  const int above = first_given + static_cast<int>(what.descriptors.size());
  for (int descriptor : what.descriptors) {
    high.emplace_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, above));
    if (!high.back()) return os_error("cannot pass descriptor " + std::to_string(descriptor), errno);
  }
  return high;
}

void direct_output(Actions& actions, const Spawn& what, const std::optional<ChildEnds>& captured) {
  actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  if (captured) {
    actions.duplicate(captured->output, STDOUT_FILENO);
    actions.duplicate(captured->error, STDERR_FILENO);
  } else if (!what.output.empty()) {
    actions.open(STDOUT_FILENO, what.output.c_str(), O_WRONLY | O_CREAT | O_APPEND);
    actions.duplicate(STDOUT_FILENO, STDERR_FILENO);
  }
}

}  // namespace

Result<int> spawn_process(const Spawn& what, std::optional<ChildEnds> captured) {
  if (what.arguments.empty()) return invalid_argument("a process needs the path of an executable");
  std::vector<Descriptor> given = HOLON_TRY(lifted(what));
  Actions actions;
  direct_output(actions, what, captured);
  for (std::size_t i = 0; i < given.size(); ++i) actions.duplicate(given[i].get(), first_given + static_cast<int>(i));
  actions.close_from(first_given + static_cast<int>(given.size()));
  if (!what.directory.empty()) actions.enter(what.directory.c_str());

  std::vector<std::string> arguments = what.arguments;
  std::vector<std::string> environment = merged_environment(what);
  Attributes attributes;
  pid_t pid = 0;
  int error_number = ::posix_spawnp(&pid, arguments[0].c_str(), actions.get(), attributes.get(),
                                    pointers_to(arguments).data(), pointers_to(environment).data());
  if (error_number == ENOENT) return not_found("cannot start " + arguments[0] + ": there is no such program");
  if (error_number != 0) return os_error("cannot start " + arguments[0], error_number);
  return pid;
}

}  // namespace holon::env
