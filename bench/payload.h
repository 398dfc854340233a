// The message that all benchmarks echo.
#pragma once

#include <string>

#include "echo.pb.h"

namespace bench {

inline EchoMessage hundred_bytes() {
  EchoMessage message;
  message.set_id(1'234'567);
  message.set_name("a name of twenty-four ch");
  message.set_payload(std::string(66, 'x'));  // 100 bytes with the tags and lengths
  return message;
}

inline EchoMessage echoed(const EchoMessage& request) {
  EchoMessage reply;
  reply.set_id(request.id() + 1);
  reply.set_name(request.name());
  reply.set_payload(request.payload());
  return reply;
}

}  // namespace bench
