// WebConnection: one client's HTTP/1.1 connection, on one loop: calls of gRPC-Web, and exchanges, one at a time. A body is read
// while its handler runs, and the answer may begin before it ends; whether a client can make use of that is its business.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/census.h"
#include "server/guest.h"
#include "server/http_request.h"
#include "server/inbound.h"
#include "wire/http1_link.h"

namespace holon::server {

class Shard;

class WebConnection final : public Transport, private wire::Http1LinkEvents {
 public:
  /// @param first  what was read of the stream already
  WebConnection(Shard& shard, std::unique_ptr<env::Stream> stream, Census::Seat seat, std::string first);
  ~WebConnection() override;

  void drain() override { link_.drain(); }
  void abort() override { link_.close(); }

  bool open(wire::StreamId request) override { return request == request_ && !answered_ && !link_.ended(); }
  void respond(wire::StreamId request, wire::Headers head) override;
  Result<void> begin(wire::StreamId request, int status, wire::Headers headers, std::optional<std::uint64_t> length,
                     bool end) override;
  void inform(wire::StreamId request, int status, wire::Headers headers) override;
  void send(wire::StreamId request, std::string bytes, bool end) override;
  void finish(wire::StreamId request, wire::Headers trailers) override;
  void break_off(wire::StreamId request) override;
  Result<void> switch_protocols(wire::StreamId request, wire::Headers headers) override;
  std::size_t unsent(wire::StreamId request) override { return request == request_ ? link_.unsent() : 0; }
  void consumed(wire::StreamId request, std::size_t bytes) override;
  void cut_off(wire::StreamId request, std::string_view rule) override;

 private:
  void request_head(const wire::Http1Request& request) override;
  void request_body(wire::Bytes bytes) override;
  void request_end() override;
  bool refused(const wire::HttpRule& rule) override;
  void wrote() override;
  void peer_ended() override;
  void stalled() override;
  void ended() override;

  wire::Headers block_of(const wire::Http1Request& request);
  void begin_call(const wire::Http1Request& request, wire::Headers block);
  void begin_exchange(const wire::Http1Request& request);
  void answered();
  void let_go();

  Shard& shard_;
  const Client client_;
  Census::Seat seat_;
  std::vector<wire::HeaderView> block_;  ///< the request as HTTP/2 would have it
  std::shared_ptr<Inbound> inbound_;     ///< of the request under way
  wire::StreamId request_ = 0;           ///< its number
  std::size_t unused_ = 0;               ///< bytes of its body that were not used up
  bool answered_ = true;
  wire::Http1Link link_;
};

}  // namespace holon::server
