#include "gateway/content/ranges.h"

#include <algorithm>
#include <charconv>

#include "gateway/content/fields.h"

namespace holon::gateway {
namespace {

constexpr std::uint64_t gap_max = 80;  // what the head of a part takes, RFC 9110, 15.3.7.2

/// All of it digits. What is too large for 64 bits is as large as they can say.
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? number : ~std::uint64_t{0};
}

/// One range-spec: "0-99", "100-" or "-50". Nothing if it is malformed; an empty range if it lies behind the end.
std::optional<ByteRange> parse_spec(std::string_view spec, std::uint64_t size) {
  const std::size_t dash = spec.find('-');
  if (dash == spec.npos) return std::nullopt;
  const std::optional<std::uint64_t> first = number_of(spec.substr(0, dash));
  const std::optional<std::uint64_t> last = number_of(spec.substr(dash + 1));
  if (dash == 0) return last ? std::optional(ByteRange{size - std::min(size, *last), size}) : std::nullopt;
  if (!first || (!last && dash + 1 < spec.size()) || (last && *last < *first)) return std::nullopt;
  const std::uint64_t begin = std::min(*first, size);
  return ByteRange{begin, last ? std::max(begin, *last < size ? *last + 1 : size) : size};
}

/// Merges what is near each other; each stands where its first member stood.
std::vector<ByteRange> merged(const std::vector<ByteRange>& asked) {
  struct Placed {
    ByteRange range;
    std::size_t place;
  };
  std::vector<Placed> sorted;
  for (const ByteRange& range : asked) sorted.push_back({range, sorted.size()});
  std::ranges::sort(sorted, {}, [](const Placed& one) { return one.range.begin; });
  std::vector<Placed> distinct;
  for (const Placed& next : sorted) {
    if (distinct.empty() || next.range.begin > distinct.back().range.end + gap_max) {
      distinct.push_back(next);
      continue;
    }
    Placed& last = distinct.back();
    last.range.end = std::max(last.range.end, next.range.end);
    last.place = std::min(last.place, next.place);
  }
  std::ranges::sort(distinct, {}, &Placed::place);
  std::vector<ByteRange> ranges;
  for (const Placed& one : distinct) ranges.push_back(one.range);
  return ranges;
}

}  // namespace

std::optional<std::vector<ByteRange>> parse_ranges(std::string_view field, std::uint64_t size) {
  const std::string_view unit = next_part(field, '=');
  if (!same_word(unit, "bytes") || size == 0) return std::nullopt;
  std::vector<ByteRange> asked;
  std::size_t specs = 0;
  while (!field.empty()) {
    const std::string_view spec = next_part(field, ',');
    if (spec.empty()) continue;  // a list may have empty elements
    const std::optional<ByteRange> range = parse_spec(spec, size);
    if (!range || ++specs > ranges_max) return std::nullopt;
    if (range->size() > 0) asked.push_back(*range);
  }
  if (specs == 0) return std::nullopt;
  return merged(asked);
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.begin) + "-" + std::to_string(range.end - 1) + "/" + std::to_string(size);
}

std::string part_head(std::string_view boundary, std::string_view content_type, const ByteRange& range, std::uint64_t size) {
  std::string head = "\r\n--";
  head.append(boundary).append("\r\nContent-Type: ").append(content_type);
  return head.append("\r\nContent-Range: ").append(content_range(range, size)).append("\r\n\r\n");
}

std::string parts_end(std::string_view boundary) { return "\r\n--" + std::string(boundary) + "--\r\n"; }

}  // namespace holon::gateway
