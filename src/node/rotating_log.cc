#include "node/rotating_log.h"

#include <algorithm>

#include "env/disk.h"
#include "node/log_file.h"

namespace holon::node {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::uint64_t left_bytes = std::uint64_t{64} << 10;  // last_lines looks at no more

std::filesystem::path with(std::filesystem::path file, const char* suffix) { return file += suffix; }

}  // namespace

/// Of FILE, in offsets of it, what FILE.1 is to have: it begins with a line, or is empty if none begins there.
struct RotatingLog::Part {
  std::uint64_t begin = 0, end = 0;
};

RotatingLog::RotatingLog(env::Disk& disk, std::filesystem::path file)
    : disk_(disk), file_(std::move(file)), older_(with(file_, ".1")), base_(disk.size(older_).value_or(0)) {}

std::uint64_t RotatingLog::begin() const {
  const std::lock_guard lock(mutex_);
  notice_loss();
  return older_from_;
}

std::uint64_t RotatingLog::end() const {
  const std::lock_guard lock(mutex_);
  notice_loss();
  return end_locked();
}

std::string RotatingLog::read(std::uint64_t position, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  notice_loss();
  return position < older_from_ ? "" : read_locked(position, most);
}

std::uint64_t RotatingLog::end_locked() const { return base_ + size_seen_; }

/// A file that somebody else emptied or removed begins anew, and nothing is older.
void RotatingLog::notice_loss() const {
  const std::uint64_t size = disk_.size(file_).value_or(0);
  if (size < size_seen_) {
    base_ += size_seen_;
    older_from_ = base_;
    for (LogFollower* follower : followers_) follower->position_ = base_;
  }
  size_seen_ = size;
}

std::string RotatingLog::read_locked(std::uint64_t position, std::size_t most) const {
  std::string text;
  if (position < base_) {
    text = disk_.read(older_, position - older_from_, std::min<std::uint64_t>(most, base_ - position)).value_or("");
    if (position + text.size() < base_) return text;
    position = base_;
  }
  return text + disk_.read(file_, position - base_, most - text.size()).value_or("");
}

Result<bool> RotatingLog::rotate(std::uint64_t bytes_most) {
  const std::uint64_t size = disk_.size(file_).value_or(0);
  if (size <= std::max(bytes_most, left_bytes)) return false;
  const std::uint64_t cut_at = (size - left_bytes) / env::Disk::cut_unit * env::Disk::cut_unit;
  if (cut_at == 0) return false;
  const Part part = part_to_keep(cut_at, bytes_most);
  const bool kept = part.begin < part.end && copy(part);

  const std::lock_guard lock(mutex_);
  notice_loss();
  if (size_seen_ < size) return false;
  const std::uint64_t first_kept = base_ + (kept ? part.begin : line_after(cut_at - 1, size_seen_));
  leave_behind(first_kept);
  if (kept) HOLON_TRY(disk_.rename(with(file_, ".new"), older_));
  if (!kept) (void)disk_.remove(older_).ok();
  older_from_ = first_kept;
  HOLON_TRY(cut(cut_at, kept));
  return true;
}

/// Of a flood the last part.
RotatingLog::Part RotatingLog::part_to_keep(std::uint64_t cut_at, std::uint64_t bytes_most) const {
  const std::uint64_t begin = cut_at - std::min(cut_at, bytes_most);
  if (begin > 0) return {line_after(begin - 1, cut_at), cut_at};
  return {begins_within_line() ? line_after(0, cut_at) : 0, cut_at};
}

/// Offset at which the first line after the line end at or after `at` begins, or `end`.
std::uint64_t RotatingLog::line_after(std::uint64_t at, std::uint64_t end) const {
  while (at < end) {
    const std::string text = disk_.read(file_, at, std::min<std::uint64_t>(piece_bytes, end - at)).value_or("");
    if (text.empty()) break;
    if (const std::size_t found = text.find('\n'); found != std::string::npos) return at + found + 1;
    at += text.size();
  }
  return end;
}

