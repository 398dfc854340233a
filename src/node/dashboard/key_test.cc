#include "node/dashboard/key.h"

#include <gtest/gtest.h>

#include <fstream>

namespace holon::node {
namespace {

namespace fs = std::filesystem;

class DashboardKeyTest : public testing::Test {
 protected:
  void SetUp() override { fs::remove(file_); }
  DashboardKey load() { return DashboardKey::load(env::os(), file_); }

  const fs::path file_ = fs::path(testing::TempDir()) / "dashboard_key_test";
};

TEST_F(DashboardKeyTest, IsAnotherOneForEachApplication) {
  const DashboardKey one = load();
  const DashboardKey other = load();
  EXPECT_EQ(one.text().size(), 64u);
  EXPECT_NE(one.text(), other.text());
  EXPECT_EQ(one.last_port(), 0);
}

TEST_F(DashboardKeyTest, StaysTheSameForOneAndIsItsUsersAlone) {
  DashboardKey key = load();
  ASSERT_TRUE(key.keep(env::os(), file_, 43121).ok());
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(load().text(), key.text());
  EXPECT_EQ(load().last_port(), 43121);
}

TEST_F(DashboardKeyTest, FitsAsAWholeOnly) {
  const DashboardKey key = load();
  EXPECT_TRUE(key.fits(key.text()));
  EXPECT_FALSE(key.fits(""));
  EXPECT_FALSE(key.fits(key.text().substr(1)));
  EXPECT_FALSE(key.fits(key.text() + "0"));
  EXPECT_FALSE(key.fits(std::string(64, '0')));
}

TEST_F(DashboardKeyTest, IsMadeAnewIfItsFileHoldsNone) {
  for (const char* text : {"", "abc 1", "../../etc/passwd", "0 70000"}) {
    std::ofstream(file_, std::ios::trunc) << text;
    EXPECT_EQ(load().text().size(), 64u) << text;
    EXPECT_TRUE(load().last_port() >= 0 && load().last_port() <= 65535) << text;
  }
}

}  // namespace
}  // namespace holon::node
