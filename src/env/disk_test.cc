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

TEST_F(DiskTest, TakesTheBeginOfAFileThatIsWritten) {
  const fs::path file = folder_ / "log";
  std::unique_ptr<AppendedFile> writer = *disk_.append_to(file);
  ASSERT_TRUE(writer->append(std::string(Disk::cut_unit, 'a') + "rest").ok());
  const Result<void> cut = disk_.cut_begin(file, Disk::cut_unit);
  if (cut.code() == Code::unimplemented) GTEST_SKIP() << cut.error().message();
  ASSERT_TRUE(cut.ok()) << cut.error().message();
  ASSERT_TRUE(writer->append(" and more").ok());
  EXPECT_EQ(*disk_.read(file), "rest and more");
  EXPECT_EQ(disk_.cut_begin(folder_ / "none", Disk::cut_unit).code(), Code::not_found);
}

TEST_F(DiskTest, ARenamedFileTakesThePlaceOfAnother) {
  ASSERT_TRUE(disk_.replace(folder_ / "one", "1").ok());
  ASSERT_TRUE(disk_.replace(folder_ / "two", "2").ok());
  ASSERT_TRUE(disk_.rename(folder_ / "one", folder_ / "two").ok());
  EXPECT_EQ(*disk_.read(folder_ / "two"), "1");
  EXPECT_THAT(*disk_.list(folder_), ElementsAre(folder_ / "two"));
  EXPECT_EQ(disk_.rename(folder_ / "none", folder_ / "two").code(), Code::not_found);
}

TEST_F(DiskTest, APipeOrADeviceIsNotRead) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(disk_.read(folder_ / "pipe").code(), Code::invalid_argument);
  EXPECT_EQ(disk_.read("/dev/zero").code(), Code::invalid_argument);
  EXPECT_FALSE(disk_.read("/proc/self/status")->empty());
}

TEST_F(DiskTest, OneLocksAtATime) {
  Result<std::unique_ptr<FileLock>> first = disk_.lock(folder_ / "lock");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(disk_.lock(folder_ / "lock").code(), Code::already_exists);
  first->reset();
  EXPECT_TRUE(disk_.lock(folder_ / "lock").ok());
}

class OpenBelowTest : public DiskTest {
 protected:
  void SetUp() override {
    DiskTest::SetUp();
    site_ = folder_ / "site";
    fs::create_directories(site_ / "deep/er");
    std::ofstream(folder_ / "secret") << "secret";
    std::ofstream(site_ / "page") << "0123456789";
    std::ofstream(site_ / "deep/er/leaf") << "leaf";
  }

  fs::path site_;
};

TEST_F(OpenBelowTest, GivesFilesAndDirectoriesWithWhatIsKnownOfThem) {
  auto file = disk_.open_below(site_, "page");
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  EXPECT_FALSE((*file)->status().directory);
  EXPECT_EQ((*file)->status().size, 10u);
  EXPECT_EQ((*file)->status().modified_ns, *disk_.changed_ns(site_ / "page"));
  EXPECT_NE((*file)->status().id, 0u);
  EXPECT_EQ(*(*file)->read(3, 4), "3456");
  EXPECT_EQ(*(*file)->read(8, 100), "89");
  EXPECT_EQ(*(*file)->read(20, 100), "");
  auto directory = disk_.open_below(site_, "deep");
  ASSERT_TRUE(directory.ok());
  EXPECT_TRUE((*directory)->status().directory);
}

TEST_F(OpenBelowTest, WhatIsOpenStaysWhenItsNameIsGivenToAnother) {
  auto file = *disk_.open_below(site_, "page");
  ASSERT_TRUE(disk_.exchange(site_ / "page", "another").ok());
  EXPECT_EQ(*file->read(0, 100), "0123456789");
  auto another = *disk_.open_below(site_, "page");
  EXPECT_NE(another->status().id, file->status().id);
}

TEST_F(OpenBelowTest, NothingLeadsOutOfTheFolder) {
  fs::create_symlink("deep/er/leaf", site_ / "inside");
  fs::create_symlink("../secret", site_ / "out");
  fs::create_symlink(folder_ / "secret", site_ / "absolute");
  fs::create_directory_symlink("..", site_ / "up");
  fs::create_symlink("loop", site_ / "loop");
  EXPECT_EQ(*(*disk_.open_below(site_, "inside"))->read(0, 10), "leaf");
  for (const char* below : {"../secret", "..", "deep/../../secret", "/etc/passwd", "out", "absolute", "up/secret", "loop",
                            "page/", "page/x", "none", "", "/proc/self/root/etc/passwd"}) {
    EXPECT_EQ(disk_.open_below(site_, below).code(), Code::not_found) << below;
  }
  EXPECT_EQ(disk_.open_below(site_, std::string("page\0.txt", 9)).code(), Code::not_found);
}

TEST_F(OpenBelowTest, PipesAreNoFilesAndHoldNobodyUp) {
  ASSERT_EQ(::mkfifo((site_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(disk_.open_below(site_, "pipe").code(), Code::not_found);
}

}  // namespace
}  // namespace holon::env
