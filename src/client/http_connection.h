// HttpConnection: one connection of one loop to an HTTP/1.1 server, from connect to its end. Known to http_peer.h and http.h.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/http_limits.h"
#include "env/reactor.h"
#include "fiber/loop.h"
#include "fiber/waiter.h"
#include "holon/call.h"
#include "wire/http1_client.h"

namespace holon::client {

/// The head of a response.
struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, those of the framing left out
  std::optional<std::uint64_t> content_length;               ///< what it announces, also where it has no body (HEAD, 304)

  /// The first value of `name`, or empty.
  std::string_view header(std::string_view name) const;
};

class HttpConnection final : private env::Watcher, private fiber::TurnEnd, private wire::Http1ClientEvents {
 public:
  /// @param stream  on its way, or connected
  /// @param name    of the server, for people
  /// @param limits  outlive it
  HttpConnection(fiber::Loop& loop, std::unique_ptr<env::Stream> stream, std::string name, const HttpLimits& limits);
  ~HttpConnection() override;

  /// Calls `heard` whenever bytes have come; it may not end the connection.
  void on_bytes(std::function<void()> heard) { on_bytes_ = std::move(heard); }
  /// Suspends until it is connected; UNAVAILABLE if that fails or takes longer than until `until`.
  Result<void> connected(Call& call, env::Time until);

  /// Begins a request; see Http1ClientConnection.
  Result<void> request(const wire::Http1RequestHead& head);
  /// Suspends while too much is unsent. UNAVAILABLE if the connection is over.
  Result<void> write(Call& call, std::string_view bytes);
  /// After the last piece of a request; after 101, it ends our direction.
  Result<void> end();

  /// The next head: informational ones (1xx), then the response's.
  Result<HttpResponse> response(Call& call);
  /// The next piece of the response, never empty; nothing at the end.
  Result<std::optional<std::string>> read(Call& call);
  const wire::Http1Trailers& trailers() const { return trailers_; }

  /// Whether the response is complete and another request may follow.
  bool reusable() const;
  /// Whether the server has left since, or said something: looks at the socket, too.
  bool stale();
  /// Whoever waits on it gets `why`, and the connection closes.
  void give_up(const Error& why) { broke(why); }
  /// How long it may stay idle.
  env::Duration idle_time() const { return idle_time_; }
  /// Whether it has had a request.
  bool used() const { return used_; }
  /// Whether a byte has come since the request began.
  bool heard() const { return heard_; }
  /// Whether the response is complete, perhaps before the request is.
  bool answered() const { return complete_; }

  env::Time idle_since{};  ///< its pool's business

 private:
  void ready(bool readable, bool writable) override;
  void turn_ended() override;
  void informational(int status, wire::Headers headers) override;
  void response_head(const wire::Http1Response& response) override;
  void response_body(wire::Bytes bytes) override;
  void response_end(const wire::Http1Trailers& trailers) override;
  void failed(std::string_view why) override;

  void touch() { loop_.defer(*this); }
  void read_stream();
  void write_stream();
  void refuse_to_write();
  void broke(const Error& why);
  void note_keep_alive(wire::Headers headers);
  std::size_t unsent() const { return out_.size() - out_start_ + http_.unsent(); }
  Result<void> wait(Call& call, fiber::Waiter*& place);

  fiber::Loop& loop_;
  std::unique_ptr<env::Stream> stream_;  ///< null once all is over
  const std::string name_;
  const HttpLimits& limits_;
  std::function<void()> on_bytes_;
  wire::Http1ClientConnection http_;
  std::string out_;            ///< gathered, not written yet from out_start_ on
  std::size_t out_start_ = 0;
  bool connected_ = false;
  bool readable_ = false;      ///< maybe: an edge has come and was not used up
  bool blocked_ = true;        ///< the stream takes no more just now
  bool unwritable_ = false;    ///< the server has closed its side for what we write
  bool ending_ = false;        ///< our direction ends when all is written
  std::optional<Error> broken_;

  // The response under way.
  std::deque<HttpResponse> heads_;  ///< come, not asked for yet; bounded by Http1ClientLimits::informational_max
  std::string unread_;
  wire::Http1Trailers trailers_;
  bool used_ = false;
  bool heard_ = false;
  bool complete_ = false;
  env::Duration idle_time_;

  fiber::Waiter* reading_ = nullptr;  ///< for a head, a piece, the end, or to be connected
  fiber::Waiter* writing_ = nullptr;
};

}  // namespace holon::client
