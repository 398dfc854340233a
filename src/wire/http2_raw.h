// HTTP/2 frames and header blocks made by hand, right or wrong, and read back into words. For tests and fuzz targets.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/http2.h"

namespace holon::wire::raw {

/// RFC 9113, section 6.
enum Type { DATA = 0, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION };
enum Flag { NONE = 0, ACK = 0x1, END_STREAM = 0x1, END_HEADERS = 0x4, PADDED = 0x8, PRIORITISED = 0x20 };
enum Setting {
  HEADER_TABLE_SIZE = 1, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE,
};

inline const std::string client_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string big_endian(std::uint64_t number, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
  return out;
}

/// A frame's header alone (RFC 9113, 4.1); `stream` may have the reserved bit.
inline std::string frame_header(std::size_t length, int type, int flags, std::uint32_t stream) {
  return big_endian(length, 3) + static_cast<char>(type) + static_cast<char>(flags) + big_endian(stream, 4);
}
inline std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload) {
  return frame_header(payload.size(), type, flags, stream).append(payload);
}

inline std::string data(std::uint32_t stream, std::string_view text, int flags = NONE) {
  return frame(DATA, flags, stream, text);
}
/// Pad length, payload, padding (RFC 9113, 6.1 and 6.2).
inline std::string padded(std::string_view text, std::size_t padding) {
  return std::string(1, static_cast<char>(padding)).append(text).append(padding, '\0');
}
inline std::string headers(std::uint32_t stream, std::string_view block, int flags = END_HEADERS) {
  return frame(HEADERS, flags, stream, block);
}
inline std::string continuation(std::uint32_t stream, std::string_view piece, int flags = END_HEADERS) {
  return frame(CONTINUATION, flags, stream, piece);
}
inline std::string priority_fields(std::uint32_t depends_on) { return big_endian(depends_on, 4) + '\x0f'; }
inline std::string rst_stream(std::uint32_t stream, std::uint32_t code) {
  return frame(RST_STREAM, NONE, stream, big_endian(code, 4));
}
inline std::string settings(const std::vector<std::pair<int, std::uint32_t>>& entries = {}) {
  std::string payload;
  for (auto [id, value] : entries) payload += big_endian(static_cast<std::uint64_t>(id), 2) + big_endian(value, 4);
  return frame(SETTINGS, NONE, 0, payload);
}
inline std::string settings_ack() { return frame(SETTINGS, ACK, 0, ""); }
inline std::string ping(std::string_view eight, int flags = NONE) { return frame(PING, flags, 0, eight); }
inline std::string goaway(std::uint32_t last, std::uint32_t code, std::string_view debug = "") {
  return frame(GOAWAY, NONE, 0, (big_endian(last, 4) + big_endian(code, 4)).append(debug));
}
inline std::string window_update(std::uint32_t stream, std::uint32_t increment) {
  return frame(WINDOW_UPDATE, NONE, stream, big_endian(increment, 4));
}

// ---- HPACK (RFC 7541) -----------------------------------------------------------------------------------------------

/// An integer with a prefix of `bits`, the bits above being `first` (5.1).
inline std::string integer(std::uint64_t number, int bits, int first = 0) {
  const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
  if (number < most) return std::string(1, static_cast<char>(static_cast<std::uint64_t>(first) | number));
  std::string out(1, static_cast<char>(static_cast<std::uint64_t>(first) | most));
  for (number -= most; number >= 0x80; number >>= 7) out += static_cast<char>(0x80 | (number & 0x7f));
  return out + static_cast<char>(number);
}
/// A string literal without Huffman coding (5.2).
inline std::string text(std::string_view octets) { return integer(octets.size(), 7).append(octets); }
/// An indexed field (6.1).
inline std::string indexed(std::uint64_t index) { return integer(index, 7, 0x80); }
/// A literal with a new name, not added to the table (6.2.2).
inline std::string field(std::string_view name, std::string_view value) {
  return std::string(1, '\0') + text(name) + text(value);
}
/// The same, added to the table (6.2.1).
inline std::string kept_field(std::string_view name, std::string_view value) {
  return std::string(1, '\x40') + text(name) + text(value);
}
/// A dynamic table size update (6.3).
inline std::string table_size(std::uint64_t size) { return integer(size, 5, 0x20); }

