#include "tests/cluster/etcd_members.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "env/disk.h"
#include "env/environment.h"

namespace holon {
namespace {

using std::chrono::seconds;

/// One that nobody has at the moment.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

}  // namespace

EtcdMembers::EtcdMembers(std::vector<std::string> within, std::string host) : within_(std::move(within)), host_(std::move(host)) {
  std::string pattern = testing::TempDir() + "etcd.XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  for (int member = 0; member < count; ++member) {
    ports_[member] = free_port();
    peer_ports_[member] = free_port();
  }
  for (int member = 0; member < count; ++member) start(member);
  const env::Time until = env::os().now() + seconds(30);
  for (int member = 0; member < count; ++member) {
    while (!healthy(member) && env::os().now() < until) ::usleep(50'000);
    EXPECT_TRUE(healthy(member)) << env::os().disk().read(folder_ / ("log" + std::to_string(member)), 0, 5'000).value_or("");
  }
}

EtcdMembers::~EtcdMembers() {
  for (int member = 0; member < count; ++member) kill(member);
  std::filesystem::remove_all(folder_);
}

std::string EtcdMembers::yaml() const {
  std::string text;
  for (int member = 0; member < count; ++member) text += (member == 0 ? "[\"" : "\", \"") + address(member);
  return text + "\"]";
}

void EtcdMembers::start(int member) {
  std::string all;
  for (int other = 0; other < count; ++other) all += (other == 0 ? "m" : ",m") + std::to_string(other) + "=" + peer(other);
  const std::string name = "m" + std::to_string(member);
  const std::string client = "http://" + address(member);
  env::Spawn what;
  what.arguments = within_;
  for (const std::string& argument : {std::string("/usr/bin/etcd"), "--name=" + name, "--data-dir=" + (folder_ / name).string(),
                                      "--listen-client-urls=" + client, "--advertise-client-urls=" + client,
                                      "--listen-peer-urls=" + peer(member), "--initial-advertise-peer-urls=" + peer(member),
                                      "--initial-cluster=" + all, std::string("--log-level=warn")}) {
    what.arguments.push_back(argument);
  }
  what.output = folder_ / ("log" + std::to_string(member));
  Result<env::ProcessId> started = env::os().processes().spawn(what);
  ASSERT_TRUE(started.ok()) << started.error().to_string();
  processes_[member] = *started;
}

void EtcdMembers::kill(int member) {
  signal(member, SIGKILL);
  reap(member);
}

void EtcdMembers::freeze(int member) { signal(member, SIGSTOP); }
void EtcdMembers::thaw(int member) { signal(member, SIGCONT); }

void EtcdMembers::signal(int member, int signal) {
  if (processes_[member].pid != 0) (void)env::os().processes().signal(processes_[member], signal, false).ok();
}

void EtcdMembers::reap(int member) {
  if (processes_[member].pid == 0) return;
  ::waitpid(processes_[member].pid, nullptr, 0);
  processes_[member] = {};
}

bool EtcdMembers::healthy(int member) const {
  env::Spawn what;
  what.arguments = within_;
  for (const std::string& argument : {std::string("/usr/bin/etcdctl"), "--endpoints=" + address(member), std::string("endpoint"),
                                      std::string("health"), std::string("--command-timeout=2s")}) {
    what.arguments.push_back(argument);
  }
  what.environment = {{"ETCDCTL_API", "3"}};
  Result<env::Output> ran = env::os().processes().run(what, env::os().now() + seconds(5));
  return ran.ok() && ran->cause.code == 0;
}

}  // namespace holon
