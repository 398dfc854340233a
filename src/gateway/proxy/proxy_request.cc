#include "gateway/proxy/proxy_request.h"

#include "fiber/call.h"
#include "gateway/proxy/tunnel.h"
#include "gateway/proxy/websocket.h"
#include "gateway/transcode/answers.h"
#include "holon/task.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

/// A body up to this is sent before the answer is looked at; a longer one, or one of unknown length, beside it.
constexpr std::uint64_t short_body_bytes_max = 64 << 10;

bool goes_on(int status) { return status == 103; }  // 100 and 102 are between a server and its next client (RFC 9110, 15.2)

}  // namespace

ProxyRequest::ProxyRequest(const Proxy& proxy, Visit& visit)
    : proxy_(proxy),
      visit_(visit),
      loop_(*fiber::Loop::current()),
      allowed_(visit.call().deadline() - loop_.now()),
      websocket_(asks_for_websocket(visit.request())),
      headers_(visit, proxy.to_) {}

void ProxyRequest::run() {
  if (websocket_) {
    if (auto wrong = check_handshake(visit_.request()); !wrong.empty()) {
      return visit_.problem(400, invalid_argument(std::string(wrong)));
    }
  }
  if (auto target = proxy_target(visit_.request().target, proxy_.to_.strip_prefix, ""); !target.ok()) {
    return visit_.problem(target.error());
  }
  Result<client::HttpTransfer> transfer = send();
  transfer.ok() ? send_body_and_answer(*transfer) : unreachable(transfer.error());
}

// ---- the request ----------------------------------------------------------------------------------------------------

Result<client::HttpTransfer> ProxyRequest::send() {
  const env::Time began = loop_.now();
  for (;;) {
    const Upstreams::Servers turn = HOLON_TRY(proxy_.upstreams_->in_turn(visit_.call()));
    Error last = unavailable("there is no server");
    for (const auto& server : turn) {
      Result<client::HttpTransfer> sent = send_to(server);
      if (sent.ok()) return sent;
      last = sent.error();
      if (last.code() == Code::invalid_argument || !visit_.call().check().ok()) return last;
    }
    if (!proxy_.upstreams_->another_turn(visit_.call(), began)) return last;
  }
}

Result<client::HttpTransfer> ProxyRequest::send_to(std::shared_ptr<Upstreams::Server> server) {
  target_ = HOLON_TRY(proxy_target(visit_.request().target, proxy_.to_.strip_prefix, server->base));
  server_ = std::move(server);
  Result<client::HttpTransfer> sent = proxy_.http_->send(visit_.call(), server_->origin, head_for(*server_));
  const bool busy = sent.code() == Code::resource_exhausted || sent.code() == Code::invalid_argument;
  if (!sent.ok() && !busy && visit_.call().check().ok()) server_->failed(loop_.now());
  return sent;
}

wire::Http1RequestHead ProxyRequest::head_for(const Upstreams::Server& server) const {
  const server::HttpRequest& request = visit_.request();
  return {.method = request.method,
          .target = target_,
          .authority = proxy_.to_.keep_host ? std::string_view(request.authority) : server.authority,
          .headers = headers_.views(),
          .has_body = request.has_body,
          .length = request.content_length,
          .upgrade = websocket_ ? "websocket" : ""};
}

bool ProxyRequest::has_long_body() const {
  const server::HttpRequest& request = visit_.request();
  return request.has_body && request.content_length.value_or(short_body_bytes_max + 1) > short_body_bytes_max;
}

void ProxyRequest::may_take_long() {
  if (!visit_.route().timeout) visit_.extend(proxy_.stream_time_);
}

void ProxyRequest::send_body_and_answer(client::HttpTransfer& transfer) {
  if (has_long_body()) {
    may_take_long();
    TaskGroup group(visit_.call());
    group.spawn([&](Call& branch) { return send_body_beside(branch, transfer); });
    return answer(transfer);
  }
  if (visit_.request().has_body) {
    if (auto sent = send_body(visit_.call(), transfer); !sent.ok()) return refuse_body(visit_, sent.error());
  }
  answer(transfer);
}

/// An error is the client's. A server that takes no more of it may have answered why.
Result<void> ProxyRequest::send_body(Call& call, client::HttpTransfer& transfer) {
  while (!transfer.answered()) {
    const std::optional<std::string> piece = HOLON_TRY(visit_.read());
    if (!piece) return transfer.end();
    if (!transfer.write(call, *piece).ok()) break;
  }
  return {};
}

