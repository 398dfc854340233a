// Limits: how many connections a client makes, how long it waits for their other side, and when it gives them up.
#pragma once

#include <cstddef>

#include "wire/message.h"
#include "wire/vigil.h"

namespace holon::client {

struct Limits {
  /// Of a message, received or sent, as it is before it is compressed; a larger one is RESOURCE_EXHAUSTED.
  std::size_t message_bytes_max = wire::message_bytes_max;
  /// preface_time: a connection counts as there once the server's settings have come. keepalive_time: gRPC servers end a
  /// connection that is asked for a sign of life more often than every 5 minutes, unless they are told otherwise. A server
  /// that does not read is the callers' deadlines' business.
  wire::LinkTimes link{.write_time = wire::never, .keepalive_time = std::chrono::minutes(5)};
  /// To one endpoint, per loop. A further one is opened when the streams that the server allows on the others run out; at
  /// this bound calls wait for a stream.
  std::size_t connections_max = 8;
  /// A connection without a call is closed after this; the next call opens a fresh one.
  env::Duration idle_time = std::chrono::minutes(30);
  /// The same, for those beyond the first.
  env::Duration spare_idle_time = std::chrono::seconds(10);
  /// gRPC's connection back-off (doc/connection-backoff.md) with bounds fit for a data centre: doubled from attempt to
  /// attempt, with 20 % jitter.
  env::Duration back_off_first = std::chrono::milliseconds(20);
  env::Duration back_off_most = std::chrono::seconds(2);
};

}  // namespace holon::client
