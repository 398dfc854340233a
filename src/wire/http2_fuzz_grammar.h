// Turns any bytes into a conversation of HTTP/2 frames, mostly sensible ones, so that mutating the bytes mutates the
// conversation: a byte says which frame comes next, the following ones say what is in it. For fuzz targets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http2_raw.h"

namespace holon::wire::raw {

/// Takes an input apart; zeros where it has ended.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    auto first = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }
  std::string_view take(std::size_t size) {
    std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  template <class T, std::size_t N>
  const T& one_of(const std::array<T, N>& choices) {
    return choices[byte() % N];
  }

 private:
  std::string_view bytes_;
};

class Grammar {
 public:
  /// @param role  of whoever hears the frames
  Grammar(std::string_view bytes, Role role) : input_(bytes), role_(role) {}

  bool done() const { return input_.empty(); }
  /// The next frame, or the frames of a header block; whole, but not always right.
  std::string next() {
    std::uint8_t choice = input_.byte();
    std::string made = make(choice % 16);
    if (choice >= 0xe0 && !made.empty()) made[input_.byte() % made.size()] ^= static_cast<char>(1 << (choice % 8));
    return made;
  }

 private:
  std::string make(int choice) {
    switch (choice) {
      case 0: case 1: return message(role_ == Role::server ? fresh() : stream(), true);
      case 2: return message(stream(), false);
      case 3: case 4: return body();
      case 5: return rst_stream(stream(), number());
      case 6: return window_update(0, number());
      case 7: return window_update(stream(), number());
      case 8: return settings_of_input();
      case 9: return ping(std::string(8, static_cast<char>(input_.byte())), input_.byte() % 2 == 0 ? NONE : ACK);
      case 10: return frame(PRIORITY, NONE, stream(), priority_fields(number()));
      case 11: return continuation(stream(), fields(), input_.byte() & 0xff);
      case 12: return cut(message(role_ == Role::server ? fresh() : stream(), true));
      case 13: return input_.byte() % 8 == 0 ? goaway(stream(), number(), "bye") : settings_ack();
      case 14: return frame(PUSH_PROMISE, END_HEADERS, stream(), big_endian(number(), 4) + request_block());
      default: return anything();
    }
  }

  std::uint32_t fresh() { return next_stream_ += 2; }
  std::uint32_t stream() {
    std::uint8_t choice = input_.byte();
    if (choice < 0xa0) return 1u + 2u * (choice % 8);
    if (choice < 0xd0) return next_stream_;
    return one_of_odd_ones(choice);
  }
  std::uint32_t one_of_odd_ones(std::uint8_t choice) {
    static constexpr std::array<std::uint32_t, 8> ids = {0, 0, 2, 4, 101, 0x7fffffff, 0x80000001, 0xffffffff};
    return choice < 0xe0 ? 0 : ids[choice % ids.size()];
  }
  std::uint32_t number() {
    static constexpr std::array<std::uint32_t, 16> numbers = {0, 1, 2, 7, 8, 100, 16'383, 16'384, 16'385, 65'535, 65'536,
                                                              1 << 20, (1 << 24) - 1, 1 << 24, 0x7fffffff, 0xffffffff};
    std::uint8_t choice = input_.byte();
    return choice < 0x80 ? numbers[choice % numbers.size()] : choice;
  }

  std::string message(std::uint32_t stream, bool begins) {
    std::uint8_t how = input_.byte();
    std::string block;
    if (begins && how % 16 != 15) block = role_ == Role::server ? request_block() : response_block();
    if ((how & 0x10) != 0) block += fields();
    int flags = END_HEADERS | ((how & 0x20) != 0 ? END_STREAM : NONE);
    if ((how & 0x40) != 0) {
      block.insert(0, priority_fields(number()));
      flags |= PRIORITISED;
    }
    if ((how & 0x80) != 0) {
      block = padded(block, input_.byte());
      flags |= PADDED;
    }
    return headers(stream, block, flags);
  }
  std::string body() {
    std::uint32_t to = stream();
    std::uint8_t how = input_.byte();
    std::size_t size = (how & 0x40) != 0 ? number() % 20'000 : input_.byte();
    std::string text(size, static_cast<char>('a' + how % 26));
    int flags = (how & 0x20) != 0 ? END_STREAM : NONE;
    if ((how & 0x80) == 0) return data(to, text, flags);
    return data(to, padded(text, input_.byte()), flags | PADDED);
  }
  std::string settings_of_input() {
    std::vector<std::pair<int, std::uint32_t>> entries;
    for (int left = input_.byte() % 4; left > 0; --left) {
      int id = input_.byte() % 10;
      entries.emplace_back(id, number());
    }
    return settings(entries);
  }

  /// Some fields: right ones, wrong ones, and bytes that are none at all.
  std::string fields() {
    static constexpr std::array<std::string_view, 16> names = {
        "x-a", "te", "content-length", "cookie", "connection", "Upper", "x y", "", ":path", ":status", ":authority",
        ":method", "transfer-encoding", "grpc-timeout", "x\x80", "host"};
    static constexpr std::array<std::string_view, 12> values = {
        "", "v", "trailers", "3", "100", " v", "a\r\nb", "\xc3\xa4", "200", "/", "gzip", "0"};
    std::string block;
    for (int left = input_.byte() % 6; left > 0; --left) {
      switch (input_.byte() % 10) {
        case 0: case 1: block += field(input_.one_of(names), input_.one_of(values)); break;
        case 2: case 3: block += kept_field(input_.one_of(names), input_.one_of(values)); break;
        case 4: block += indexed(input_.byte()); break;
        case 5: block += integer(input_.byte(), 6, 0x40) + text(input_.one_of(values)); break;
        case 6: block += integer(input_.byte(), 4, 0x10) + text(input_.one_of(values)); break;
        case 7: block += table_size(number()); break;
        case 8: block += std::string(1, '\0') + text("x") + integer(3, 7, 0x80) + std::string(input_.take(3)); break;
        default: block += input_.take(input_.byte() % 8);
      }
    }
    return block;
  }

  /// The same block in several frames.
  std::string cut(const std::string& whole) {
    Frame first = frames_of(whole).front();
    if ((first.flags & (PADDED | PRIORITISED)) != 0) return whole;
    std::string out;
    std::string_view rest = first.payload;
    int pieces = 1 + input_.byte() % 4;
    for (int i = 0; i < pieces; ++i) {
      bool last = i + 1 == pieces;
      std::string_view piece = rest.substr(0, last ? rest.size() : input_.byte() % (rest.size() + 1));
      rest.remove_prefix(piece.size());
      int flags = (last ? END_HEADERS : NONE) | (i == 0 ? first.flags & END_STREAM : NONE);
      out += i == 0 ? headers(first.stream, piece, flags) : continuation(first.stream, piece, flags);
    }
    return out;
  }

  std::string anything() {
    int type = input_.byte() % 12;
    int flags = input_.byte();
    std::uint32_t to = stream();
    return frame(type, flags, to, input_.take(input_.byte() % 64));
  }

  Input input_;
  Role role_;
  std::uint32_t next_stream_ = 0xffffffff;  ///< of the latest stream that was opened; the first one is 1
};

}  // namespace holon::wire::raw