Result<void> ProxyRequest::send_body_beside(Call& branch, client::HttpTransfer& transfer) {
  if (auto sent = send_body(branch, transfer); !sent.ok()) {
    body_error_ = sent.error();
    transfer.give_up(sent.error());
    return sent;
  }
  if (answering_.wait(loop_.now() + allowed_, &internal::CallAccess::scope(branch)) == fiber::Wake::late) {
    transfer.give_up(deadline_exceeded("the server took the request and did not answer in time"));
  }
  return {};
}

// ---- the answer -----------------------------------------------------------------------------------------------------

void ProxyRequest::answer(client::HttpTransfer& transfer) {
  Result<client::HttpResponse> response = final_response(transfer);
  answering_.wake();
  if (!response.ok()) return may_go_elsewhere(transfer, response.error()) ? go_elsewhere() : broken(response.error());
  server_->answered();
  if (response->status == 101) return switch_protocols(transfer, *std::move(response));
  may_take_long();
  carry_answer(transfer, *std::move(response));
}

/// A server that has gone without a word: whoever asks for the same again gets the same (RFC 9110, 9.2.2).
bool ProxyRequest::may_go_elsewhere(const client::HttpTransfer& transfer, const Error& why) const {
  return why.code() == Code::unavailable && transfer.repeatable() && proxy_.upstreams_->has_others() && !gone_elsewhere_;
}

void ProxyRequest::go_elsewhere() {
  gone_elsewhere_ = true;
  server_->failed(loop_.now());
  Result<client::HttpTransfer> other = send();
  other.ok() ? answer(*other) : unreachable(other.error());
}

Result<client::HttpResponse> ProxyRequest::final_response(client::HttpTransfer& transfer) {
  for (;;) {
    client::HttpResponse response = HOLON_TRY(transfer.response(visit_.call()));
    if (response.status >= 200 || response.status == 101) return response;
    if (!goes_on(response.status)) continue;
    const int status = response.status;
    visit_.inform(status, proxy_response_headers(std::move(response), visit_.route(), server_->origin, {}));
  }
}

void ProxyRequest::carry_answer(client::HttpTransfer& transfer, client::HttpResponse response) {
  const int status = response.status;
  const std::optional<std::uint64_t> length = response.content_length;
  visit_.begin(status,
               proxy_response_headers(std::move(response), visit_.route(), server_->origin, proxy_.to_.strip_prefix), length);
  for (;;) {
    Result<std::optional<std::string>> piece = transfer.read(visit_.call());
    if (!piece.ok()) return broken(piece.error());
    if (!*piece) return visit_.end(proxy_trailers(transfer.trailers()));
    if (!visit_.write(**std::move(piece)).ok()) return;  // the client has gone; leaving tells the server
  }
}

void ProxyRequest::switch_protocols(client::HttpTransfer& transfer, client::HttpResponse response) {
  if (auto wrong = check_switch(visit_.request(), response); !wrong.empty()) return broken(unavailable(std::string(wrong)));
  may_take_long();
  const HeaderList headers = proxy_response_headers(std::move(response), visit_.route(), server_->origin, {});
  if (visit_.switch_protocols(headers).ok()) Tunnel(visit_, transfer).run();
}

// ---- what fails -----------------------------------------------------------------------------------------------------

/// Nothing was sent. The client is told what happened, not where: addresses are nobody's business outside.
void ProxyRequest::unreachable(const Error& why) {
  if (why.code() == Code::cancelled) return visit_.problem(why);
  if (why.code() == Code::invalid_argument) return visit_.problem(400, why);
  telemetry::refused("gateway.upstream_unreachable", why.message(), loop_.now());
  if (why.code() == Code::deadline_exceeded) {
    return visit_.problem(504, deadline_exceeded("no connection to the server behind this route was to be had in time"));
  }
  visit_.problem(503, unavailable("the server behind this route cannot be reached"));
}

void ProxyRequest::broken(const Error& why) {
  if (body_error_) return refuse_body(visit_, *body_error_);
  if (why.code() == Code::cancelled) return visit_.problem(why);
  if (why.code() == Code::deadline_exceeded) {
    telemetry::refused("gateway.upstream_late", server_->origin.to_string(), loop_.now());
    return visit_.problem(504, deadline_exceeded("the server behind this route did not answer in time"));
  }
  telemetry::refused("gateway.upstream_broken", why.message(), loop_.now());
  visit_.problem(502, unavailable("the server behind this route gave no proper answer"));
}

}  // namespace holon::gateway
