#include "env/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>

#include "env/disk.h"
#include "env/reactor.h"

namespace holon::env {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

Processes& processes() { return os().processes(); }
Time in(Duration span) { return os().now() + span; }

Spawn shell(const std::string& script) { return {.arguments = {"/bin/sh", "-c", script}}; }

/// Waits until `process` ends, and collects it.
ExitCause end_of(ProcessId process) {
  auto reactor = os().make_reactor();
  bool ended = false;
  EXPECT_TRUE(reactor->watch_exit(process.pid, [&] { ended = true; }).ok());
  for (Time until = in(seconds(10)); !ended && os().now() < until;) reactor->wait(until);
  EXPECT_TRUE(ended);
  return processes().reap(process);
}

TEST(Processes, TellHowAProcessEnded) {
  EXPECT_EQ(end_of(*processes().spawn(shell("exit 3"))).to_string(), "exit code 3");
  EXPECT_EQ(end_of(*processes().spawn(shell("kill -9 $$"))).to_string(), "signal 9 (Killed)");
  EXPECT_EQ(ExitCause{}.to_string(), "ended while no node watched");
}

TEST(Processes, NameAProgramThatIsNotThere) {
  Result<ProcessId> started = processes().spawn({.arguments = {"/nowhere/cart"}});
  ASSERT_EQ(started.code(), Code::not_found);
  EXPECT_THAT(started.error().message(), HasSubstr("/nowhere/cart"));
}

TEST(Processes, CaptureOutputAndError) {
  Result<Output> output = processes().run(shell("echo out; echo err >&2; exit 2"), in(seconds(10)));
  ASSERT_TRUE(output.ok()) << output.error().to_string();
  EXPECT_EQ(output->standard_output, "out\n");
  EXPECT_EQ(output->standard_error, "err\n");
  EXPECT_EQ(output->cause.code, 2);
}

TEST(Processes, KillWhatDoesNotEndInTime) {
  Time before = os().now();
  Result<Output> output = processes().run(shell("sleep 600 & sleep 600"), in(milliseconds(50)));
  EXPECT_EQ(output.code(), Code::deadline_exceeded);
  output = processes().run(shell("exec >&- 2>&-; sleep 600"), in(milliseconds(50)));
  EXPECT_LT(os().now() - before, seconds(60));
}

TEST(Processes, LimitWhatTheyCapture) {
  Result<Output> output = processes().run(shell("yes"), in(seconds(60)));
  EXPECT_EQ(output.code(), Code::resource_exhausted);
}

TEST(Processes, PassJustTheGivenDescriptors) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);  // without O_CLOEXEC: it must not get through all the same
  int first = ::open("/dev/null", O_RDONLY);
  int second = ::open("/dev/zero", O_RDONLY);
  Spawn what = shell("for d in 0 3 4; do readlink /proc/$$/fd/$d; done; ls /proc/$$/fd | tr '\\n' ' '");
  what.descriptors = {second, first};
  Result<Output> output = processes().run(what, in(seconds(10)));
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->standard_output, "/dev/null\n/dev/zero\n/dev/null\n0 1 2 3 4 ");
  for (int fd : {pipe_ends[0], pipe_ends[1], first, second}) ::close(fd);
}

TEST(Processes, SwapDescriptorsThatStandInEachOthersPlace) {
  ::close(3), ::close(4);
  ASSERT_EQ(::open("/dev/null", O_RDONLY), 3);
  ASSERT_EQ(::open("/dev/zero", O_RDONLY), 4);
  Spawn what = shell("readlink /proc/$$/fd/3 /proc/$$/fd/4");
  what.descriptors = {4, 3};
  EXPECT_EQ(processes().run(what, in(seconds(10)))->standard_output, "/dev/zero\n/dev/null\n");
  ::close(3), ::close(4);
}