/// What every request needs, then `more`.
inline std::string request_block(std::string_view more = "", std::string_view path = "/") {
  std::string block = field(":method", "POST") + field(":scheme", "http") + field(":path", path);
  return block.append(field(":authority", "a")).append(more);
}
inline std::string response_block(std::string_view more = "", std::string_view status = "200") {
  return field(":status", status).append(more);
}
/// A whole request, in one frame.
inline std::string request(std::uint32_t stream, std::string_view more = "") {
  return headers(stream, request_block(more), END_HEADERS | END_STREAM);
}
/// A request whose body is to come.
inline std::string open_request(std::uint32_t stream, std::string_view more = "") {
  return headers(stream, request_block(more));
}

// ---- reading back ---------------------------------------------------------------------------------------------------

struct Frame {
  int type = 0;
  int flags = 0;
  std::uint32_t stream = 0;
  std::string payload;

  /// The big-endian number at `at`, of four bytes.
  std::uint32_t word(std::size_t at = 0) const {
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + 4 && i < payload.size(); ++i) {
      number = number << 8 | static_cast<unsigned char>(payload[i]);
    }
    return number;
  }
};

/// Cuts what a session says into frames; a client's preface is left out. An unfinished frame at the end is left out too.
inline std::vector<Frame> frames_of(std::string_view bytes) {
  if (bytes.starts_with(client_preface)) bytes.remove_prefix(client_preface.size());
  std::vector<Frame> frames;
  while (bytes.size() >= 9) {
    auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])); };
    std::size_t length = byte(0) << 16 | byte(1) << 8 | byte(2);
    if (bytes.size() < 9 + length) break;
    std::uint32_t stream = (byte(5) & 0x7f) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
    frames.push_back({static_cast<int>(byte(3)), static_cast<int>(byte(4)), stream, std::string(bytes.substr(9, length))});
    bytes.remove_prefix(9 + length);
  }
  return frames;
}

inline std::string name_of(Http2Code code) {
  static constexpr const char* names[] = {
      "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
      "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
      "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"};
  auto number = static_cast<std::uint32_t>(code);
  return number < std::size(names) ? names[number] : "code " + std::to_string(number);
}

/// "RST_STREAM 1 CANCEL", "WINDOW_UPDATE 0 1000", "SETTINGS ack", "DATA 1 5 end", "HEADERS 1 end".
inline std::string describe(const Frame& frame) {
  static constexpr const char* names[] = {"DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING",
                                          "GOAWAY", "WINDOW_UPDATE", "CONTINUATION"};
  std::string line = frame.type < 10 ? names[frame.type] : "frame type " + std::to_string(frame.type);
  if (frame.stream != 0 || frame.type == WINDOW_UPDATE) line += " " + std::to_string(frame.stream);
  switch (frame.type) {
    case DATA: line += " " + std::to_string(frame.payload.size()); break;
    case RST_STREAM: line += " " + name_of(static_cast<Http2Code>(frame.word())); break;
    case GOAWAY: line += " " + name_of(static_cast<Http2Code>(frame.word(4))); break;
    case WINDOW_UPDATE: line += " " + std::to_string(frame.word()); break;
    case SETTINGS: case PING: return line + ((frame.flags & ACK) != 0 ? " ack" : "");
    default: break;
  }
  bool may_end = frame.type == DATA || frame.type == HEADERS;
  return line + (may_end && (frame.flags & END_STREAM) != 0 ? " end" : "");
}

}  // namespace holon::wire::raw
