// ProxyRequest: one request on its way through a Proxy. Known to proxy.cc alone.
#pragma once

#include <optional>
#include <string>

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
  /// To the first server that can be reached.
  Result<client::HttpTransfer> send();
  Result<client::HttpTransfer> send_to(std::shared_ptr<Upstreams::Server> server);
  wire::Http1RequestHead head_for(const Upstreams::Server& server) const;

  void send_body_and_answer(client::HttpTransfer& transfer);
  Result<void> send_body(Call& call, client::HttpTransfer& transfer);
  Result<void> send_body_beside(Call& branch, client::HttpTransfer& transfer);
  void answer(client::HttpTransfer& transfer);
  bool may_go_elsewhere(const client::HttpTransfer& transfer, const Error& why) const;
  void go_elsewhere();
  Result<client::HttpResponse> final_response(client::HttpTransfer& transfer);
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
  std::shared_ptr<Upstreams::Server> server_;
  bool gone_elsewhere_ = false;      ///< once: it may be the request that ends servers
  std::optional<Error> body_error_;  ///< the client's body could not be read
  fiber::Waiter answering_;          ///< woken when the answer begins
};

}  // namespace holon::gateway
