#include "env/input.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>

namespace holon::env {
namespace {

/// The pieces that arrived, for the test's thread to wait for.
class Pieces {
 public:
  void add(std::string piece) {
    std::lock_guard lock(mutex_);
    pieces_.push_back(std::move(piece));
    changed_.notify_all();
  }
  /// The piece of that number, or nothing within a while.
  std::optional<std::string> get(std::size_t number, std::chrono::milliseconds within = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, within, [&] { return pieces_.size() > number; })) return std::nullopt;
    return pieces_[number];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> pieces_;
};

class InputTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    end();
  }
  void write(std::string_view text) {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  int ends_[2];
  Pieces pieces_;
};

TEST_F(InputTest, GivesAPieceWhenAskedAndTheEnd) {
  Input input(ends_[0], [&](std::string piece) { pieces_.add(std::move(piece)); });
  write("first");
  EXPECT_FALSE(pieces_.get(0, std::chrono::milliseconds(20))) << "nobody asked";
  input.more();
  EXPECT_EQ(pieces_.get(0), "first");
  input.more();
  write("second");
  EXPECT_EQ(pieces_.get(1), "second");
  end();
  input.more();
  EXPECT_EQ(pieces_.get(2), "");
}

TEST_F(InputTest, EndsWhileItWaits) {
  Input idle(ends_[0], [&](std::string piece) { pieces_.add(std::move(piece)); });
  Input waiting(ends_[0], [&](std::string piece) { pieces_.add(std::move(piece)); });
  waiting.more();
}

TEST_F(InputTest, ReadsAFileToo) {
  std::FILE* file = std::tmpfile();
  std::fputs("in a file", file);
  std::fflush(file);
  std::rewind(file);
  Input input(::fileno(file), [&](std::string piece) { pieces_.add(std::move(piece)); });
  input.more();
  EXPECT_EQ(pieces_.get(0), "in a file");
  input.more();
  EXPECT_EQ(pieces_.get(1), "");
  std::fclose(file);
}

}  // namespace
}  // namespace holon::env
