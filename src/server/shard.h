// Shard: one loop's part of a server: its listeners, its connections, and its queue of calls that have not started.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_set>
#include <vector>

#include "env/reactor.h"
#include "fiber/list.h"
#include "fiber/loop.h"
#include "fiber/waiter.h"
#include "server/admission.h"
#include "server/census.h"
#include "server/entrant.h"
#include "server/guest.h"
#include "server/http_request.h"
#include "server/router.h"
#include "server/server.h"
#include "server/web.h"
#include "telemetry/doors.h"
#include "wire/http_date.h"

namespace holon::server {

class Inbound;
class ServerCall;
class ServerConnection;

class Shard final : public std::enable_shared_from_this<Shard> {
 public:
  Shard(const Router& router, HttpHandler* handler, fiber::Loop& loop, const Limits& limits,
        std::shared_ptr<Census> census);
  ~Shard();

  /// The shards a queued call may be handed to; set before the first connection.
  void set_siblings(std::vector<std::weak_ptr<Shard>> siblings) { siblings_ = std::move(siblings); }
  void accept_from(std::unique_ptr<env::Listener> listener, ListenOptions options);

  const Router& router() const { return router_; }
  /// Who answers what is no call; null: nobody.
  HttpHandler* handler() const { return handler_; }
  const Limits& limits() const { return limits_; }
  Web& web() { return web_; }
  fiber::Loop& loop() { return loop_; }

  /// Makes the call that a request's head asks for; null if there is no such method, or no place: then it was answered. The
  /// call counts as one of this shard until it gives its place back by `leave`.
  /// @param block  of the head, whose pseudo-headers tell the authority
  std::shared_ptr<ServerCall> open(Answer answer, wire::RequestHead head, wire::Headers block, const Client& client);
  /// Makes the exchange of a request for the handler, and starts it; null if there is no place: then it was answered.
  std::shared_ptr<Inbound> open(std::shared_ptr<Transport> transport, wire::StreamId stream, HttpRequest request,
                                bool expects_continue);
  /// Answers a request for the handler that is refused, and counts it.
  /// @param request  as far as it is known; its peer is
  void refuse(Transport& transport, wire::StreamId stream, const wire::HttpRule& rule, const HttpRequest& request);
  /// An answer's headers, with `date` unless they have it (RFC 9110, 6.6.1). Valid until the next call.
  wire::Headers dated(wire::Headers headers);
  void leave();
  /// A call that had a place at the door has ended.
  void leave(const ServerCall& call, Code code, env::Time now);
  std::size_t calls() const { return calls_.load(std::memory_order_relaxed); }

  /// Runs a call whose request is complete, here or on an idle loop, when it is its turn; or turns it away.
  void enqueue(const std::shared_ptr<ServerCall>& call);
  /// What waits from here on begins when it is its turn, or is turned away.
  void arrive(Entrant& entrant, env::Time now);
  /// It waits no more for its turn.
  void withdraw(Entrant& entrant) { admission_.withdraw(entrant); }
  /// It was given a place, and does not begin yet.
  void place_returned(const Entrant& entrant) { admission_.returned(entrant); }
  /// Counts what is turned away. Gives what its client is told.
  /// @param whom  for the log: the method, or who asks
  Error turned_away(const Entrant& entrant, std::string_view whom, Shed why);
  /// A call that ran on another loop has ended there.
  void returned() { --lent_; }

  /// Looks at it now and then, until it leaves the list: whether its client lets it wait too long.
  void watch(Inbound& inbound);

  /// The guest has no request from here on, until it leaves the list.
  void idle(Guest& guest);
  /// The guest is gone; `successor` has taken its place, if there is one.
  void closed(Guest& guest, std::shared_ptr<Guest> successor = nullptr);
  /// Listens no more, and tells all connections to finish.
  void drain();
  bool drained() const { return connections_.empty(); }
  /// Closes all connections; their calls are cancelled.
  void abort();
  /// Told (on this loop) when the last connection is closed.
  void on_drained(std::function<void()> call) { on_drained_ = std::move(call); }

 private:
  class Door;

  void take_in(std::unique_ptr<env::Stream> stream, const ListenOptions& options);
  void send_away_the_idlest();
  void look_whether_drained();
  void look_at_idle();
  void look_at_inbound();
  std::shared_ptr<Entrant> next_entrant(env::Time now);
  telemetry::DoorCell& tell_of(std::uint32_t service);
  void run_next();
  void start_another();
  void go_on_next_turn();
  void look_at_waiting();
  void share_queue(env::Time now);
  bool enter(int priority = internal::Priority::normal);
  bool has_nothing_to_do() const { return loop_.idle() && calls() == 0; }

  const Router& router_;
  HttpHandler* handler_;
  fiber::Loop& loop_;
  Limits limits_;
  std::vector<std::weak_ptr<Shard>> siblings_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::shared_ptr<Census> census_;
  Web web_;
  Admission admission_;
  std::size_t starting_ = 0;  ///< fibers that will run the next call
  bool put_off_ = false;      ///< until the next turn, since this one takes long
  fiber::Timer waiting_timer_;
  std::vector<std::shared_ptr<telemetry::DoorCell>> told_;  ///< by the service's number
  std::unordered_set<std::shared_ptr<Guest>> connections_;
  fiber::List<Guest> idle_;  ///< longest first
  fiber::Timer idle_timer_;
  fiber::List<Inbound> watched_;
  fiber::Timer watch_timer_;
  std::size_t lent_ = 0;  ///< calls that run on other loops
  std::atomic<std::size_t> calls_{0};
  std::function<void()> on_drained_;
  bool draining_ = false;
  wire::UnixSeconds date_of_ = -1;
  std::string date_;  ///< of that second
  std::vector<wire::HeaderView> dated_;
};

}  // namespace holon::server
