#include "env/processors.h"

#include "env/environment.h"
#include "env/fake_groups.h"

namespace holon::env {
namespace {

class ProcessorsTest : public FakeGroups {
 protected:
  unsigned of(unsigned there) { return processors(os().disk(), groups_here(), there); }
};

TEST_F(ProcessorsTest, AreAllWhereNothingBoundsThem) {
  EXPECT_EQ(of(8), 8u);
  EXPECT_EQ(of(0), 1u) << "the machine does not say";
  file("own", "0::/user\n");
  file("user/cgroup.procs");
  file("user/cpu.max", "max 100000\n");
  EXPECT_EQ(of(8), 8u);
}

TEST_F(ProcessorsTest, AQuotaIsRoundedUp) {
  file("own", "0::/user/cart.0\n");
  file("user/cart.0/cgroup.procs");
  file("user/cart.0/cpu.max", "10000 20000\n");
  EXPECT_EQ(of(8), 1u);
  file("user/cart.0/cpu.max", "30000 20000\n");
  EXPECT_EQ(of(8), 2u);
  EXPECT_EQ(of(1), 1u);
}

TEST_F(ProcessorsTest, WhatIsAboveBoundsToo) {
  file("own", "0::/pod/cart.0\n");
  file("pod/cart.0/cgroup.procs");
  file("pod/cart.0/cpu.max", "max 100000\n");
  file("pod/cpu.max", "300000 100000\n");
  EXPECT_EQ(of(8), 3u);
}

TEST_F(ProcessorsTest, AContainerSeesItsOwnGroupOnly) {
  file("own", "0::/docker/0123\n");
  file("cpu.max", "200000 100000\n");
  EXPECT_EQ(of(8), 2u);
}

TEST_F(ProcessorsTest, Version1SaysItInTwoFiles) {
  file("own", "12:cpu,cpuacct:/cart.0\n0::/\n");
  file("cpu/cart.0/cgroup.procs");
  file("cpu/cart.0/cpu.cfs_quota_us", "40000\n");
  file("cpu/cart.0/cpu.cfs_period_us", "20000\n");
  EXPECT_EQ(of(8), 2u);
  file("cpu/cart.0/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(of(8), 8u);
}

}  // namespace
}  // namespace holon::env
