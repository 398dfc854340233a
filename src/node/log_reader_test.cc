#include "node/log_reader.h"

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
  std::vector<std::string> read(LogReader& reader, std::int64_t now = 0) {
    std::vector<std::string> lines;
    reader.read(now, [&](const LogEntry& entry) { lines.emplace_back(entry.text); });
    return lines;
  }

  std::filesystem::path file_;
};

TEST_F(LogReaderTest, BeginsWithTheTailAndGoesOn) {
  write("one\ntwo\nthree\n");
  LogReader reader(env::os().disk(), file_, {.tail = 2});
  EXPECT_THAT(read(reader), ElementsAre("two", "three"));
  write("four\nfi");
  EXPECT_THAT(read(reader), ElementsAre("four"));
  write("ve\n");
  EXPECT_THAT(read(reader), ElementsAre("five"));
  EXPECT_THAT(read(reader), IsEmpty());

  LogReader all(env::os().disk(), file_, {.tail = -1});
  EXPECT_EQ(read(all).size(), 5u);
  LogReader none(env::os().disk(), file_, {.tail = 0});
  EXPECT_THAT(read(none), IsEmpty());
}

TEST_F(LogReaderTest, ALineWithoutTimeIsAsOldAsTheOneBefore) {
  write("{\"time\":\"2026-01-01T00:00:00.000000Z\",\"message\":\"old\"}\n  and more of it\n"
        "2026-01-01T00:00:01.500Z young\n  and more of that\n");
  const std::int64_t since = time_of_line("2026-01-01T00:00:01");
  LogReader reader(env::os().disk(), file_, {.tail = -1, .since_unix_us = since});
  EXPECT_THAT(read(reader), ElementsAre("2026-01-01T00:00:01.500Z young", "  and more of that"));
  write("now\n");
  EXPECT_THAT(read(reader, since + 5), ElementsAre("now"));
}

TEST_F(LogReaderTest, GivesWhatThePatternFinds) {
  write("GET /a 200\nGET /b 500\nPOST /a 500\n");
  Result<std::shared_ptr<const re2::RE2>> pattern = parse_pattern("^GET .* 5\\d\\d$");
  ASSERT_TRUE(pattern.ok());
  LogReader reader(env::os().disk(), file_, {.pattern = *pattern});
  EXPECT_THAT(read(reader), ElementsAre("GET /b 500"));
  EXPECT_EQ(parse_pattern("(").error().message(), "the pattern ( is no regular expression: missing ): (");
  EXPECT_FALSE(parse_pattern(std::string(2000, 'a')).ok());
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
