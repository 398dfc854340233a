// Limits: how many connections a client makes, how long it waits for their other side, and when it gives them up.
#pragma once

#include <cstddef>
#include <cstdint>

#include "client/breaker.h"
#include "client/retry_budget.h"
#include "wire/message.h"
#include "wire/vigil.h"

namespace holon::client {

/// How a call's endpoint is chosen, unless a key says it; as ServiceOptions.Balance of the contract numbers them.
enum class Balance : std::uint8_t {
  unsaid,       ///< as Limits::balance has it
  two_choices,
  round_robin,
  prequal,
};

struct Limits {
  /// Of a message, received or sent, as it is before it is compressed; a larger one is RESOURCE_EXHAUSTED.
  std::size_t message_bytes_max = wire::message_bytes_max;
  /// preface_time: a connection counts as there once the server's settings have come. keepalive_time: gRPC servers end a
  /// connection that is asked for a sign of life more often than every 5 minutes, unless they are told otherwise. A server
  /// that does not read is the callers' deadlines' business.
  wire::LinkTimes link{.write_time = wire::never, .keepalive_time = std::chrono::minutes(5), .silence_time = std::chrono::seconds(1)};
  /// To one endpoint, per loop. A further one is opened when the streams that the server allows on the others run out; at
  /// this bound calls wait for a stream.
  std::size_t connections_max = 8;
  /// A connection without a call is closed after this; the next call opens a fresh one.
  env::Duration idle_time = std::chrono::minutes(30);
  /// The same, for those beyond the first.
  env::Duration spare_idle_time = std::chrono::seconds(10);
  /// An endpoint that takes longer to connect is passed over while there are others.
  env::Duration slow_connect_time = std::chrono::milliseconds(100);
  /// A call waits so long for an endpoint that has just become unreachable, since it may be back as soon; later ones fail at once.
  env::Duration absence_time = std::chrono::seconds(1);
  /// gRPC's connection back-off (doc/connection-backoff.md) with bounds fit for a data centre: doubled from attempt to
  /// attempt, with 20 % jitter.
  env::Duration back_off_first = std::chrono::milliseconds(20);
  env::Duration back_off_most = std::chrono::seconds(2);
  /// Of one call, the first one included. Only what is idempotent, or has certainly reached no handler, is attempted again.
  std::size_t attempts_max = 4;
  /// Before an attempt: a random time up to this, doubled from attempt to attempt ("full jitter").
  env::Duration retry_wait_first = std::chrono::milliseconds(20);
  env::Duration retry_wait_most = std::chrono::seconds(1);
  /// Of one caller to one service, per loop. Hedges are paid from it too.
  RetryBudget::Rates retry_budget;
  /// Of each endpoint, per loop.
  Breaker::Rules breaker;
  /// Of an idempotent call whose answer is late: attempts beside the first, elsewhere. There is at most one.
  std::size_t hedges_max = 1;
  /// Of services whose contract does not say it.
  Balance balance = Balance::two_choices;
  /// 1: endpoints on the caller's own node come before those of its zone, and these before all others, while they are well; 0: where an
  /// endpoint is does not matter.
  std::size_t near_first = 1;
};

}  // namespace holon::client
