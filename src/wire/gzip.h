// Gzip (RFC 1952) for single messages. The state of zlib, 300 KiB at most, is the thread's own and used again.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace holon::wire {

/// Appends `bytes` compressed to `out`. Gives false, and leaves `out` as it was, if that would not make them fewer.
bool gzip_compress(std::string_view bytes, std::string& out);

/// How many bytes a gzip member says it holds (RFC 1952, 2.3.1: ISIZE); nothing if it can't be one, or can't hold so many.
std::optional<std::size_t> gzip_size(std::string_view member);

/// Puts what `member` holds into `out`. False if it is not one whole gzip member of `gzip_size` bytes. Never holds more than
/// those, whatever is inside: who bounds the size beforehand bounds the memory.
bool gzip_decompress(std::string_view member, std::string& out);

}  // namespace holon::wire
