// Range requests (RFC 9110, section 14): which bytes of something a client asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holon::gateway {

/// The bytes from `begin` up to, and without, `end`; never none.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
  bool operator==(const ByteRange&) const = default;
};

/// More than these in one request are answered with the whole, as if there were no Range: each costs a part and a seek.
constexpr std::size_t ranges_max = 16;

/// What `Range: …` asks of `size` bytes. Nothing: answer with the whole, for it is malformed, of another unit, or too many,
/// or there are no bytes at all. Empty: none of the ranges has a byte (416). Ranges that overlap, touch, or lie so near that
/// a part's head would be longer than what lies between, are one; apart from that they stay in the order of the request.
std::optional<std::vector<ByteRange>> parse_ranges(std::string_view field, std::uint64_t size);

/// "bytes 0-99/1000"
std::string content_range(const ByteRange& range, std::uint64_t size);

/// What stands before a part of multipart/byteranges (14.6), and after the last one.
std::string part_head(std::string_view boundary, std::string_view content_type, const ByteRange& range, std::uint64_t size);
std::string parts_end(std::string_view boundary);

}  // namespace holon::gateway
