// Reader: what all sections of a file need to be read strictly: each function gives the value, or names what is wrong at its
// place with the remedy and gives something to go on with, so that all problems come out at once.
//
//   config::Reader in(problems);
//   if (!in.is_map(*node, "gateway", {"listen", "limits"})) return;
//   if (const YamlNode* time = node->find("time")) limits.time = in.duration(*time, "time");
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/problem.h"
#include "config/yaml.h"

namespace holon::config {

class Reader {
 public:
  explicit Reader(Problems& problems) : problems_(problems) {}

  /// Secrets among the texts that were read before are not shown: what was written stands there instead.
  void problem(Place place, std::string what);

  /// @param where  what the map is, for people: "service cart"
  bool is_map(const YamlNode& value, const std::string& where);
  /// The same; keys that are not among `known` are problems, and no reason to give up.
  bool is_map(const YamlNode& value, const std::string& where, const std::vector<std::string>& known);
  /// Null if it is not there.
  /// @param what  what it is, with an example
  const YamlNode* required(const YamlNode& map, const std::string& key, const std::string& where, const std::string& what);

  /// @param what  what the value is: "listen"
  Named text(const YamlNode& value, const std::string& what, bool may_be_empty = false);
  /// A list of texts, or one text.
  std::vector<Named> texts(const YamlNode& value, const std::string& what);
  std::vector<std::string> strings(const YamlNode& value, const std::string& what);

  /// true or false; nothing else is, not even `no`.
  bool boolean(const YamlNode& value, const std::string& what);
  /// Without sign, leading zeros, separators.
  std::uint64_t number(const YamlNode& value, const std::string& what, std::uint64_t least = 0,
                       std::uint64_t most = std::numeric_limits<std::uint32_t>::max());
  /// Above zero: "500ms", "5s", "1min", "2h", "1d".
  std::chrono::nanoseconds duration(const YamlNode& value, const std::string& what);
  /// Above zero: "512", "64KiB", "4MiB", "1GiB". Powers of two alone have a name here, so that nobody has to guess.
  std::uint64_t bytes(const YamlNode& value, const std::string& what);
  /// Above zero, with at most three digits after the point: "2", "0.5".
  double cores(const YamlNode& value, const std::string& what);
  /// One of `known`; else its first.
  std::string one_of(const YamlNode& value, const std::string& what, const std::vector<std::string>& known);

 private:
  Problems& problems_;
  std::vector<std::pair<std::string, std::string>> secrets_;  ///< that were read, each with what is shown instead
};

/// "500ms", "5s", "1min", "2h", "1d"; nothing if it is none of these or not above zero.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
/// "512", "64KiB", "4MiB", "1GiB"; nothing if it is none of these or not above zero.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
/// "2", "0.5", "0.125": at least 0.01, at most three digits after the point, at most 10,000.
std::optional<double> parse_cores(std::string_view text);
/// Digits alone, no leading zero.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace holon::config
