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

TEST(AsText, IsUtf8OfABoundedLength) {
  EXPECT_EQ(as_text("Grüße"), "Grüße");
  EXPECT_EQ(as_text("a\xff\xc3z"), "a??z");
  EXPECT_EQ(as_text("Grüße", 3), "Gr");  // no half of a character
  EXPECT_EQ(as_text("long", 2), "lo");
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
