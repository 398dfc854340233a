// Who has a port: the socket's inode from /proc/net/tcp, then the process that has a descriptor of it.
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <sstream>

#include "env/disk.h"
#include "env/os/spawn.h"

namespace holon::env {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view listening = "0A";  // TCP_LISTEN, in include/net/tcp_states.h of the kernel

// proc(5), /proc/net/tcp: "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …", numbers in hex.
std::optional<std::string> listening_inode(const std::string& table, int port) {
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    std::size_t colon = local.rfind(':');
    if (state != listening || colon == std::string::npos) continue;
    int found = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), found, 16);
    if (found == port) return inode;
  }
  return std::nullopt;
}

bool has_descriptor_of(const fs::path& process, const std::string& socket) {
  std::error_code ignored;  // other users' processes may not be looked into, and any may end while we look
  for (fs::directory_iterator entry(process / "fd", ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code gone;
    if (fs::read_symlink(entry->path(), gone) == socket) return true;
  }
  return false;
}

std::optional<std::string> process_with(const std::string& socket) {
  std::error_code ignored;
  for (fs::directory_iterator entry("/proc", ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::string pid = entry->path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!has_descriptor_of(entry->path(), socket)) continue;
    std::string name = os().disk().read(entry->path() / "comm").value_or("?\n");
    name.pop_back();
    return name + " (pid " + pid + ")";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_port_owner(int port) {
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    Result<std::string> text = os().disk().read(table);
    if (!text.ok()) continue;
    if (std::optional<std::string> inode = listening_inode(*text, port)) {
      return process_with("socket:[" + *inode + "]");
    }
  }
  return std::nullopt;
}

}  // namespace holon::env
