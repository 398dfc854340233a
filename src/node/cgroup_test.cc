#include "node/cgroup.h"

#include "env/disk.h"
#include "env/environment.h"
#include "env/fake_groups.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr control::ResourceLimits limits{.memory_bytes = 256 << 20, .cpu = 0.5, .processes = 64};

/// This process is in /user/shell.
class CgroupTest : public env::FakeGroups {
 protected:
  /// Files of groups appear with their folders: here they are there before.
  void group(const fs::path& below, std::initializer_list<const char*> files) {
    for (const char* name : files) file(below / name);
  }
  std::string read(const fs::path& below) { return env::os().disk().read(mount_ / below).value_or("none"); }
  Cgroups groups() { return Cgroups(env::os(), groups_here()); }

  void make_version_2() {
    file("own", "0::/user/shell\n");
    file("cgroup.controllers", "cpu memory pids\n");
    file("user/shell/cgroup.controllers", "cpu memory pids\n");
    group("user/shell", {"cgroup.procs", "cgroup.subtree_control"});
    group("user/shell/cart.0", {"memory.max", "cpu.max", "pids.max", "cgroup.procs"});
  }
};

TEST_F(CgroupTest, Version2HasAFileForEachLimit) {
  make_version_2();
  EXPECT_EQ(groups().version(), 2);
  EXPECT_THAT(groups().missing(), testing::IsEmpty());
  const Result<Cgroup> cart = groups().make("cart.0", limits);
  ASSERT_TRUE(cart.ok()) << cart.error().message();
  EXPECT_EQ(read("user/shell/cgroup.subtree_control"), "+memory +cpu +pids");
  EXPECT_EQ(read("user/shell/cart.0/memory.max"), "268435456");
  EXPECT_EQ(read("user/shell/cart.0/cpu.max"), "10000 20000");
  EXPECT_EQ(read("user/shell/cart.0/pids.max"), "64");
  EXPECT_THAT(cart->entering("/bin/holon", {"cart", "--now"}),
              testing::ElementsAre("/bin/holon", "enter-groups", (mount_ / "user/shell/cart.0/cgroup.procs").string(), "--", "cart", "--now"));
}

TEST_F(CgroupTest, JustTheControllersThatAreNeededAreAskedFor) {
  make_version_2();
  ASSERT_TRUE(groups().make("cart.0", {.processes = 8}).ok());
  EXPECT_EQ(read("user/shell/cgroup.subtree_control"), "+pids");
  EXPECT_EQ(read("user/shell/cart.0/memory.max"), "");
}

TEST_F(CgroupTest, WhoHasLittleOfAProcessorHasItInLongerPeriods) {
  make_version_2();
  ASSERT_TRUE(groups().make("cart.0", {.cpu = 0.05}).ok());
  EXPECT_EQ(read("user/shell/cart.0/cpu.max"), "1000 20000");
  file("user/shell/cart.0/cpu.max");
  ASSERT_TRUE(groups().make("cart.0", {.cpu = 0.04}).ok());
  EXPECT_EQ(read("user/shell/cart.0/cpu.max"), "4000 100000") << "Linux refuses less than 1 ms";
  file("user/shell/cart.0/cpu.max");
  ASSERT_TRUE(groups().make("cart.0", {.cpu = 0.01}).ok());
  EXPECT_EQ(read("user/shell/cart.0/cpu.max"), "1000 100000") << "the least that holon.yaml may say";
}

TEST_F(CgroupTest, ANodeThatMovedIntoAGroupOfItsOwnMakesOthersBesideThat) {
  make_version_2();
  file("own", "0::/user/shell/holon-node\n");
  group("user/shell/holon-node", {"cgroup.procs"});
  ASSERT_TRUE(groups().make("cart.0", limits).ok());
  EXPECT_EQ(read("user/shell/cart.0/pids.max"), "64");
}

TEST_F(CgroupTest, Version1HasAGroupForEachController) {
  file("own", "3:memory:/user\n2:cpu,cpuacct:/\n1:pids:/hidden\n0::/\n");
  group("memory/user", {"cgroup.procs"});
  for (const char* controller : {"memory", "cpu", "pids"}) group(controller, {"cgroup.procs"});
  group("memory/user/cart.0", {"memory.limit_in_bytes"});
  group("cpu/cart.0", {"cpu.cfs_period_us", "cpu.cfs_quota_us"});
  group("pids/cart.0", {"pids.max"});
  EXPECT_EQ(groups().version(), 1);
  EXPECT_THAT(groups().missing(), testing::IsEmpty());
  const Result<Cgroup> cart = groups().make("cart.0", limits);
  ASSERT_TRUE(cart.ok()) << cart.error().message();
  EXPECT_EQ(read("memory/user/cart.0/memory.limit_in_bytes"), "268435456");
  EXPECT_EQ(read("cpu/cart.0/cpu.cfs_period_us"), "20000");
  EXPECT_EQ(read("cpu/cart.0/cpu.cfs_quota_us"), "-110000") << "first none, -1: the one of a group from before may not fit the period";
  EXPECT_EQ(read("pids/cart.0/pids.max"), "64");
  EXPECT_EQ(cart->entering("holon", {"cart"}).size(), 7u);  // holon enter-groups, three files, --, cart
}

TEST_F(CgroupTest, KillsForWantOfMemoryAreCounted) {
  make_version_2();
  const Cgroup cart = groups().make("cart.0", limits).value();
  EXPECT_EQ(cart.oom_kills(env::os()), 0u);
  file("user/shell/cart.0/memory.events", "low 0\nhigh 0\nmax 17\noom 3\noom_kill 2\n");
  EXPECT_EQ(cart.oom_kills(env::os()), 2u);
}

TEST_F(CgroupTest, WhatIsInTheWayIsNamedWithTheRemedy) {
  EXPECT_EQ(groups().version(), 0);
  EXPECT_THAT(groups().make("cart.0", limits).error().message(), HasSubstr("mount control groups at " + mount_.string()));
  make_version_2();
  file("user/shell/cgroup.controllers", "cpu\n");
  EXPECT_THAT(groups().missing(), testing::ElementsAre("memory", "pids"));
  fs::remove(mount_ / "user/shell/cgroup.subtree_control");
  const Result<Cgroup> cart = groups().make("cart.0", limits);
  EXPECT_EQ(cart.code(), Code::failed_precondition);
  EXPECT_THAT(cart.error().message(), testing::StartsWith("limits are not in force: there is no " + mount_.string()));
  EXPECT_THAT(cart.error().message(), HasSubstr("; start the node as root, or by `systemd-run"));
}

}  // namespace
}  // namespace holon::node
