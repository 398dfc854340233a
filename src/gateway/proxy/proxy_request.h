// ProxyRequest: one request on its way through a Proxy. Known to proxy.cc alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/attempts.h"
#include "fiber/waiter.h"
#include "gateway/proxy/proxy.h"
#include "gateway/proxy/proxy_headers.h"

namespace holon::gateway {

class ProxyRequest {
 public:
  ProxyRequest(const Proxy& proxy, Visit& visit);
  /// Answers the visit.
  void run();

 private:
  using Pause = std::optional<env::Duration>;

  /// Answers the visit, or gives the time until another attempt is due.
  Pause attempt();
  /// To the first server that can be reached.
  Result<client::HttpTransfer> send();
  Result<client::HttpTransfer> send_to(Upstreams::Choice choice);
  /// @param target  of the request there; lives until the answer has begun, as server_ does
  wire::Http1RequestHead head_for(const Upstreams::Server& server, const std::string& target) const;

  Pause send_body_and_answer(client::HttpTransfer& transfer);
  Result<void> send_body(Call& call, client::HttpTransfer& transfer);
  Result<void> send_body_beside(Call& branch, client::HttpTransfer& transfer);
  Pause answer(client::HttpTransfer& transfer);
  Pause answer(client::HttpTransfer& transfer, Result<client::HttpResponse> response);
  Pause before_another(const client::HttpTransfer& transfer, const Result<client::HttpResponse>& response);
  std::optional<client::Failure> failure_of(const client::HttpTransfer& transfer, const Result<client::HttpResponse>& response);
  /// @param server  where it is asked for
  /// @param alone   no other attempt is made beside it: what comes before it is passed on
  Result<client::HttpResponse> final_response(Call& call, client::HttpTransfer& transfer, const Upstreams::Server& server, bool alone);

  /// A second attempt beside the first.
  struct Hedge {
    std::shared_ptr<const Upstreams::Server> server;
    std::string target;
    std::optional<client::HttpTransfer> transfer;
  };
  bool hedges(const client::HttpTransfer& transfer) const;
  Pause answer_hedged(client::HttpTransfer& first);
  /// The first good answer; the other attempt is cancelled. If there is none, one that was given at all.
  /// @param hedge  has no transfer if it is the first attempt's
  Result<client::HttpResponse> first_answer(client::HttpTransfer& first, Hedge& hedge);
  /// Whether it may be made now: there is another server, and it is paid for.
  bool may_begin(Hedge& hedge);
  Result<client::HttpResponse> ask_beside(Call& branch, Hedge& hedge);

  void carry_answer(client::HttpTransfer& transfer, client::HttpResponse response);
  void switch_protocols(client::HttpTransfer& transfer, client::HttpResponse response);

  bool has_long_body() const;
  void may_take_long();
  void unreachable(const Error& why);
  void broken(const Error& why);

  const Proxy& proxy_;
  Visit& visit_;
  fiber::Loop& loop_;
  const nanoseconds allowed_;       ///< for the server to begin its answer, once it has the request
  const bool websocket_;
  ProxyRequestHeaders headers_;
  std::string target_;
  client::Attempts attempts_;
  std::shared_ptr<const Upstreams::Server> server_;
  std::vector<const Upstreams::Server*> left_;  ///< since they were silent
  bool gone_elsewhere_ = false;      ///< once: it may be the request that ends servers
  Code result_ = Code::ok;           ///< what it is counted as
  std::optional<Error> body_error_;  ///< the client's body could not be read
  fiber::Waiter answering_;          ///< woken when the answer begins
};

}  // namespace holon::gateway
