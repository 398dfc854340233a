// ServerConnection: one client's HTTP/2 connection, on one loop.
#pragma once

#include <memory>
#include <optional>

#include "crypto/tls.h"
#include "fiber/list.h"
#include "fiber/loop.h"
#include "server/census.h"
#include "server/guest.h"
#include "server/http_request.h"
#include "wire/grpc.h"
#include "wire/link.h"

namespace holon::server {

class Inbound;
class Shard;

class ServerConnection final : public Transport, private wire::Http2Events {
 public:
  ServerConnection(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat);
  ~ServerConnection() override;
  /// Begins with what was read of the stream already.
  void take_over(wire::Bytes first) { link_.take_over(first); }

  /// The session of an open connection, or null. What is submitted is written at the turn's end.
  wire::Http2Session* session();
  wire::ResponseWriter& writer() { return writer_; }
  /// Graceful: the client is told, what has begun is finished, then the connection closes.
  void drain() override;
  void abort() override;

  bool open(wire::StreamId) override { return !link_.ended(); }
  void respond(wire::StreamId stream, wire::Headers head) override;
  void send(wire::StreamId stream, std::string bytes, bool end) override;
  std::size_t unsent(wire::StreamId stream) override { return link_.session().unsent(stream); }
  void consumed(wire::StreamId stream, std::size_t bytes) override;
  void cut_off(wire::StreamId stream, std::string_view rule) override;
  Result<void> begin(wire::StreamId stream, int status, wire::Headers headers, std::optional<std::uint64_t> length,
                     bool end) override;
  void inform(wire::StreamId stream, int status, wire::Headers headers) override;
  void finish(wire::StreamId stream, wire::Headers trailers) override;
  void break_off(wire::StreamId stream) override;
  Result<void> switch_protocols(wire::StreamId stream, wire::Headers headers) override;

 private:
  void headers(wire::StreamId stream, void* user, wire::Headers block, bool end) override;
  void data(wire::StreamId stream, void* user, wire::Bytes bytes, bool end) override;
  void reset(wire::StreamId, void* user, wire::Http2Code) override;
  void closed(wire::StreamId, void* user) override;
  void drained(wire::StreamId, void* user) override;
  void goaway(wire::StreamId, wire::Http2Code, std::string_view) override {}
  bool has_deadline(void* user) const override;
  void pong() override;
  void settings() override;
  void refused(std::string_view rule) override;

  void began(wire::StreamId stream, wire::Headers block, bool end);
  void began_call(wire::StreamId stream, wire::Headers block, bool end);
  void began_exchange(wire::StreamId stream, wire::Headers block, bool end);
  void belongs_to(wire::StreamId stream, Inbound& inbound);
  wire::Headers block_of(int status, wire::Headers headers, std::optional<std::uint64_t> length);
  void lost_call();
  void say_last_word();
  void time_is_up();
  void ended();

  Shard& shard_;
  wire::ResponseWriter writer_;
  const Client client_;
  Census::Seat seat_;
  std::string status_, length_;             ///< the texts that block_ views
  std::vector<wire::HeaderView> block_;    ///< of an exchange's answer
  std::size_t calls_ = 0;
  env::Time dead_at_ = env::Time::max();  ///< when it is closed whatever goes on, because of its age
  fiber::Timer timer_;                    ///< for its age, its last word, and that
  bool draining_ = false;
  bool last_word_said_ = false;
  wire::Link link_;
};

}  // namespace holon::server
