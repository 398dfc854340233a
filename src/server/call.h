// ServerCall: one call that came over the wire, from its headers to its trailers.
//
// A handler that takes a stream of requests starts with the headers, any other when its request is complete. The call lives on
// its connection's loop; only a unary handler may run on another one, between `run` and `finished`. What both loops touch: the
// request (complete before), the reply (not sent before the end), and `runner_`.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fiber/call.h"
#include "fiber/list.h"
#include "fiber/waiter.h"
#include "holon/generated.h"
#include "identity/guard.h"
#include "server/answer.h"
#include "server/arrival.h"
#include "server/entrant.h"
#include "server/inbound.h"
#include "server/router.h"
#include "server/text_request.h"
#include "wire/credit.h"
#include "wire/grpc.h"

namespace holon::server {

class Shard;

class ServerCall final : public internal::Exchange,
                         public Inbound,
                         public Entrant,
                         public std::enable_shared_from_this<ServerCall> {
 public:
  using Inbound::unlink;  // from those that its connection's shard looks at; where it waits, Admission knows
  using Inbound::linked;

  /// @param caller  a hash of who calls
  ServerCall(Shard& shard, Answer answer, const Route& route, wire::RequestHead head, std::size_t caller);
  ~ServerCall() override;

  // What arrives, on the connection's loop.
  /// The headers have: a handler of a stream of requests starts. Gives whether it does.
  bool begin();
  std::size_t data(wire::Bytes bytes) override;
  std::size_t missing() const override { return broken_ || finished_ ? 0 : reader_.missing(); }
  void end_of_request() override;
  bool broken(const wire::HttpRule&) override { return false; }
  bool has_deadline() const override { return head_.timeout.has_value(); }
  void cancel() override;
  void gone() override;
  /// For the rest of its request, or for its only reply to be taken, it waits so long.
  void look(env::Time now) override;
  void drained() override { writable_.wake(); }
  /// Whether its client may make it shows only once more is known of that: before the handler runs.
  void settle_first(std::shared_ptr<const identity::Visitor> client) { unsettled_ = std::move(client); }
  void arrived(Arrival arrival) { arrival_ = std::make_unique<Arrival>(std::move(arrival)); }
  const Arrival* arrival() const { return arrival_.get(); }
  /// From here on the call owns itself, until `gone`: the session knows it by address only.
  void keep() { kept_ = shared_from_this(); }

  /// Cycles when it was queued, to know the queue's delay.
  std::uint64_t queued_at() const { return queued_at_; }
  std::string_view method_name() const { return route_.method->name; }
  /// Whether it is about the host itself.
  bool own() const { return route_.own; }
  ServerCall* as_call() override { return this; }
  /// A stream may live for ever, and what passes through a gateway has its limit where it goes to: they keep none.
  bool take_place() override;
  bool place_taken_back() { return std::exchange(has_place_, false); }
  /// For its turn.
  void wait() { waiting_ = shared_from_this(); }
  std::shared_ptr<Entrant> stop_waiting() override { return std::move(waiting_); }
  void go_in() override;
  void turned_away(Shed why, std::chrono::milliseconds come_again) override;
  bool movable() { return !answer_.unread().full() && route_.method->kind == internal::Kind::unary; }
  void move_to(fiber::Loop& runner) { runner_ = &runner; }
  void go_on() override { enqueue(); }
  /// Runs the handler to its end, on a fiber of `runner`.
  void run(fiber::Loop& runner);

  // What the method's thunk does, on the fiber.
  Result<bool> read(google::protobuf::MessageLite& into) override;
  Result<void> write(const google::protobuf::MessageLite& message) override;

 private:
  Error more_than_one() const;
  void enqueue();
  wire::Encoding encoding(std::uint8_t flag) const;
  Result<void> serve(Call& call);
  Result<void> wait_for_message();
  void give_credit();
  void finished(Result<void> status, const Metadata& headers, const Metadata& trailers);
  void send_end(const Result<void>& status, const Metadata& headers, const Metadata& trailers);
  std::size_t take(wire::Bytes bytes);
  Result<void> send_streaming(std::string message);
  void refuse(const Error& error);
  void give_up(const Error& why);
  bool hold_back();
  void owe(std::size_t bytes);
  void look_at_waiting(env::Time now);
  void look_at_request(env::Time now);
  void look_at_reply(env::Time now);

  Shard& shard_;
  fiber::Loop& home_;
  Answer answer_;
  Route route_;
  wire::RequestHead head_;
  env::Time deadline_;
  wire::MessageReader reader_;
  wire::Credit credit_;
  std::shared_ptr<const identity::Visitor> unsettled_;  ///< mostly null
  std::unique_ptr<Arrival> arrival_;   ///< if its route wants it
  std::unique_ptr<TextRequest> text_;  ///< if the request is in gRPC-Web's text form
  std::optional<Error> broken_;  ///< why no more of the request can be read
  std::string reply_;           ///< an only reply, prefixed, until the end
  wire::Encoding stated_ = wire::Encoding::identity;  ///< in the response headers
  fiber::Waiter readable_;
  fiber::Waiter writable_;
  std::uint64_t arrived_at_;
  std::uint64_t queued_at_ = 0;
  internal::RootCall* running_ = nullptr;  ///< on the runner's loop, while the handler runs
  fiber::Loop* runner_ = nullptr;          ///< set on the home loop before the call moves or runs
  std::shared_ptr<ServerCall> kept_;
  std::shared_ptr<ServerCall> waiting_;
  HeldBack held_{*this};
  std::size_t owed_ = 0;          ///< what it added to the connection's unread bytes
  std::size_t unread_ = 0;        ///< bytes of the reply that waited when it was looked at last
  env::Time unread_since_{};
  std::atomic<bool> cancelled_{false};
  bool replied_ = false;
  bool headers_sent_ = false;
  bool finished_ = false;
  bool gone_ = false;
  bool queued_ = false;
  bool has_place_ = false;
  bool request_ended_ = false;
};

}  // namespace holon::server