TEST(Processes, StartWithFreshSignals) {
  sigset_t mask, before;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  ASSERT_EQ(::sigprocmask(SIG_BLOCK, &mask, &before), 0);
  ::signal(SIGINT, SIG_IGN);
  std::string status =
      processes().run({.arguments = {"grep", "Sig[BI]", "/proc/self/status"}}, in(seconds(10)))->standard_output;
  ::signal(SIGINT, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  EXPECT_THAT(status, HasSubstr("SigBlk:\t0000000000000000"));
  // Two signals of the C library's own (32 and 33) may be ignored already where the test was started.
  std::uint64_t ignored = std::stoull(status.substr(status.find("SigIgn:") + 7), nullptr, 16);
  EXPECT_EQ(ignored & 0x7fffffff, 0u) << status;
}

TEST(Processes, AppendOutputAddEnvironmentAndStartInADirectory) {
  std::filesystem::path log = testing::TempDir() + "process_test.log";
  Spawn what = shell("echo $CITY; pwd >&2");
  what.environment = {{"CITY", "Delft"}};
  what.directory = "/";
  what.output = log;
  ASSERT_TRUE(os().disk().replace(log, "before\n").ok());
  end_of(*processes().spawn(what));
  EXPECT_EQ(*os().disk().read(log), "before\nDelft\n/\n");
}

TEST(Processes, SignalTheGroupAndNeverAStranger) {
  std::filesystem::path log = testing::TempDir() + "process_group.log";
  std::filesystem::remove(log);
  Spawn what = shell("sleep 600 & echo $!; wait");
  what.output = log;
  ProcessId leader = *processes().spawn(what);
  for (Time until = in(seconds(10)); os().disk().read(log).value_or("").empty() && os().now() < until;) ::usleep(1000);
  int member = std::stoi(*os().disk().read(log));
  EXPECT_TRUE(processes().alive(leader));

  ProcessId stranger{leader.pid, leader.start + 1};
  EXPECT_FALSE(processes().alive(stranger));
  EXPECT_EQ(processes().signal(stranger, SIGKILL, true).code(), Code::not_found);
  EXPECT_TRUE(processes().alive(leader));

  ASSERT_TRUE(processes().signal(leader, SIGKILL, true).ok());
  EXPECT_EQ(end_of(leader).signal, SIGKILL);
  EXPECT_EQ(processes().signal(leader, SIGKILL, true).code(), Code::not_found);
  std::string stat = "/proc/" + std::to_string(member) + "/stat";
  auto gone = [&] {
    std::string text = os().disk().read(stat).value_or(") Z");
    return text[text.rfind(')') + 2] == 'Z';
  };
  for (Time until = in(seconds(10)); !gone() && os().now() < until;) ::usleep(1000);
  EXPECT_TRUE(gone());
}

TEST(Processes, AZombieIsNotAlive) {
  ProcessId process = *processes().spawn(shell("exit 0"));
  for (Time until = in(seconds(10)); processes().alive(process) && os().now() < until;) ::usleep(1000);
  EXPECT_FALSE(processes().alive(process));
  EXPECT_EQ(processes().reap(process).code, 0);
  EXPECT_TRUE(processes().alive(processes().self()));
  EXPECT_EQ(processes().find(::getpid()), processes().self());
  EXPECT_EQ(processes().find(process.pid), std::nullopt);
}

TEST(Processes, NameTheOwnerOfAPort) {
  auto reactor = os().make_reactor();
  for (const char* place : {"127.0.0.1:0", "[::1]:0"}) {
    auto listener = reactor->listen(*Address::parse(place));
    if (!listener.ok()) continue;  // a machine without IPv6
    std::string self = "(pid " + std::to_string(::getpid()) + ")";
    EXPECT_THAT(processes().port_owner((*listener)->address().port).value_or("nobody"), HasSubstr(self));
  }
  EXPECT_EQ(processes().port_owner(0), std::nullopt);
}

}  // namespace
}  // namespace holon::env
