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

EtcdMembers::EtcdMembers(EtcdSetup setup) : setup_(std::move(setup)) {
  if (setup_.tls) certify();
  for (int member = 0; member < count; ++member) {
    ports_[member] = free_port();
    peer_ports_[member] = free_port();
  }
  for (int member = 0; member < count; ++member) start(member);
  const env::Time until = env::os().now() + seconds(30);
  for (int member = 0; member < count; ++member) {
    while (!healthy(member) && env::os().now() < until) ::usleep(50'000);
    EXPECT_TRUE(healthy(member)) << env::os().disk().read(folder_.path("log" + std::to_string(member)), 0, 5'000).value_or("");
  }
}

EtcdMembers::~EtcdMembers() {
  for (int member = 0; member < count; ++member) kill(member);
}

void EtcdMembers::certify() const {
  folder_.write("ca.pem", authority_.certificate());
  folder_.write("member", authority_.issue({.names = {"DNS:localhost", "DNS:etcd.test", "IP:" + setup_.host}}));
  folder_.write("client", authority_.issue({.subject = "client", .names = {"DNS:client.test"}}));
}

void EtcdMembers::start(int member) {
  std::string all;
  for (int other = 0; other < count; ++other) all += (other == 0 ? "m" : ",m") + std::to_string(other) + "=" + peer(other);
  const std::string name = "m" + std::to_string(member);
  const std::string client = url(member);
  env::Spawn what;
  what.arguments = setup_.within;
  for (const std::string& argument : {std::string("/usr/bin/etcd"), "--name=" + name, "--data-dir=" + folder_.path(name).string(),
                                      "--listen-client-urls=" + client, "--advertise-client-urls=" + client,
                                      "--listen-peer-urls=" + peer(member), "--initial-advertise-peer-urls=" + peer(member),
                                      "--initial-cluster=" + all, std::string("--log-level=warn")}) {
    what.arguments.push_back(argument);
  }
  if (setup_.tls) {
    for (const char* argument : {"--cert-file=member.pem", "--key-file=member.key", "--trusted-ca-file=ca.pem", "--client-cert-auth"}) {
      what.arguments.emplace_back(argument);
    }
  }
  what.directory = folder_.path("");
  what.output = folder_.path("log" + std::to_string(member));
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

env::Spawn EtcdMembers::etcdctl(int member, const std::vector<std::string>& arguments) const {
  env::Spawn what;
  what.arguments = setup_.within;
  what.arguments.insert(what.arguments.end(), {"/usr/bin/etcdctl", "--endpoints=" + url(member), "--command-timeout=2s"});
  if (setup_.tls) what.arguments.insert(what.arguments.end(), {"--cacert=ca.pem", "--cert=client.pem", "--key=client.key"});
  what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
  what.environment = {{"ETCDCTL_API", "3"}};
  what.directory = folder_.path("");
  return what;
}

bool EtcdMembers::healthy(int member) const {
  const Result<env::Output> ran =
      env::os().processes().run(etcdctl(member, {"endpoint", "health"}), env::os().now() + seconds(5));
  return ran.ok() && ran->cause.code == 0;
}

void EtcdMembers::control(const std::vector<std::string>& arguments) const {
  const Result<env::Output> ran = env::os().processes().run(etcdctl(0, arguments), env::os().now() + seconds(10));
  ASSERT_TRUE(ran.ok()) << ran.error().to_string();
  EXPECT_EQ(ran->cause.code, 0) << arguments.at(0) << " " << arguments.at(1) << ": " << ran->standard_error;
}

void EtcdMembers::ask_for_users() {
  control({"user", "add", "root:rabbit"});
  control({"user", "grant-role", "root", "root"});
  control({"user", "add", "holon:rabbit"});
  control({"role", "add", "holon"});
  control({"role", "grant-permission", "holon", "--prefix=true", "readwrite", "/holon/"});
  control({"user", "grant-role", "holon", "holon"});
  control({"auth", "enable"});
}

}  // namespace holon
