// Server: what stands between a socket and a handler. Accepts, decodes, admits, and runs each call on a fiber.
//
//   server::Server server(router, {&loop});
//   TRY(server.listen(env::Address::parse("unix:/run/cart.sock")));
//   …
//   server.drain(deadline);        // GOAWAY, finish what has begun, close
//
// Each loop accepts for itself; a connection stays on its loop. A request that has not started may move to an idle loop when
// this one's queue delay passes 1 ms, so that one busy connection uses all cores.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "crypto/tls.h"
#include "env/reactor.h"
#include "fiber/loop.h"
#include "server/admission.h"
#include "server/http_exchange.h"
#include "server/router.h"
#include "wire/grpc.h"
#include "wire/http1.h"
#include "wire/http2.h"
#include "wire/message.h"
#include "wire/vigil.h"

namespace holon::server {

/// What a server grants. Whatever is refused by one of these is counted under the name in brackets (telemetry/refusals.h).
struct Limits {
  /// Of a message, received or sent, as it is before it is compressed; a larger one is RESOURCE_EXHAUSTED.
  std::size_t message_bytes_max = wire::message_bytes_max;
  /// In flight or queued, per loop; more are RESOURCE_EXHAUSTED.
  std::size_t calls_max = 10'000;
  /// Which of them start, which wait, and which are told to come again [shed.…].
  Admission::Rules admission;
  /// In all [too_many_connections]. When seven of eight places are taken, each new connection sends away the one that has
  /// been without a call for longest; at the bound itself new ones are closed.
  std::size_t connections_max = 10'000;
  /// Of finished replies that a connection's client has not taken. Above it no further call of that connection starts, until
  /// the client reads on; those that run already add theirs.
  std::size_t unread_bytes_max = 512 << 10;
  /// Of an exchange's body, unless its handler says otherwise.
  std::uint64_t body_bytes_max = 4 << 20;
  /// Without a byte of a body that an exchange reads [slow_body].
  env::Duration body_time = std::chrono::seconds(30);
  /// Of which origins web pages may call, by gRPC-Web: "https://shop.example", or "*" for all. See cors.h.
  std::vector<std::string> web_origins;
  /// From one IP address [too_many_connections_of_a_peer]; not for Unix sockets.
  std::size_t connections_per_peer_max = 1'000;
  /// preface_time: from accept, through a TLS handshake, to the client's settings [preface_timeout]. frame_time
  /// [slow_writer], write_time [slow_reader], keepalive [keepalive_timeout]: as gRPC's servers, a client that was silent for
  /// 2 hours is asked whether it lives.
  wire::LinkTimes link{.preface_time = std::chrono::seconds(5),
                       .keepalive_time = std::chrono::hours(2),
                       .keepalive_idle = true};
  /// A connection without a call for so long is told to go (GOAWAY).
  env::Duration idle_time = wire::never;
  /// A connection older than this (with 10 % jitter) is told to go; `age_grace` later it is closed whatever it does.
  env::Duration age_max = wire::never;
  env::Duration age_grace = std::chrono::minutes(1);
  /// A request of one message and without deadline must be complete after this, and a second for each KiB of it
  /// [slow_request]. One with a deadline has until then.
  env::Duration request_time = std::chrono::seconds(20);
  /// What the head of a request may have, by either HTTP, and what a client may send ahead by HTTP/1.1. (Its body_bytes_max
  /// does not count: bodies are bounded by message_bytes_max and body_bytes_max above.)
  wire::Http1Limits http1;
  /// How long a client of HTTP/1.1 may take for a head, and to close behind the last answer; see http1_link.h.
  env::Duration head_time = std::chrono::seconds(10);
  env::Duration linger_time = std::chrono::seconds(2);
  /// What a client may do on one HTTP/2 connection.
  wire::Http2Limits http2{.stream_window_bytes = wire::stream_window_bytes};
};

struct ListenOptions {
  std::shared_ptr<crypto::ServerTls> tls;  ///< if given, what is accepted speaks TLS
  /// Each connection begins with a PROXY header (proxy_protocol.h), before TLS; its origin is then the peer, for limits, logs
  /// and handlers. Only where nobody but such proxies can connect: who can, may claim to be anybody.
  bool proxy_protocol = false;
};

class Census;
class Shard;

class Server {
 public:
  /// The router, the handler and the loops outlive the server. The loops need not run yet.
  /// @param handler  who answers what is neither gRPC nor gRPC-Web; null: that is told what there is
  Server(const Router& router, std::vector<fiber::Loop*> loops, Limits limits = {}, HttpHandler* handler = nullptr);
  /// After `drain`, or when no loop turns any more.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens, or takes part in a socket that listens already ("fd:3"); all loops accept. May be called for several addresses.
  /// On the first loop's thread.
  Result<env::Address> listen(const env::Address& address, ListenOptions options = {});
  /// Takes no new connections and no new calls, waits until those that have begun are done, at most until `deadline`; then
  /// cancels them. Suspends the calling fiber of the first loop.
  void drain(env::Time deadline);
  /// Calls in flight, on all loops.
  std::size_t calls() const;
  /// Connections, on all loops.
  std::size_t connections() const;

 private:
  std::shared_ptr<Census> census_;
  std::vector<std::shared_ptr<Shard>> shards_;
};

}  // namespace holon::server
