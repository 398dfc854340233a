#include "node/log_reader.h"

#include <algorithm>
#include <fstream>

#include "env/disk.h"

namespace holon::node {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LogReaderTest : public testing::Test {
 protected:
  LogReaderTest() : file_(testing::TempDir() + "log_reader_test.log") { std::filesystem::remove(file_); }
  ~LogReaderTest() override { std::filesystem::remove(file_); }

  void write(const std::string& text) { std::ofstream(file_, std::ios::app) << text; }
  std::shared_ptr<RotatingLog> log() const { return std::make_shared<RotatingLog>(env::os().disk(), file_); }
  std::vector<std::string> read(LogReader& reader, std::int64_t now = 0) {
    std::vector<std::string> lines;
    reader.read(now, [&](const LogEntry& entry) { lines.emplace_back(entry.text); });
    return lines;
  }

  std::filesystem::path file_;
};

TEST_F(LogReaderTest, BeginsWithTheTailAndGoesOn) {
  write("one\ntwo\nthree\n");
  LogReader reader(log(), {.tail = 2});
  EXPECT_THAT(read(reader), ElementsAre("two", "three"));
  write("four\nfi");
  EXPECT_THAT(read(reader), ElementsAre("four"));
  write("ve\n");
  EXPECT_THAT(read(reader), ElementsAre("five"));
  EXPECT_THAT(read(reader), IsEmpty());

  LogReader all(log(), {.tail = -1});
  EXPECT_EQ(read(all).size(), 5u);
  LogReader none(log(), {.tail = 0});
  EXPECT_THAT(read(none), IsEmpty());
}

TEST_F(LogReaderTest, ALineWithoutTimeIsAsOldAsTheOneBefore) {
  write("{\"time\":\"2026-01-01T00:00:00.000000Z\",\"message\":\"old\"}\n  and more of it\n"
        "2026-01-01T00:00:01.500Z young\n  and more of that\n");
  const std::int64_t since = time_of_line("2026-01-01T00:00:01");
  LogReader reader(log(), {.tail = -1, .since_unix_us = since});
  EXPECT_THAT(read(reader), ElementsAre("2026-01-01T00:00:01.500Z young", "  and more of that"));
  write("now\n");
  EXPECT_THAT(read(reader, since + 5), ElementsAre("now"));
}

TEST_F(LogReaderTest, GivesWhatThePatternFinds) {
  write("GET /a 200\nGET /b 500\nPOST /a 500\n");
  Result<std::shared_ptr<const re2::RE2>> pattern = parse_pattern("^GET .* 5\\d\\d$");
  ASSERT_TRUE(pattern.ok());
  LogReader reader(log(), {.pattern = *pattern});
  EXPECT_THAT(read(reader), ElementsAre("GET /b 500"));
  EXPECT_EQ(parse_pattern("(").error().message(), "the pattern ( is no regular expression: missing ): (");
  EXPECT_FALSE(parse_pattern(std::string(2000, 'a')).ok());
}

TEST_F(LogReaderTest, ReachesIntoWhatWasRotatedAway) {
  for (int minute = 10; minute < 60; ++minute) {
    write("2026-01-01T00:" + std::to_string(minute) + ":00Z begin\n" + std::string(10'000, 'x') + "\n");
  }
  const std::shared_ptr<RotatingLog> rotated = log();
  ASSERT_TRUE(*rotated->rotate(100'000));  // of minute 10 to 59 some are in FILE.1, the first are gone
  ASSERT_TRUE(std::filesystem::exists(file_.string() + ".1"));
  Result<std::shared_ptr<const re2::RE2>> pattern = parse_pattern("begin");
  LogReader reader(rotated, {.tail = -1, .pattern = *pattern});
  const std::vector<std::string> kept = read(reader);
  EXPECT_GT(kept.size(), 12u);
  EXPECT_LT(kept.size(), 50u);
  EXPECT_TRUE(std::ranges::is_sorted(kept));
  EXPECT_EQ(kept.back(), "2026-01-01T00:59:00Z begin");
  LogReader since(rotated, {.tail = -1, .since_unix_us = time_of_line("2026-01-01T00:45:00Z"), .pattern = *pattern});
  EXPECT_EQ(read(since).size(), 15u);
  LogReader tail(rotated, {.tail = 30});
  EXPECT_EQ(read(tail).size(), 30u);
  std::filesystem::remove(file_.string() + ".1");
}

TEST(TimeOfLine, IsReadInBothFormsAndNothingElse) {
  EXPECT_EQ(time_of_line("{\"time\":\"1970-01-01T00:00:01.000002Z\",\"level\":\"info\"}"), 1'000'002);
  EXPECT_EQ(time_of_line("1970-01-01 00:01:00 hello"), 60'000'000);
  EXPECT_EQ(time_of_line("1970-01-01T00:00:00.5Z"), 500'000);
  for (const char* none : {"", "hello", "1970-01-xxT00:00:00Z", "{\"message\":\"1970-01-01T00:00:01Z\"}"}) {
    EXPECT_EQ(time_of_line(none), 0) << none;
  }
}

}  // namespace
}  // namespace holon::node
