// HttpClient: calls HTTP/1.1 servers, on connections that each loop keeps.
//
//   client::HttpClient http(loops);
//   HttpAnswer keys = TRY(client::fetch(call, http, "https://id.example/keys"));            // all of it, in memory
//
//   client::HttpTransfer transfer = TRY(http.send(call, url.origin, {.method = "PUT", .target = url.target,
//                                                                    .authority = "x", .has_body = true}));
//   TRY(transfer.write(call, piece)); … TRY(transfer.end());                                // or in pieces, both ways
//   HttpResponse response = TRY(transfer.response(call));
//   while (std::optional<std::string> piece = TRY(transfer.read(call))) …
//
// All of it suspends the fiber, as long as its Call may take. Names are looked up by the system; all addresses are tried.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/http_peer.h"

namespace holon::client {

/// One request on its way, and its response. Of the fiber that sent it; one more may write while it reads. Destroying it before
/// the response is complete closes the connection, so that the server notices. What becomes of it is told to its HttpPeer.
class HttpTransfer {
 public:
  HttpTransfer(HttpTransfer&&) noexcept = default;
  HttpTransfer& operator=(HttpTransfer&&) = delete;
  ~HttpTransfer();

  // ---- the request's body, if it has one
  /// Suspends while the server is behind. UNAVAILABLE: it takes no more, but may answer.
  Result<void> write(Call& call, std::string_view bytes) { return connection_->write(call, bytes); }
  /// INVALID_ARGUMENT if the body is not as long as was said.
  Result<void> end();

  // ---- the response
  /// Its head. Before that, each time, an informational one (1xx but 101), if the server sends such. A request that can be
  /// repeated (RFC 9110, 9.2.2) and has no body is sent once more, on a fresh connection, if a kept one died before the first
  /// byte of an answer.
  /// @param may_leave  whether it can be sent to another server; asked while this one is silent, if the request can be repeated, and
  ///                   then UNAVAILABLE if so
  Result<HttpResponse> response(Call& call, const HttpPeer::MayLeave& may_leave = {});
  /// The next piece of the body, never empty; nothing at the end. After status 101 `read`, `write` and `end` carry the bytes of
  /// the other protocol.
  Result<std::optional<std::string>> read(Call& call) { return connection_->read(call); }
  /// What followed the body. Valid at its end.
  const wire::Http1Trailers& trailers() const { return connection_->trailers(); }
  /// Whoever waits on it, another fiber, gets `why`; the connection closes.
  void give_up(const Error& why) {
    if (connection_ != nullptr) connection_->give_up(why);
  }
  /// Nobody wants the response any more: the connection closes, and its place is another request's. Nothing else may follow.
  void leave();
  /// Whether the request can be sent more than once: its method is idempotent, and it has no body.
  bool harmless() const;
  /// Whether it may be sent anew: it is harmless, and no byte of an answer has come.
  bool repeatable() const;
  /// Whether the response is complete; what is still written of the request is thrown away then.
  bool answered() const { return connection_->answered(); }

 private:
  friend class HttpClient;
  HttpTransfer(std::shared_ptr<HttpPeer> peer, const wire::Http1RequestHead& head);
  Result<void> begin(Call& call, HttpPeer::Use use);
  void sent_whole();
  Result<HttpResponse> next_head(Call& call, const HttpPeer::MayLeave& may_leave);
  void judge(const Result<HttpResponse>& head);
  void judge(Outcome outcome);

  std::shared_ptr<HttpPeer> peer_;  ///< null once this was moved from
  wire::Http1RequestHead head_;
  std::unique_ptr<HttpConnection> connection_;
  bool kept_ = false;               ///< the connection had requests before
  bool judged_ = false;             ///< the peer knows what became of it
  std::optional<env::Time> sent_;   ///< when the request was, all of it
};

class HttpClient {
 public:
  /// @param loops  all that may call; they outlive it
  /// @param tls    for https; the system's authorities if it names none
  explicit HttpClient(std::vector<fiber::Loop*> loops, const HttpLimits& limits = {}, crypto::ClientTlsFiles tls = {});
  /// When no request is under way.
  ~HttpClient();

  /// Sends the head of a request by a connection of the calling loop. What `head` views must live until the response's head has
  /// come. Nothing was sent when this fails: with the call's end, UNAVAILABLE when there is no connection to be had,
  /// RESOURCE_EXHAUSTED when too many wait for one, INVALID_ARGUMENT for a head that would break the framing.
  Result<HttpTransfer> send(Call& call, const HttpOrigin& origin, const wire::Http1RequestHead& head);
  /// The same, to a server of the calling loop's.
  static Result<HttpTransfer> send(Call& call, const std::shared_ptr<HttpPeer>& peer, const wire::Http1RequestHead& head);
  /// What the calling loop knows of a server.
  Result<std::shared_ptr<HttpPeer>> peer(const HttpOrigin& origin);
  /// The calling loop forgets a server that is no more.
  void forget(const HttpOrigin& origin);

 private:
  struct Shard;
  Result<std::shared_ptr<crypto::ClientTls>> tls();

  crypto::ClientTlsFiles tls_files_;
  std::vector<std::unique_ptr<Shard>> shards_;  ///< by the loop's index
  std::mutex tls_mutex_;
  std::shared_ptr<crypto::ClientTls> tls_;  ///< made when first needed
};

struct FetchOptions {
  std::string_view method = "GET";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<std::string> body = {};
  std::size_t bytes_max = 1 << 20;  ///< of the response's body
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view header(std::string_view name) const;
};

/// Asks `url`, and gives all that is answered, whatever its status: redirects are not followed. RESOURCE_EXHAUSTED when that is
/// more than `bytes_max`.
Result<HttpAnswer> fetch(Call& call, HttpClient& http, std::string_view url, const FetchOptions& options = {});

}  // namespace holon::client
