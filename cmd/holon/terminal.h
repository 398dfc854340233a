// What the verbs print: tables and data on standard output, messages on standard error, colour only for people.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace holon::cli {

/// A message for people, on standard error.
void say(std::string_view text);

/// Colours where the stream is a terminal and NO_COLOR (https://no-color.org) is not set.
class Paint {
 public:
  explicit Paint(std::FILE* stream);
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string faint(std::string_view text) const { return wrap("2", text); }
  std::string red(std::string_view text) const { return wrap("31", text); }
  std::string green(std::string_view text) const { return wrap("32", text); }
  std::string yellow(std::string_view text) const { return wrap("33", text); }
  /// One of six colours, the same for the same name.
  std::string by_name(std::string_view name, std::string_view text) const;

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool on_;
};

/// Rows of cells in aligned columns, on standard output.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// Columns whose index is in `right` are aligned to the right.
  void print(const std::vector<std::size_t>& right = {}) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// "850 ns", "12.3 µs", "4.56 ms", "1.20 s"
std::string duration_text(double ns);
/// "12 s", "5 min", "3 h", "2 d"
std::string age_text(std::int64_t seconds);

}  // namespace holon::cli
