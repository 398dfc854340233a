#include "config/reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/suggest.h"

namespace holon::config {
namespace {

using Kind = YamlNode::Kind;

/// A unit and how much of the smallest one it is.
struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// A number with one of `units`; the factors ascend.
template <std::size_t N>
std::optional<std::uint64_t> measure(std::string_view text, const Unit (&units)[N]) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::uint64_t> count = parse_number(text.substr(0, digits));
  for (const auto& [name, factor] : units) {
    if (text.substr(digits) != name || !count || *count == 0) continue;
    if (*count > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
    return *count * factor;
  }
  return std::nullopt;
}

/// What people are shown of it.
const std::string& shown(const YamlNode& value) { return value.secret.empty() ? value.text : value.secret; }

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(count) != text) return std::nullopt;
  return count;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  static constexpr Unit units[] = {{"ms", 1'000'000},
                                   {"s", 1'000'000'000},
                                   {"min", 60'000'000'000},
                                   {"h", 3'600'000'000'000},
                                   {"d", 86'400'000'000'000}};
  const std::optional<std::uint64_t> ns = measure(text, units);
  if (!ns) return std::nullopt;
  return std::chrono::nanoseconds(*ns);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  static constexpr Unit units[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  return measure(text, units);
}

std::optional<double> parse_cores(std::string_view text) {
  constexpr double cores_least = 0.01;  // Linux gives no smaller parts: a millisecond of 100 (Documentation/scheduler/sched-bwc.rst)
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::optional<std::uint64_t> whole = parse_number(text.substr(0, point));
  std::string thousandths(point == text.size() ? "0" : text.substr(point + 1));
  const bool digits = thousandths.find_first_not_of("0123456789") == std::string::npos;
  if (!whole || *whole > 10'000 || thousandths.empty() || thousandths.size() > 3 || !digits) return std::nullopt;
  thousandths.resize(3, '0');
  const double cores = static_cast<double>(*whole) + std::stoi(thousandths) / 1000.0;
  return cores >= cores_least ? std::optional(cores) : std::nullopt;
}

void Reader::problem(Place place, std::string what) {
  for (const auto& [secret, shown] : secrets_) {
    for (std::size_t at = what.find(secret); at != std::string::npos; at = what.find(secret, at + shown.size())) {
      what.replace(at, secret.size(), shown);
    }
  }
  problems_.push_back({place, std::move(what)});
}

bool Reader::is_map(const YamlNode& value, const std::string& where) {
  if (value.kind == Kind::map) return true;
  problem(value.place, where + ": keys with values belong here, as in `{key: value}`");
  return false;
}

bool Reader::is_map(const YamlNode& value, const std::string& where, const std::vector<std::string>& known) {
  if (!is_map(value, where)) return false;
  for (const auto& [key, content] : value.entries) {
    if (std::ranges::find(known, key.text) != known.end()) continue;
    problem(key.place, "`" + key.text + ":` is not known in " + where + suggestion(key.text, known));
  }
  return true;
}

const YamlNode* Reader::required(const YamlNode& map, const std::string& key, const std::string& where,
                                 const std::string& what) {
  const YamlNode* value = map.find(key);
  if (value == nullptr) problem(map.place, where + " lacks `" + key + ":`, " + what);
  return value;
}

Named Reader::text(const YamlNode& value, const std::string& what, bool may_be_empty) {
  const Named named{value.text, value.place};
  if (!value.secret.empty() && !value.text.empty()) secrets_.emplace_back(value.text, value.secret);
  if (value.kind == Kind::list || value.kind == Kind::map) {
    problem(value.place, what + " is a text, not a list or a map");
  } else if (value.kind == Kind::null || (value.text.empty() && !may_be_empty)) {
    problem(value.place, what + " has no value; write one (in quotes if it is the word null)");
  } else if (value.text.find('\0') != std::string::npos) {
    problem(value.place, what + " has a zero byte in it");
  }
  return named;
}

std::vector<Named> Reader::texts(const YamlNode& value, const std::string& what) {
  if (value.kind != Kind::list) return {text(value, what)};
  std::vector<Named> all;
  for (const YamlNode& item : value.items) all.push_back(text(item, what));
  if (all.empty()) problem(value.place, what + " is an empty list; leave it out, or write at least one");
  return all;
}

std::vector<std::string> Reader::strings(const YamlNode& value, const std::string& what) {
  std::vector<std::string> all;
  for (Named& one : texts(value, what)) all.push_back(std::move(one.text));
  return all;
}

bool Reader::boolean(const YamlNode& value, const std::string& what) {
  const std::string written = text(value, what).text;
  if (written != "true" && written != "false" && !written.empty()) {
    problem(value.place, what + " is true or false, not " + shown(value));
  }
  return written == "true";
}

std::uint64_t Reader::number(const YamlNode& value, const std::string& what, std::uint64_t least, std::uint64_t most) {
  const std::string written = text(value, what).text;
  const std::optional<std::uint64_t> count = parse_number(written);
  if (count && *count >= least && *count <= most) return *count;
  if (!written.empty()) {
    problem(value.place,
            what + " is a number from " + std::to_string(least) + " to " + std::to_string(most) + ", not " + shown(value));
  }
  return least;
}

std::chrono::nanoseconds Reader::duration(const YamlNode& value, const std::string& what) {
  const std::string written = text(value, what).text;
  if (const auto time = parse_duration(written)) return *time;
  if (!written.empty()) problem(value.place, what + " is a time, as 500ms, 20s, 5min, 2h or 1d, not " + shown(value));
  return std::chrono::seconds(1);
}

std::uint64_t Reader::bytes(const YamlNode& value, const std::string& what) {
  const std::string written = text(value, what).text;
  if (const auto size = parse_bytes(written)) return *size;
  if (!written.empty()) problem(value.place, what + " is a size in bytes, as 512, 64KiB, 4MiB or 1GiB, not " + shown(value));
  return 1;
}

double Reader::cores(const YamlNode& value, const std::string& what) {
  const std::string written = text(value, what).text;
  if (const auto cores = parse_cores(written)) return *cores;
  if (!written.empty()) problem(value.place, what + " is a number of cores of at least 0.01, as 2 or 0.5, not " + shown(value));
  return 1;
}

std::string Reader::one_of(const YamlNode& value, const std::string& what, const std::vector<std::string>& known) {
  const std::string written = text(value, what).text;
  if (std::ranges::find(known, written) != known.end()) return written;
  const std::string remedy = value.secret.empty() ? suggestion(written, known) : "";
  if (!written.empty()) problem(value.place, what + " can't be " + shown(value) + remedy);
  return known.front();
}

}  // namespace holon::config
