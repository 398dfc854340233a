#include "env/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace holon::env {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class DiskTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "disk_test.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Disk& disk_ = os().disk();
  fs::path folder_;
};

TEST_F(DiskTest, ReplacesAWholeFileAndLeavesNothingBeside) {
  fs::path file = folder_ / "state";
  ASSERT_TRUE(disk_.replace(file, "one").ok());
  std::string large(300'000, 'x');
  ASSERT_TRUE(disk_.replace(file, large).ok());
  EXPECT_EQ(*disk_.read(file), large);
  EXPECT_EQ(*disk_.size(file), large.size());
  ASSERT_TRUE(disk_.exchange(file, "three").ok());
  EXPECT_EQ(*disk_.read(file), "three");
  EXPECT_THAT(*disk_.list(folder_), ElementsAre(file));
}

TEST_F(DiskTest, ReadsAPart) {
  fs::path file = folder_ / "log";
  ASSERT_TRUE(disk_.replace(file, "0123456789").ok());
  EXPECT_EQ(*disk_.read(file, 3, 4), "3456");
  EXPECT_EQ(*disk_.read(file, 8, 100), "89");
  EXPECT_EQ(*disk_.read(file, 20, 100), "");
}

TEST_F(DiskTest, SaysWhatIsMissing) {
  Result<std::string> read = disk_.read(folder_ / "nothing");
  ASSERT_EQ(read.code(), Code::not_found);
  EXPECT_THAT(read.error().message(), HasSubstr((folder_ / "nothing").string()));
  EXPECT_EQ(disk_.size(folder_ / "nothing").code(), Code::not_found);
  EXPECT_EQ(disk_.changed_ns(folder_ / "nothing").code(), Code::not_found);
  EXPECT_EQ(disk_.remove(folder_ / "nothing").code(), Code::not_found);
  EXPECT_EQ(disk_.list(folder_ / "nothing").code(), Code::not_found);
}

TEST_F(DiskTest, AFailedReplaceKeepsTheOldFile) {
  fs::path taken = folder_ / "directory";
  ASSERT_TRUE(disk_.make_directories(taken / "inner").ok());
  EXPECT_FALSE(disk_.replace(taken, "content").ok());
  EXPECT_THAT(*disk_.list(folder_), ElementsAre(taken));
}

TEST_F(DiskTest, MakesPrivateDirectories) {
  ASSERT_TRUE(disk_.make_directories(folder_ / "a/b").ok());
  ASSERT_TRUE(disk_.make_directories(folder_ / "a/b").ok());
  struct stat status{};
  ASSERT_EQ(::stat((folder_ / "a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_TRUE(disk_.replace(folder_ / "file", "").ok());
  EXPECT_FALSE(disk_.make_directories(folder_ / "file").ok());
}

TEST_F(DiskTest, AChangeMovesTheTimeOfChange) {
  ASSERT_TRUE(disk_.replace(folder_ / "file", "1").ok());
  fs::last_write_time(folder_ / "file", fs::file_time_type::clock::now() - std::chrono::hours(1));
  std::int64_t before = *disk_.changed_ns(folder_ / "file");
  ASSERT_TRUE(disk_.replace(folder_ / "file", "2").ok());
  EXPECT_GT(*disk_.changed_ns(folder_ / "file"), before);
}

TEST_F(DiskTest, OneLocksAtATime) {
  Result<std::unique_ptr<FileLock>> first = disk_.lock(folder_ / "lock");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(disk_.lock(folder_ / "lock").code(), Code::already_exists);
  first->reset();
  EXPECT_TRUE(disk_.lock(folder_ / "lock").ok());
}

}  // namespace
}  // namespace holon::env
