// Faults of the machine: a full disk, no descriptors left, a flood of logs that nobody reads.
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <fstream>
#include <sstream>

#include "env/disk.h"
#include "env/environment.h"
#include "holon/client.h"
#include "node/state.h"
#include "probe.holon.h"
#include "tests/node/application.h"

namespace holon {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class FaultTest : public ApplicationTest {
 protected:
  /// By the host `relay`, which asks `echo`.
  Result<probe::SayReply> pass(const std::string& relay, seconds within = seconds(10)) {
    Client client(relay);
    Ref<probe::Relay> through(client);
    auto call = client.call(within);
    probe::SayRequest request;
    request.set_text("across");
    return through->Pass(*call, request);
  }

  std::string read(const fs::path& below) { return env::os().disk().read(folder_ / ".holon" / below).value_or(""); }
  std::string events() { return holon({"events"}).output; }

  /// User and system time of a process so far (proc(5): fields 14 and 15 of /proc/PID/stat).
  static std::chrono::duration<double> cpu_of(env::ProcessId process) {
    const std::string stat = env::os().disk().read("/proc/" + std::to_string(process.pid) + "/stat").value_or("");
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return std::chrono::duration<double>((user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
  }

  /// Share of a core that a process takes for as long as this looks.
  static double load_of(env::ProcessId process, milliseconds span) {
    const auto before = cpu_of(process);
    const auto began = env::os().now();
    ::usleep(static_cast<useconds_t>(span.count() * 1000));
    return (cpu_of(process) - before) / std::chrono::duration<double>(env::os().now() - began);
  }
};

/// `.holon` is a disk of 4 MiB, in a mount namespace of this process's and of what it starts from here on.
class FullDiskTest : public FaultTest {
 protected:
  void SetUp() override {
    FaultTest::SetUp();
    fs::create_directory(disk());
    const bool own = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    if (!own || ::mount("tmpfs", disk().c_str(), "tmpfs", 0, "size=4m,mode=700") != 0) {
      GTEST_SKIP() << "this user may not mount a disk: " << std::strerror(errno);
    }
  }
  void TearDown() override {
    if (HasFailure()) show_logs();
    if (!IsSkipped()) holon({"down"});
    ::umount2(disk().c_str(), MNT_DETACH);
    FaultTest::TearDown();
  }

  fs::path disk() const { return folder_ / ".holon"; }
  fs::path filler() const { return disk() / "filler"; }
  void fill() {
    std::ofstream file(filler(), std::ios::app);
    const std::string page(4096, 'x');
    while (file.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
    ASSERT_EQ(fs::space(disk()).available, 0u);
  }
  void make_room() { fs::remove(filler()); }
};

TEST_F(FullDiskTest, ServicesServeOnAndAllIsWrittenAgainWhenThereIsRoom) {
  write_manifest(", settings: {trouble: talks}");
  up();
  const std::string relay = endpoint("relay.0");
  fill();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pass(relay).ok());  // more lines than the log's last page takes
  const env::ProcessId echo = process_of("echo.0");
  kill_hard(echo);
  ASSERT_TRUE(ready_anew("echo.0", echo));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pass(relay).ok());
  EXPECT_TRUE(node::parse_state(read("state")).ok()) << read("state");
  EXPECT_THAT(events(), testing::ContainsRegex("the node's state is not saved.*" + disk().string() + ".*No space left on device"));
  EXPECT_THAT(holon({"doctor"}).output, HasSubstr("make room there"));

  make_room();
  const auto saved = [&] { return node::parse_state(read("state")).value_or({}).hosts["echo.0"].process; };
  EXPECT_TRUE(eventually([&] { return saved() == process_of("echo.0"); })) << read("state");
  EXPECT_THAT(events(), HasSubstr("the node's state is saved again"));
  ASSERT_TRUE(pass(relay).ok());
  const std::string log = read("logs/echo.0.log");
  const std::string last = log.substr(log.rfind('\n', log.size() - 2) + 1);
  EXPECT_THAT(last, testing::MatchesRegex("\\{\"time\":.*\"dropped_lines\":[1-9][0-9]*\\}\n"));

  const int pid = host("echo.0").pid();
  kill_hard(node_process());
  up();
  EXPECT_EQ(host("echo.0").pid(), pid);
}

TEST_F(FullDiskTest, UpNamesTheDisk) {
  fill();
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"up", "--port", "0"}, {"up", "-d", "--port", "0"}}) {
    const Ran up = holon(arguments);
    EXPECT_EQ(up.code, 1);
    EXPECT_THAT(up.messages, HasSubstr(disk().string()));
    EXPECT_THAT(up.messages, testing::AnyOf(HasSubstr("No space left on device"), HasSubstr("there is no space left")));
  }
  make_room();
  up();
}

class DescriptorTest : public FaultTest {
 protected:
  /// The process can open nothing more: what is below its limit is in use.
  static void take_all(env::ProcessId process) {
    int least_free = 0;
    while (::access(("/proc/" + std::to_string(process.pid) + "/fd/" + std::to_string(least_free)).c_str(), F_OK) == 0) ++least_free;
    limit(process, static_cast<rlim_t>(least_free));
  }
  static void give_back(env::ProcessId process) { limit(process, 1024); }

