// A debugger that holds one host, while others are built, restarted, and looked after.
#include <csignal>
#include <fstream>

#include "env/disk.h"
#include "env/environment.h"
#include "tests/node/application.h"

namespace holon {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DebuggerTest : public ApplicationTest {
 protected:
  void SetUp() override {
    ApplicationTest::SetUp();
    for (const char* file : {"probe.proto", "stock_server.py"}) fs::copy_file(fs::path(NODE_TEST_SOURCES) / file, folder_ / file);
    std::ofstream(manifest_) << "app: probe\nservices:\n"
                                "  echo: {command: [/usr/bin/python3, stock_server.py], contract: probe.proto}\n"
                                "  relay: {program: " << PROBE_PROGRAM << ", health: {period: 100ms, timeout: 200ms, failures: 2}}\n";
  }
  void TearDown() override {
    if (debugger_.pid != 0) (void)env::os().processes().signal(debugger_, SIGKILL, true).ok();
    ApplicationTest::TearDown();
    fs::remove(folder_.string() + ".debugger");
  }

  /// Runs what `holon debug` prints first, as a person would in another terminal, and leaves it at its prompt.
  void attach(const std::string& host) {
    const Ran told = holon({"debug", host});
    ASSERT_EQ(told.code, 0) << told.messages;
    const std::string command = told.output.substr(0, told.output.find('\n'));
    env::Spawn shell;
    shell.arguments = {"/bin/sh", "-c", "sleep 1000 | " + command};
    shell.output = folder_.string() + ".debugger";
    debugger_ = env::os().processes().spawn(shell).value();
    ASSERT_TRUE(eventually([&] { return is_held(process_of(host)); }, std::chrono::seconds(60))) << command << "\n" << debugger_says();
  }
  static bool is_held(env::ProcessId process) {
    const std::string status = env::os().disk().read("/proc/" + std::to_string(process.pid) + "/status").value_or("TracerPid:\t0\n");
    return status.find("TracerPid:\t0\n") == std::string::npos;
  }
  std::string debugger_says() const { return env::os().disk().read(folder_.string() + ".debugger").value_or(""); }

  env::ProcessId debugger_;
};

TEST_F(DebuggerTest, KeepsItsHostWhileOthersAreRestartedAndBuilt) {
  if (!fs::exists("/usr/bin/gdb")) GTEST_SKIP() << "no gdb here";
  start_holon({"up", "--watch", "--port", "0"});
  ASSERT_TRUE(eventually([&] { return output().find("probe is up in ") != std::string::npos; }, std::chrono::seconds(60))) << output();
  const env::ProcessId relay = process_of("relay.0"), first = process_of("echo.0");
  attach("relay.0");

  EXPECT_TRUE(eventually([&] { return host("relay.0").health().starts_with("gdb (pid "); }));
  EXPECT_THAT(holon({"ps"}).output, HasSubstr("holds it: no answer in time"));
  EXPECT_THAT(holon({"events", "relay"}).output, HasSubstr("holds it"));

  EXPECT_EQ(holon({"restart", "echo"}).code, 0);
  const env::ProcessId second = process_of("echo.0");
  EXPECT_NE(second, first);
  std::ofstream(folder_ / "stock_server.py", std::ios::app) << "# saved\n";
  ASSERT_TRUE(ready_anew("echo.0", second)) << output();

  EXPECT_TRUE(is_held(relay)) << debugger_says();
  EXPECT_EQ(host("relay.0").pid(), relay.pid);
  EXPECT_EQ(host("relay.0").restarts(), 0);
  ASSERT_TRUE(env::os().processes().signal(debugger_, SIGKILL, true).ok());
  EXPECT_TRUE(eventually([&] { return host("relay.0").state() == "ready"; }));
  EXPECT_EQ(host("relay.0").pid(), relay.pid);
}

}  // namespace
}  // namespace holon
