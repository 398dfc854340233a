#include "node/log_file.h"

#include <algorithm>

#include "config/utf8.h"
#include "env/disk.h"

namespace holon::node {
namespace {

constexpr std::uint64_t log_bytes_max = std::uint64_t{64} << 20;
constexpr std::uint64_t looked_at_max = std::uint64_t{64} << 10;

}  // namespace

std::size_t each_line(std::string_view text, const std::function<void(std::string_view)>& visit) {
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
    visit(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return begin;
}

Result<std::uint64_t> begin_log(env::Disk& disk, const std::filesystem::path& file) {
  Result<std::uint64_t> size = disk.size(file);
  if (size.code() == Code::not_found) return std::uint64_t{0};
  if (!size.ok() || *size <= log_bytes_max) return size;
  HOLON_TRY(disk.remove(file));
  return std::uint64_t{0};
}

std::vector<std::string> last_lines(env::Disk& disk, const std::filesystem::path& file, std::size_t most,
                                    std::uint64_t offset) {
  std::uint64_t size = disk.size(file).value_or(0);
  if (size < offset) offset = 0;  // begun anew
  bool cut = size - offset > looked_at_max;
  if (cut) offset = size - looked_at_max;
  std::string text = disk.read(file, offset, looked_at_max).value_or("");
  if (!text.empty() && text.back() != '\n') text += '\n';  // what a process said last may lack it
  std::vector<std::string> lines;
  each_line(text, [&](std::string_view line) { lines.emplace_back(line); });
  if (cut && !lines.empty()) lines.erase(lines.begin());  // half a line
  if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  return lines;
}

std::string as_text(std::string_view line, std::size_t bytes_max) {
  std::string text;
  text.reserve(std::min(line.size(), bytes_max));
  while (!line.empty()) {
    const std::size_t size = config::utf8_character(line);
    const std::size_t taken = std::max<std::size_t>(size, 1);
    if (text.size() + taken > bytes_max) break;
    size > 0 ? text.append(line, 0, size) : text.append(1, '?');
    line.remove_prefix(taken);
  }
  return text;
}

}  // namespace holon::node
