#include "node/log_file.h"

#include <fstream>

#include "env/disk.h"
#include "env/environment.h"

namespace holon::node {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LogFileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove(file_); }
  void TearDown() override { std::filesystem::remove(file_); }

  void write(std::string_view text) { std::ofstream(file_, std::ios::app) << text; }
  std::vector<std::string> poll(LogFollower& follower) {
    std::vector<std::string> lines;
    follower.poll([&](std::string_view line) { lines.emplace_back(line); });
    return lines;
  }

  env::Disk& disk_ = env::os().disk();
  std::filesystem::path file_ = testing::TempDir() + "log_file_test.log";
};

TEST_F(LogFileTest, GivesTheLastLines) {
  EXPECT_THAT(last_lines(disk_, file_, 3), IsEmpty());
  write("one\ntwo\nthree\nfour");
  EXPECT_THAT(last_lines(disk_, file_, 3), ElementsAre("two", "three", "four"));
  EXPECT_THAT(last_lines(disk_, file_, 9, 8), ElementsAre("three", "four"));
  EXPECT_THAT(last_lines(disk_, file_, 1, 1000), ElementsAre("four"));
  write("\n" + std::string(100'000, 'x') + "\nend\n");
  EXPECT_THAT(last_lines(disk_, file_, 3), ElementsAre("end"));
}

TEST_F(LogFileTest, OneThatGrewTooLargeBeginsAnewWhileItIsWritten) {
  const std::filesystem::path older = file_.string() + ".1";
  std::unique_ptr<env::AppendedFile> writer = std::move(*disk_.append_to(file_));
  ASSERT_TRUE(writer->append("one\n").ok());
  LogFollower follower(disk_, file_, 0);
  EXPECT_THAT(poll(follower), ElementsAre("one"));
  EXPECT_FALSE(*rotate_log(disk_, file_, 10));
  ASSERT_TRUE(writer->append("two\nthree\n").ok());
  EXPECT_THAT(poll(follower), ElementsAre("two", "three"));
  EXPECT_TRUE(*rotate_log(disk_, file_, 10));
  EXPECT_EQ(*disk_.read(older), "two\nthree\n");
  ASSERT_TRUE(writer->append("four\n").ok());
  EXPECT_EQ(*disk_.read(file_), "four\n");
  EXPECT_THAT(poll(follower), ElementsAre("four"));
  std::filesystem::remove(older);
}

TEST(AsText, IsUtf8OfABoundedLength) {
  EXPECT_EQ(as_text("Grüße"), "Grüße");
  EXPECT_EQ(as_text("a\xff\xc3z"), "a??z");
  EXPECT_EQ(as_text("Grüße", 3), "Gr");  // no half of a character
  EXPECT_EQ(as_text("long", 2), "lo");
}

TEST_F(LogFileTest, FollowsWholeLines) {
  write("before\n");
  LogFollower follower(disk_, file_, *disk_.size(file_));
  EXPECT_THAT(poll(follower), IsEmpty());
  write("one\ntw");
  EXPECT_THAT(poll(follower), ElementsAre("one"));
  EXPECT_THAT(poll(follower), IsEmpty());
  write("o\n\n");
  EXPECT_THAT(poll(follower), ElementsAre("two", ""));
  std::filesystem::remove(file_);
  EXPECT_THAT(poll(follower), IsEmpty());
  write("new\n");
  EXPECT_THAT(poll(follower), ElementsAre("new"));
}

TEST_F(LogFileTest, BeginsAnewWhenTooLarge) {
  EXPECT_EQ(*begin_log(disk_, file_), 0u);
  write("four");
  EXPECT_EQ(*begin_log(disk_, file_), 4u);
  std::filesystem::resize_file(file_, (std::uint64_t{64} << 20) + 1);
  EXPECT_EQ(*begin_log(disk_, file_), 0u);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace holon::node
