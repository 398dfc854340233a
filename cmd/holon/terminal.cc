#include "cmd/holon/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace holon::cli {
namespace {

struct Range {
  char32_t first, last;
};
// Of Unicode's EastAsianWidth.txt what is W or F, and emoji, coarsely.
constexpr std::array wide = {Range{0x1100, 0x115f},   Range{0x2e80, 0xa4cf},   Range{0xac00, 0xd7a3},
                             Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
                             Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f}, Range{0x1f900, 0x1f9ff},
                             Range{0x20000, 0x3fffd}};
constexpr std::array combining = {Range{0x0300, 0x036f}, Range{0x200b, 0x200f}, Range{0x20d0, 0x20ff},
                                  Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}};

bool within(std::span<const Range> ranges, char32_t point) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return range.first <= point && point <= range.last; });
}

/// Takes the first character off `text`. A byte that begins none stands for itself.
std::string_view take_character(std::string_view& text, char32_t& point) {
  const auto first = static_cast<unsigned char>(text[0]);
  std::size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  size = std::min(size, text.size());
  point = size == 1 ? first : first & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  const std::string_view character = text.substr(0, size);
  text.remove_prefix(size);
  return character;
}

std::size_t width_of(char32_t point) { return within(combining, point) ? 0 : within(wide, point) ? 2 : 1; }

struct Unit {
  double size;
  const char* name;
};

/// With three digits, in the largest unit that it has one of; empty if it has none.
std::string in_units(double value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value < unit.size) continue;
    const double shown = value / unit.size;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f %s", shown < 10 ? 2 : shown < 100 ? 1 : 0, shown, unit.name);
    return text.data();
  }
  return "";
}

}  // namespace

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  if (!text.ends_with('\n')) std::fputc('\n', stderr);
}

void say_missed(const std::string& host, std::uint64_t lines) {
  say(host + ": " + std::to_string(lines) + (lines == 1 ? " line was" : " lines were") + " missed here");
}

Paint::Paint(std::FILE* stream) {
  const char* off = std::getenv("NO_COLOR");
  on_ = ::isatty(::fileno(stream)) == 1 && (off == nullptr || *off == '\0');
}

std::string Paint::wrap(std::string_view code, std::string_view text) const {
  if (!on_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string Paint::tinted(Tone tone, std::string_view text) const {
  constexpr std::array codes = {"", "1", "2", "32", "33", "31"};
  return tone == Tone::plain ? std::string(text) : wrap(codes[static_cast<std::size_t>(tone)], text);
}

std::string Paint::by_name(std::string_view name, std::string_view text) const {
  unsigned sum = 0;
  for (unsigned char byte : name) sum = sum * 31 + byte;
  return wrap(std::to_string(31 + sum % 6), text);
}

void begin_screen() {
  if (::isatty(STDOUT_FILENO) == 1) std::fputs("\033[H\033[2J", stdout);
}

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (char32_t point = 0; !text.empty();) {
    take_character(text, point);
    width += width_of(point);
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (text_width(text) <= width) return std::string(text);
  std::string kept;
  char32_t point = 0;
  for (std::size_t used = 1; !text.empty();) {  // 1 for the …
    const std::string_view character = take_character(text, point);
    used += width_of(point);
    if (used > width) break;
    kept += character;
  }
  return kept + "…";
}

std::string duration_text(double ns) {
  constexpr std::array units = {Unit{1e9, "s"}, Unit{1e6, "ms"}, Unit{1e3, "µs"}};
  const std::string text = in_units(ns, units);
  return text.empty() ? std::to_string(static_cast<int>(ns)) + " ns" : text;
}

std::string age_text(std::int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " d";
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array units = {Unit{1 << 30, "GiB"}, Unit{1 << 20, "MiB"}, Unit{1 << 10, "KiB"}};
  const std::string text = in_units(static_cast<double>(bytes), units);
  return text.empty() ? std::to_string(bytes) + " B" : text;
}

}  // namespace holon::cli
