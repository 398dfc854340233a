#include "wire/gzip.h"

#include <zlib.h>

#include <new>

namespace holon::wire {
namespace {

// A fifth of the time of zlib's default level, for a quarter more bytes: between services it is the CPU that is short.
constexpr int level = Z_BEST_SPEED;
constexpr int gzip_window_bits = 15 + 16;  // 16: gzip's wrapper, not zlib's
constexpr int memory_level = 8;
constexpr std::size_t wrapper_bytes = 18;  // RFC 1952, 2.2: header and trailer
constexpr std::size_t worthwhile_bytes = 64;
constexpr std::size_t ratio_max = 1032;  // what deflate can't exceed: 258 bytes by two bits

Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, level, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream_); }

  /// Writes to `out`, whose size is the most it may take; gives how much it took, or 0 if that is not enough.
  std::size_t run(std::string_view bytes, std::string_view out) {
    deflateReset(&stream_);
    stream_.next_in = bytes_of(bytes);
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = bytes_of(out);
    stream_.avail_out = static_cast<uInt>(out.size());
    return deflate(&stream_, Z_FINISH) == Z_STREAM_END ? out.size() - stream_.avail_out : 0;
  }

 private:
  z_stream stream_{};
};

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, gzip_window_bits) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }

  /// Whether `bytes` are one whole member that holds just `out.size()` bytes; writes them there.
  bool run(std::string_view bytes, std::string_view out) {
    inflateReset(&stream_);
    stream_.next_in = bytes_of(bytes);
    stream_.avail_in = static_cast<uInt>(bytes.size());
    Bytef nothing;  // zlib wants a place to write even when there is nothing to be written
    stream_.next_out = out.empty() ? &nothing : bytes_of(out);
    stream_.avail_out = static_cast<uInt>(out.size());
    return inflate(&stream_, Z_FINISH) == Z_STREAM_END && stream_.avail_in == 0 && stream_.avail_out == 0;
  }

 private:
  z_stream stream_{};
};

}  // namespace

bool gzip_compress(std::string_view bytes, std::string& out) {
  if (bytes.size() < worthwhile_bytes) return false;
  thread_local Deflater deflater;
  const std::size_t before = out.size();
  out.resize(before + bytes.size() - 1);
  const std::size_t size = deflater.run(bytes, std::string_view(out).substr(before));
  out.resize(before + size);
  return size > 0;
}

std::optional<std::size_t> gzip_size(std::string_view member) {
  if (member.size() < wrapper_bytes) return {};
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) size = size << 8 | static_cast<unsigned char>(member[member.size() - i]);
  if (size > member.size() * ratio_max) return {};
  return size;
}

bool gzip_decompress(std::string_view member, std::string& out) {
  const std::optional<std::size_t> size = gzip_size(member);
  if (!size) return false;
  thread_local Inflater inflater;
  out.resize(*size);
  return inflater.run(member, out);
}

}  // namespace holon::wire
