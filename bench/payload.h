// The messages of all benchmarks, and what their handlers do with them.
#pragma once

#include <cstdint>
#include <string>

#include "echo.pb.h"

namespace bench {

/// A message that is about so many bytes on the wire; without anything but its id if that is below 100.
inline EchoMessage message_of(std::size_t bytes) {
  EchoMessage message;
  message.set_id(1'234'567);
  if (bytes < 100) return message;
  message.set_name("a name of twenty-four ch");
  message.set_payload(std::string(bytes - 34, 'x'));  // the rest with the tags and lengths
  return message;
}

inline EchoMessage hundred_bytes() { return message_of(100); }

inline EchoMessage echoed(const EchoMessage& request) {
  EchoMessage reply;
  reply.set_id(request.id() + 1);
  reply.set_name(request.name());
  reply.set_payload(request.payload());
  return reply;
}

/// Keeps a core busy for `rounds` rounds of about a nanosecond each (xorshift: each needs the one before).
inline std::uint64_t worked(std::int64_t rounds) {
  std::uint64_t value = 88'172'645'463'325'252;
  for (std::int64_t i = 0; i < rounds; ++i) {
    value ^= value << 13;
    value ^= value >> 7;
    value ^= value << 17;
  }
  return value;
}

}  // namespace bench
