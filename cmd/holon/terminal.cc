#include "cmd/holon/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace holon::cli {
namespace {

/// Columns that a UTF-8 text takes, one a code point.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

}  // namespace

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  if (!text.ends_with('\n')) std::fputc('\n', stderr);
}

Paint::Paint(std::FILE* stream) {
  const char* off = std::getenv("NO_COLOR");
  on_ = ::isatty(::fileno(stream)) == 1 && (off == nullptr || *off == '\0');
}

std::string Paint::wrap(std::string_view code, std::string_view text) const {
  if (!on_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string Paint::by_name(std::string_view name, std::string_view text) const {
  unsigned sum = 0;
  for (unsigned char byte : name) sum = sum * 31 + byte;
  return wrap(std::to_string(31 + sum % 6), text);
}

void Table::print(const std::vector<std::size_t>& right) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string padding(widths[i] - width(row[i]), ' ');
      bool to_right = std::ranges::find(right, i) != right.end();
      line += (i == 0 ? "" : "  ") + (to_right ? padding + row[i] : row[i] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::printf("%s\n", line.c_str());
  }
}

std::string duration_text(double ns) {
  struct Unit {
    double ns;
    const char* name;
  };
  for (Unit unit : {Unit{1e9, "s"}, Unit{1e6, "ms"}, Unit{1e3, "µs"}}) {
    if (ns < unit.ns) continue;
    char text[32];
    double value = ns / unit.ns;
    std::snprintf(text, sizeof text, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, unit.name);
    return text;
  }
  return std::to_string(static_cast<int>(ns)) + " ns";
}

std::string age_text(std::int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " d";
}

}  // namespace holon::cli
