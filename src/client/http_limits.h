// HttpLimits: how many connections to an HTTP server a client makes, how long it waits for them, and what it keeps.
#pragma once

#include <cstddef>

#include "client/limits.h"
#include "env/environment.h"
#include "wire/http1_client.h"

namespace holon::client {

struct HttpLimits {
  wire::Http1ClientLimits http;
  std::size_t connections_max = 256;  ///< to one server, per loop; at this bound requests wait for one
  std::size_t waiting_max = 1024;     ///< such requests; a further one is refused
  env::Duration connect_time = std::chrono::seconds(3);  ///< for the name, all addresses tried and TLS together
  env::Duration idle_time = std::chrono::seconds(30);    ///< a connection without a request is closed after this, or earlier if
                                                         ///< the server says that it keeps it for less (Keep-Alive: timeout)
  env::Duration slow_connect_time = Limits().slow_connect_time;  ///< a server that takes longer to connect counts as not there
  env::Duration back_off_first = Limits().back_off_first;        ///< after the first failure to connect
  env::Duration back_off_most = Limits().back_off_most;          ///< at most, unless an attempt takes long
  Breaker::Rules breaker;                    ///< of each server, per loop
  env::Duration silence_time = wire::never;  ///< a server that owes an answer, and says nothing, is asked after this, and given up
                                             ///< after as much again
  std::size_t unread_bytes_max = 64 << 10;  ///< of a response that nobody reads: then its server waits
  std::size_t unsent_bytes_max = 64 << 10;  ///< of a request that its server does not take: then its writer waits
};

}  // namespace holon::client
