// Control groups with real processes: membership in a group, and a node that may not make any.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "env/disk.h"
#include "env/environment.h"
#include "env/process.h"
#include "node/cgroup.h"
#include "tests/node/application.h"

namespace holon {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr uid_t nobody = 65534;

// A machine of version 1 has version 2 beside it, without controllers.
TEST(Groups, AProcessIsInItsGroupBeforeItsFirstInstruction) {
  fs::path mount = "/sys/fs/cgroup";
  if (!fs::exists(mount / "cgroup.controllers")) mount /= "unified";
  if (!fs::exists(mount / "cgroup.controllers")) GTEST_SKIP() << "no control groups of version 2 are mounted";
  const std::string name = "holon.groups_test." + std::to_string(::getpid());
  const Result<node::Cgroup> group = node::Cgroups(env::os(), {.mount = mount}).make(name, {});
  if (!group.ok()) GTEST_SKIP() << "this user may make no group: " << group.error().message();
  env::Spawn cat;
  cat.arguments = group->entering(HOLON_PROGRAM, {"/bin/cat", "/proc/self/cgroup"});
  const Result<env::Output> ran = env::os().processes().run(cat, env::os().now() + std::chrono::seconds(30));
  group->remove(env::os());
  ASSERT_TRUE(ran.ok()) << ran.error().to_string();
  EXPECT_THAT(ran->standard_output, testing::ContainsRegex("0::/.*" + name)) << ran->standard_error;
}

/// The application is nobody's, and so is its node.
class NobodyTest : public ApplicationTest {
 protected:
  void SetUp() override {
    ApplicationTest::SetUp();
    if (::getuid() != 0) GTEST_SKIP() << "only root can become nobody";
    fs::copy_file(HOLON_PROGRAM, folder_ / "holon");
    fs::copy_file(PROBE_PROGRAM, folder_ / "probe");
    std::ofstream(manifest_) << "app: probe\nservices:\n"
                                "  echo: {program: probe, resources: {memory: 1GiB, processes: 64}}\n"
                                "  relay: {program: probe}\n";
    for (const fs::path& file : {folder_, folder_ / "holon", folder_ / "probe", manifest_}) {
      ASSERT_EQ(::chown(file.c_str(), nobody, nobody), 0);
    }
    program_ = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", (folder_ / "holon").string()};
  }
};

TEST_F(NobodyTest, LimitsThatCannotBeSetAreToldEverywhere) {
  const Ran up = holon({"up", "-d", "--wait", "--bin", folder_.string()});
  ASSERT_EQ(up.code, 0) << up.messages;
  const std::string warning = "echo.0: limits are not in force: ";
  EXPECT_THAT(up.messages, HasSubstr(warning));
  EXPECT_THAT(up.messages, HasSubstr("; start the node as root, or "));
  const Ran ps = holon({"ps"});
  EXPECT_THAT(ps.messages, HasSubstr(warning));
  EXPECT_THAT(ps.messages, testing::Not(HasSubstr("relay.0")));
  EXPECT_THAT(host("echo.0").warning(), HasSubstr("limits are not in force"));
  EXPECT_THAT(holon({"events"}).output, testing::ContainsRegex("warning +echo\\.0 +limits are not in force"));
  const Ran doctor = holon({"doctor"});
  EXPECT_THAT(doctor.output, HasSubstr("no  " + warning));
  EXPECT_EQ(doctor.code, 1);
  EXPECT_EQ(host("echo.0").state(), "ready");
}

}  // namespace
}  // namespace holon