/// Whether FILE goes on with a line that FILE.1 began.
bool RotatingLog::begins_within_line() const {
  const std::uint64_t size = disk_.size(older_).value_or(0);
  return size > 0 && disk_.read(older_, size - 1, 1).value_or("") != "\n";
}

bool RotatingLog::copy(const Part& part) const {
  const std::filesystem::path draft = with(file_, ".new");
  (void)disk_.remove(draft).ok();
  const auto write = [&]() -> Result<void> {
    std::unique_ptr<env::AppendedFile> out = HOLON_TRY(disk_.append_to(draft));
    for (std::uint64_t at = part.begin; at < part.end;) {
      const std::string text = HOLON_TRY(disk_.read(file_, at, std::min<std::uint64_t>(piece_bytes, part.end - at)));
      if (text.empty()) return data_loss(file_.string() + " has become shorter");
      HOLON_TRY(out->append(text));
      at += text.size();
    }
    return {};
  };
  if (write().ok()) return true;
  (void)disk_.remove(draft).ok();
  return false;
}

/// Moves followers that stand before it to `position`, where a line begins, and counts what they miss.
void RotatingLog::leave_behind(std::uint64_t position) {
  for (LogFollower* follower : followers_) {
    while (follower->position_ < position) {
      const std::uint64_t before = position - follower->position_;
      const std::string text = read_locked(follower->position_, std::min<std::uint64_t>(piece_bytes, before));
      if (text.empty()) break;
      follower->missed_ += static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
      follower->position_ += text.size();
    }
    follower->position_ = std::max(follower->position_, position);
  }
}

Result<void> RotatingLog::cut(std::uint64_t cut_at, bool kept) {
  const Result<void> done = disk_.cut_begin(file_, cut_at);
  if (done.ok()) {
    base_ += cut_at;
    size_seen_ -= cut_at;
    return {};
  }
  if (kept) {  // then all goes to FILE.1
    std::unique_ptr<env::AppendedFile> out = HOLON_TRY(disk_.append_to(older_));
    for (;;) {
      const std::string text = disk_.read(file_, cut_at, piece_bytes).value_or("");
      if (text.empty()) break;
      if (!out->append(text).ok()) break;
      cut_at += text.size();
    }
  }
  if (!kept) {
    cut_at = size_seen_;
    leave_behind(base_ + cut_at);
    older_from_ = base_ + cut_at;
  }
  HOLON_TRY(disk_.empty(file_));
  base_ += cut_at;
  size_seen_ = 0;
  return {};
}

LogFollower::LogFollower(std::shared_ptr<RotatingLog> log, std::uint64_t from) : log_(std::move(log)), position_(from) {
  const std::lock_guard lock(log_->mutex_);
  position_ = std::max(position_, log_->older_from_);  // and so it stays
  log_->followers_.insert(this);
}

LogFollower::~LogFollower() {
  const std::lock_guard lock(log_->mutex_);
  log_->followers_.erase(this);
}

std::uint64_t LogFollower::position() const {
  const std::lock_guard lock(log_->mutex_);
  return position_;
}

bool LogFollower::poll(const std::function<void(std::string_view)>& line) {
  std::string text;
  std::size_t used = 0;
  {
    const std::lock_guard lock(log_->mutex_);
    log_->notice_loss();
    told_missed_ += std::exchange(missed_, 0);
    if (position_ >= log_->end_locked()) return false;
    text = log_->read_locked(position_, piece_bytes);
    used = text.rfind('\n') + 1;  // 0 if there is none
    if (used == 0 && text.size() == piece_bytes) used = text.size();  // a line longer than what is read at once goes in pieces
    position_ += used;
  }
  if (used > 0 && text[used - 1] != '\n') {
    line(text);
  } else {
    each_line(std::string_view(text).substr(0, used), line);
  }
  return used > 0;
}

}  // namespace holon::node
