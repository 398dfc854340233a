#include "node/rotating_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "env/disk.h"
#include "env/environment.h"

namespace holon::node {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t bytes_most = 256 << 10;

/// A log in a folder of its own, whose lines are numbers, each with some more text.
class NumberedLog {
 public:
  explicit NumberedLog(const std::filesystem::path& parent = testing::TempDir()) : folder_(new_folder(parent)) {}
  ~NumberedLog() { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "host.log"; }
  std::filesystem::path older() const { return folder_ / "host.log.1"; }
  const std::shared_ptr<RotatingLog>& log() const { return log_; }
  std::uint64_t written() const { return written_; }

  void write(std::string_view text) { ASSERT_TRUE((*writer_)->append(text).ok()); }
  /// So many lines, in one piece.
  void write_lines(std::uint64_t count, std::size_t more_text) {
    std::string text;
    for (; count > 0; --count) text += std::to_string(written_++) + " " + std::string(more_text, 'x') + "\n";
    write(text);
  }

 private:
  static std::filesystem::path new_folder(const std::filesystem::path& parent) {
    std::string pattern = parent / "rotating_log_test.XXXXXX";
    return mkdtemp(pattern.data());
  }

  env::Disk& disk_ = env::os().disk();
  std::filesystem::path folder_;
  std::shared_ptr<RotatingLog> log_ = std::make_shared<RotatingLog>(disk_, file());
  Result<std::unique_ptr<env::AppendedFile>> writer_ = disk_.append_to(file());
  std::uint64_t written_ = 0;
};

/// Reads numbered lines: each must be the one after the last, but for as many as are told as missed.
class NumberedReader {
 public:
  explicit NumberedReader(const NumberedLog& from) : follower_(from.log(), from.log()->begin()) {}

  bool poll() {
    const auto skip = [this] { next_ += follower_.take_missed(); };
    const bool some = follower_.poll([&](std::string_view line) {
      skip();
      wrong_ = wrong_ || std::to_string(next_) != line.substr(0, line.find(' '));
      ++next_;
    });
    skip();
    return some;
  }
  std::uint64_t next() const { return next_; }
  bool wrong() const { return wrong_; }

 private:
  LogFollower follower_;
  std::uint64_t next_ = 0;
  bool wrong_ = false;
};

std::vector<std::string> lines_of(LogFollower& follower) {
  std::vector<std::string> lines;
  while (follower.poll([&](std::string_view line) { lines.emplace_back(line); })) {
  }
  return lines;
}

TEST(RotatingLog, WhatIsRotatedAwayIsReadInItsPlace) {
  NumberedLog numbered;
  numbered.write_lines(1'000, 500);
  LogFollower early(numbered.log(), numbered.log()->begin());
  ASSERT_TRUE(*numbered.log()->rotate(500'000));
  EXPECT_GT(std::filesystem::file_size(numbered.older()), 0u);
  EXPECT_LT(std::filesystem::file_size(numbered.file()), 2 * env::Disk::cut_unit);
  EXPECT_FALSE(*numbered.log()->rotate(bytes_most));
  numbered.write("the end\n");

  const std::vector<std::string> lines = lines_of(early);
  ASSERT_EQ(lines.size(), 1'001u);
  EXPECT_TRUE(lines.front().starts_with("0 "));
  EXPECT_EQ(lines.back(), "the end");
  EXPECT_EQ(early.take_missed(), 0u);
  LogFollower late(numbered.log(), numbered.log()->begin());
  EXPECT_EQ(lines_of(late), lines);
  const auto of_next_node = std::make_shared<RotatingLog>(env::os().disk(), numbered.file());
  LogFollower next(of_next_node, of_next_node->begin());
  EXPECT_EQ(lines_of(next), lines);
}

TEST(RotatingLog, AFollowerThatIsTooSlowIsToldHowManyLinesItLost) {
  NumberedLog numbered;
  numbered.write_lines(10'000, 100);  // one flood, of which a part is kept
  LogFollower follower(numbered.log(), numbered.log()->begin());
  ASSERT_TRUE(*numbered.log()->rotate(bytes_most));
  const std::vector<std::string> kept = lines_of(follower);
  const std::uint64_t missed = follower.take_missed();
  EXPECT_GT(missed, 0u);
  EXPECT_EQ(missed + kept.size(), 10'000u);
  EXPECT_TRUE(kept.front().starts_with(std::to_string(missed) + " ")) << kept.front();
  EXPECT_EQ(follower.take_missed(), 0u);
}

TEST(RotatingLog, OneThatSomebodyElseEmptiedBeginsAnew) {
  NumberedLog numbered;
  numbered.write("before\n");
  LogFollower follower(numbered.log(), numbered.log()->end());
  EXPECT_THAT(lines_of(follower), IsEmpty());
  numbered.write("one\ntw");
  EXPECT_THAT(lines_of(follower), ElementsAre("one"));
  EXPECT_THAT(lines_of(follower), IsEmpty());
  numbered.write("o\n\n");
  EXPECT_THAT(lines_of(follower), ElementsAre("two", ""));
  ASSERT_TRUE(env::os().disk().empty(numbered.file()).ok());
  EXPECT_THAT(lines_of(follower), IsEmpty());
  numbered.write("new\n");
  EXPECT_THAT(lines_of(follower), ElementsAre("new"));
}

RC_GTEST_PROP(RotatingLogProperty, EachLineIsReadOnceOrToldAsLost, ()) {
  NumberedLog numbered;
  NumberedReader reader(numbered);
  for (int step = *rc::gen::inRange(1, 40); step > 0; --step) {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        numbered.write_lines(*rc::gen::inRange<std::uint64_t>(0, 3'000), *rc::gen::inRange<std::size_t>(0, 300));
        break;
      case 1:
        numbered.write_lines(1, *rc::gen::inRange<std::size_t>(0, 200'000));
        break;
      case 2:
        (void)numbered.log()->rotate(*rc::gen::inRange<std::uint64_t>(0, bytes_most)).ok();
        break;
      default:
        reader.poll();
    }
    RC_ASSERT(!reader.wrong());
  }
  while (reader.poll()) {
  }
  RC_ASSERT(!reader.wrong());
  RC_ASSERT(reader.next() == numbered.written());
}

TEST(RotatingLog, NoLineIsLostOrReadTwiceWhileItIsWrittenAndRotated) {
  NumberedLog numbered;
  NumberedReader reader(numbered);
  std::thread writer([&] {
    for (int i = 0; i < 2'000; ++i) numbered.write_lines(20, static_cast<std::size_t>(i % 90));
  });
  std::atomic<bool> over = false;
  std::thread rotator([&] {
    while (!over) (void)numbered.log()->rotate(bytes_most).ok();
  });
  writer.join();
  over = true;
  rotator.join();
  while (reader.poll()) {
  }
  EXPECT_FALSE(reader.wrong());
  EXPECT_EQ(reader.next(), numbered.written());
}

TEST(RotatingLog, AFileSystemThatCannotCutKeepsAllThatWasThere) {
  if (!std::filesystem::is_directory("/dev/shm")) GTEST_SKIP() << "there is no /dev/shm here";
  NumberedLog numbered("/dev/shm");
  NumberedReader reader(numbered);
  for (int i = 0; i < 5; ++i) {
    numbered.write_lines(1'000, 400);
    ASSERT_TRUE(*numbered.log()->rotate(bytes_most));
    if (i % 2 == 0) reader.poll();
    EXPECT_FALSE(reader.wrong());
  }
  while (reader.poll()) {
  }
  EXPECT_EQ(reader.next(), numbered.written());
}

}  // namespace
}  // namespace holon::node
