// ServerExchange: the exchange that a connection makes of a request for the HttpHandler, whichever HTTP carries it. The handler
// runs on a fiber of the connection's loop; what of the body it has not read is bounded by the stream's window.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fiber/waiter.h"
#include "server/entrant.h"
#include "server/guest.h"
#include "server/http_exchange.h"
#include "server/inbound.h"
#include "server/unread.h"

namespace holon::server {

class Shard;

class ServerExchange final : public HttpExchange,
                             public Inbound,
                             public Entrant,
                             public std::enable_shared_from_this<ServerExchange> {
 public:
  /// @param expects_continue  the client waits to be told that its body is wanted
  ServerExchange(Shard& shard, std::shared_ptr<Transport> transport, wire::StreamId stream, HttpRequest request,
                 bool expects_continue);

  using Inbound::linked;
  using Inbound::unlink;  // from those that its connection's shard looks at; where it waits, Admission knows

  /// The handler begins when it is its turn, as a call's does; not before the client has taken other replies, if too many wait for
  /// it. Calls of the shard are counted with it until the handler is through.
  void start();
  std::shared_ptr<Entrant> stop_waiting() override { return std::move(waiting_); }
  void go_in() override { run(); }
  void turned_away(Shed why, std::chrono::milliseconds come_again) override;

  const HttpRequest& request() const override { return request_; }
  env::Time arrived() const override { return arrived_; }
  Result<std::optional<std::string>> read(Call& call) override;
  void limit_body(std::uint64_t bytes_max) override { body_bytes_max_ = bytes_max; }
  Result<void> respond(int status, wire::Headers headers, std::string body) override;
  void inform(int status, wire::Headers headers) override;
  Result<void> begin(int status, wire::Headers headers, std::optional<std::uint64_t> length) override;
  Result<void> write(Call& call, std::string bytes) override;
  void end(wire::Headers trailers) override;
  void abort() override;
  bool begun() const override { return begun_; }
  Result<void> switch_protocols(wire::Headers headers) override;

  std::size_t data(wire::Bytes bytes) override;
  void end_of_request() override;
  bool broken(const wire::HttpRule& rule) override;
  void cancel() override;
  void gone() override;
  void drained() override { writable_.wake(); }
  void look(env::Time now) override;
  void go_on() override;

 private:
  void watch(internal::RootCall* call) override;

  void run();
  void answer_in_place_of_handler(int status, std::string_view why, wire::Headers more);
  void handled();
  Error too_large() const;
  Error slow_body();
  Result<void> wait_for_body(Call& call);
  Result<void> wait_for_reader(Call& call);
  void cut_off(std::string_view rule);
  void owe();

  Shard& shard_;
  std::shared_ptr<Transport> transport_;
  const wire::StreamId stream_;
  const HttpRequest request_;
  const env::Time arrived_;
  std::uint64_t body_bytes_max_;
  std::string body_;                  ///< what came and was not read
  std::uint64_t read_bytes_ = 0;
  std::optional<Error> broken_;       ///< why no more of the body can be read
  std::optional<std::uint64_t> left_; ///< of the answer's body, if its length was given
  fiber::Waiter readable_;
  fiber::Waiter writable_;
  internal::RootCall* watched_ = nullptr;
  std::shared_ptr<ServerExchange> kept_;
  std::shared_ptr<ServerExchange> waiting_;  ///< for its turn
  HeldBack held_{*this};
  std::size_t owed_ = 0;    ///< what it added to the connection's unread bytes
  std::size_t unread_ = 0;  ///< bytes of the answer that waited when it was looked at last
  env::Time unread_since_{};
  bool continue_due_;        ///< the client waits for 100
  bool request_ended_ = false;
  bool begun_ = false;
  bool bodiless_ = false;    ///< the answer goes without its body
  bool ended_ = false;       ///< the answer is complete, or cut off
  bool switched_ = false;
  bool handled_ = false;     ///< the handler is through
  bool gone_ = false;
};

}  // namespace holon::server
