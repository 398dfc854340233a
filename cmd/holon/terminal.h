// What the verbs print on: data on standard output, messages on standard error, colour only for people.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace holon::cli {

/// A message for people, on standard error.
void say(std::string_view text);
/// Of a log whose lines came faster than they were read.
void say_missed(const std::string& host, std::uint64_t lines);

/// What a colour means.
enum class Tone { plain, strong, faint, good, doubtful, bad };

/// Colours where the stream is a terminal and NO_COLOR (https://no-color.org) is not set.
class Paint {
 public:
  explicit Paint(std::FILE* stream);
  std::string tinted(Tone tone, std::string_view text) const;
  std::string bold(std::string_view text) const { return tinted(Tone::strong, text); }
  /// One of six colours, the same for the same name.
  std::string by_name(std::string_view name, std::string_view text) const;

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool on_;
};

/// Before what is shown again and again: on a terminal it stands where the last one stood.
void begin_screen();

/// Columns of the terminal that is standard output; 0 if it is none, or does not tell.
std::size_t terminal_width();
/// Columns that a UTF-8 text takes: two for East Asian wide characters and emoji, none for combining marks.
std::size_t text_width(std::string_view text);
/// `text` in at most `width` columns, with "…" in place of what is too much.
std::string shortened(std::string_view text, std::size_t width);

/// "850 ns", "12.3 µs", "4.56 ms", "1.20 s"
std::string duration_text(double ns);
/// "12 s", "5 min", "3 h", "2 d"
std::string age_text(std::int64_t seconds);
/// "712 B", "48.1 MiB", "1.20 GiB"
std::string bytes_text(std::uint64_t bytes);

}  // namespace holon::cli
