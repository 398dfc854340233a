// Frames as bytes: RFC 9113, section 4 and 6. Internal to the session.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "wire/http2.h"

namespace holon::wire {

enum class FrameType : std::uint8_t {
  data = 0, headers = 1, priority = 2, rst_stream = 3, settings = 4, push_promise = 5, ping = 6, goaway = 7,
  window_update = 8, continuation = 9,
};

namespace flag {
constexpr std::uint8_t ack = 0x1;  // SETTINGS, PING
constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::uint8_t padded = 0x8;
constexpr std::uint8_t priority = 0x20;
}  // namespace flag

enum class Setting : std::uint16_t {
  header_table_size = 1, enable_push = 2, max_concurrent_streams = 3, initial_window_size = 4, max_frame_size = 5,
  max_header_list_size = 6, no_rfc7540_priorities = 9,
};

constexpr std::size_t frame_header_bytes = 9;
constexpr std::size_t frame_bytes_default = 16 << 10;  ///< SETTINGS_MAX_FRAME_SIZE where nothing else was said: 6.5.2
constexpr std::size_t frame_bytes_most = (1 << 24) - 1;
constexpr std::int64_t window_default = 65'535;        ///< 6.9.2
constexpr std::int64_t window_most = 0x7fffffff;       ///< 6.9.1
constexpr StreamId stream_id_most = 0x7fffffff;
constexpr std::string_view client_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  ///< 3.4

inline std::uint32_t read_u32(const char* bytes) {
  std::uint32_t number;
  std::memcpy(&number, bytes, 4);
  return __builtin_bswap32(number);
}
inline std::uint16_t read_u16(const char* bytes) {
  std::uint16_t number;
  std::memcpy(&number, bytes, 2);
  return __builtin_bswap16(number);
}
inline void write_u32(char* bytes, std::uint32_t number) {
  number = __builtin_bswap32(number);
  std::memcpy(bytes, &number, 4);
}
inline void append_u32(std::string& out, std::uint32_t number) {
  char bytes[4];
  write_u32(bytes, number);
  out.append(bytes, 4);
}

/// 4.1
struct FrameHeader {
  std::uint32_t size = 0;  ///< of the payload
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  StreamId stream = 0;

  bool is(FrameType which) const { return type == static_cast<std::uint8_t>(which); }
  bool has(std::uint8_t bit) const { return (flags & bit) != 0; }

  static FrameHeader parse(const char* bytes) {
    FrameHeader header;
    header.size = read_u32(bytes) >> 8;
    header.type = static_cast<std::uint8_t>(bytes[3]);
    header.flags = static_cast<std::uint8_t>(bytes[4]);
    header.stream = static_cast<StreamId>(read_u32(bytes + 5) & stream_id_most);  // the reserved bit is ignored
    return header;
  }
};

inline void write_frame_header(char* bytes, std::size_t size, FrameType type, std::uint8_t flags, StreamId stream) {
  write_u32(bytes, static_cast<std::uint32_t>(size) << 8 | static_cast<std::uint32_t>(type));
  bytes[4] = static_cast<char>(flags);
  write_u32(bytes + 5, static_cast<std::uint32_t>(stream));
}

inline void append_frame_header(std::string& out, std::size_t size, FrameType type, std::uint8_t flags,
                                StreamId stream) {
  char bytes[frame_header_bytes];
  write_frame_header(bytes, size, type, flags, stream);
  out.append(bytes, frame_header_bytes);
}

inline void append_setting(std::string& out, Setting which, std::uint32_t value) {
  auto id = static_cast<std::uint16_t>(which);
  out.append({static_cast<char>(id >> 8), static_cast<char>(id)});
  append_u32(out, value);
}

}  // namespace holon::wire