 private:
  static void limit(env::ProcessId process, rlim_t most) {
    rlimit limits{};
    ASSERT_EQ(::prlimit(process.pid, RLIMIT_NOFILE, nullptr, &limits), 0);
    limits.rlim_cur = most;
    ASSERT_EQ(::prlimit(process.pid, RLIMIT_NOFILE, &limits, nullptr), 0);
  }
};

TEST_F(DescriptorTest, ANodeWithNoneLeftEndsNobodyAndGoesOnWhenThereAreSome) {
  write_manifest(", health: {period: 200ms, timeout: 500ms, failures: 2}");
  up();
  const node::v1::HostState relay = host("relay.0");
  const env::ProcessId node = node_process(), echo = process_of("echo.0");
  take_all(node);
  EXPECT_LT(load_of(node, milliseconds(2000)), 0.5);  // as long as many checks of health that cannot be made
  EXPECT_TRUE(env::os().processes().alive(echo));
  kill_hard(echo);
  ASSERT_TRUE(eventually([&] { return read("node.log").find("Too many open files; a higher limit helps") != std::string::npos; }))
      << read("node.log");
  EXPECT_LT(load_of(node, milliseconds(500)), 0.5);
  EXPECT_TRUE(env::os().processes().alive(node));

  give_back(node);
  ASSERT_TRUE(ready_anew("echo.0", echo));
  EXPECT_TRUE(pass(relay.endpoint()).ok());
  EXPECT_EQ(host("relay.0").pid(), relay.pid());
  EXPECT_THAT(events(), testing::ContainsRegex("cannot (start|pass|write).*: Too many open files"));
}

TEST_F(DescriptorTest, AHostWithNoneLeftSaysSoAndAnswersWhenThereAreSome) {
  write_manifest(", health: {period: 60s}");
  up();
  const env::ProcessId echo = process_of("echo.0");
  const std::string relay = endpoint("relay.0"), path = endpoint("echo.0").substr(5);
  ASSERT_TRUE(pass(relay).ok());
  take_all(echo);
  std::vector<int> crowd;
  for (int i = 0; i < 50; ++i) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    crowd.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(crowd.back(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  EXPECT_TRUE(eventually([&] { return read("logs/echo.0.log").find("Too many open files") != std::string::npos; }));
  EXPECT_LT(load_of(echo, milliseconds(1000)), 0.5);
  EXPECT_TRUE(env::os().processes().alive(echo));

  for (int one : crowd) ::close(one);
  give_back(echo);
  EXPECT_TRUE(eventually([&] { return pass(relay, seconds(2)).ok(); }));
  EXPECT_EQ(host("echo.0").pid(), echo.pid);
}

class FloodTest : public FaultTest {
 protected:
  static std::uint64_t private_bytes(env::ProcessId process) {
    const std::string file = "/proc/" + std::to_string(process.pid) + "/statm";
    std::istringstream fields(env::os().disk().read(file).value_or(""));
    std::uint64_t size = 0, resident = 0, shared = 0;
    fields >> size >> resident >> shared;
    return (resident - shared) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  std::uint64_t log_bytes() {
    std::uint64_t sum = 0;
    for (const fs::path& log : env::os().disk().list(folder_ / ".holon/logs").value_or({})) sum += env::os().disk().size(log).value_or(0);
    return sum;
  }
};

TEST_F(FloodTest, NeitherItNorAStuckReaderHoldsAnybodyUp) {
  constexpr std::uint64_t log_bytes_max = std::uint64_t{128} << 20;  // 16 MiB twice, and what is written until somebody looks
  constexpr std::uint64_t memory_growth_max = std::uint64_t{64} << 20;
  write_manifest(", settings: {trouble: flood}");
  up();
  const std::string relay = endpoint("relay.0");
  const env::ProcessId node = node_process();
  const std::uint64_t memory = private_bytes(node);
  const env::ProcessId reader = start_holon({"logs", "-f", "echo"});
  ASSERT_TRUE(eventually([&] { return !output().empty(); }));
  ASSERT_TRUE(env::os().processes().signal(reader, SIGSTOP, false).ok());

  std::uint64_t most = 0;
  int calls = 0;
  const auto rotated = [&] { return fs::exists(folder_ / ".holon/logs/echo.0.log.1"); };
  for (const auto until = env::os().now() + seconds(4); env::os().now() < until || (!rotated() && calls < 1000); ++calls) {
    const Result<probe::SayReply> reply = pass(relay, seconds(2));
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    most = std::max(most, log_bytes());
    ::usleep(20'000);
  }
  EXPECT_EQ(holon({"ps"}).code, 0);
  EXPECT_TRUE(rotated());
  EXPECT_LT(most, log_bytes_max);
  EXPECT_LT(private_bytes(node), memory + memory_growth_max);
  EXPECT_EQ(host("echo.0").restarts(), 0);
  ASSERT_TRUE(env::os().processes().signal(reader, SIGKILL, false).ok());
}

}  // namespace
}  // namespace holon
