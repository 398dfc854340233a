#include "gateway/proxy/proxy_request.h"

#include <algorithm>

#include "client/http_verdict.h"
#include "fiber/call.h"
#include "gateway/problem.h"
#include "gateway/proxy/tunnel.h"
#include "gateway/proxy/websocket.h"
#include "gateway/transcode/answers.h"
#include "holon/generated.h"
#include "holon/task.h"
#include "telemetry/metrics.h"
#include "telemetry/refusals.h"

namespace holon::gateway {
namespace {

/// A body up to this is sent before the answer is looked at; a longer one, or one of unknown length, beside it.
constexpr std::uint64_t short_body_bytes_max = 64 << 10;

/// What it is counted as; the client's own errors are not the service's.
Code code_of_answer(int status) { return status >= 500 ? code_of_http(status) : Code::ok; }

/// Such requests change nothing, however often they are made (RFC 9110, 9.2.1). DELETE, made twice, is answered in two ways.
bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

using Answer = std::optional<Result<client::HttpResponse>>;

bool given(const Answer& answer) { return answer && answer->ok(); }
bool good(const Answer& answer) {
  return given(answer) && (*answer)->status < 500 && !client::failure_of((*answer)->status, (*answer)->header("retry-after"));
}

bool goes_on(int status) { return status == 103; }  // 100 and 102 are between a server and its next client (RFC 9110, 15.2)

}  // namespace

ProxyRequest::ProxyRequest(const Proxy& proxy, Visit& visit)
    : proxy_(proxy),
      visit_(visit),
      loop_(*fiber::Loop::current()),
      allowed_(visit.call().deadline() - loop_.now()),
      websocket_(asks_for_websocket(visit.request())),
      headers_(visit, proxy.to_),
      attempts_(proxy.upstreams_->terms(), proxy.upstreams_->budget(), proxy.edge_) {}

void ProxyRequest::run() {
  if (websocket_) {
    if (auto wrong = check_handshake(visit_.request()); !wrong.empty()) {
      return visit_.problem(400, invalid_argument(std::string(wrong)));
    }
  }
  if (auto target = proxy_target(visit_.request().target, proxy_.to_.strip_prefix, ""); !target.ok()) {
    return visit_.problem(target.error());
  }
  const env::Time began = loop_.now();
  proxy_.upstreams_->budget().called();
  while (const Pause pause = attempt()) {
    fiber::Waiter waiter;
    const fiber::Wake how = waiter.wait(loop_.now() + *pause, &internal::CallAccess::scope(visit_.call()));
    if (how == fiber::Wake::cancelled) {
      unreachable(cancelled("the client has gone"));
      break;
    }
  }
  if (proxy_.edge_) telemetry::record(*proxy_.edge_, result_, static_cast<std::uint64_t>((loop_.now() - began).count()));
}

ProxyRequest::Pause ProxyRequest::attempt() {
  Result<client::HttpTransfer> transfer = send();
  if (!transfer.ok()) {
    unreachable(transfer.error());
    return {};
  }
  attempts_.began();
  return send_body_and_answer(*transfer);
}

// ---- the request ----------------------------------------------------------------------------------------------------

Result<client::HttpTransfer> ProxyRequest::send() {
  Upstreams& upstreams = *proxy_.upstreams_;
  const env::Time began = loop_.now();
  for (std::size_t tried = 1;; ++tried) {
    Upstreams::Choice choice = HOLON_TRY(upstreams.choose(visit_.call(), server_.get()));
    Result<client::HttpTransfer> sent = send_to(std::move(choice));
    if (sent.ok() || sent.code() == Code::invalid_argument || !visit_.call().check().ok()) return sent;
    if (tried < upstreams.count()) continue;
    if (!upstreams.another_turn(visit_.call(), began)) return sent;
    tried = 0;
  }
}

Result<client::HttpTransfer> ProxyRequest::send_to(Upstreams::Choice choice) {
  target_ = HOLON_TRY(proxy_target(visit_.request().target, proxy_.to_.strip_prefix, choice.server->base));
  server_ = std::move(choice.server);
  if (choice.far && proxy_.edge_) telemetry::record_far(*proxy_.edge_);
  return client::HttpClient::send(visit_.call(), server_->peer(), head_for(*server_, target_));
}

wire::Http1RequestHead ProxyRequest::head_for(const Upstreams::Server& server, const std::string& target) const {
  const server::HttpRequest& request = visit_.request();
  return {.method = request.method,
          .target = target,
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

ProxyRequest::Pause ProxyRequest::send_body_and_answer(client::HttpTransfer& transfer) {
  if (has_long_body()) {
    may_take_long();
    TaskGroup group(visit_.call());
    group.spawn([&](Call& branch) { return send_body_beside(branch, transfer); });
    return answer(transfer);
  }
  if (visit_.request().has_body) {
    if (auto sent = send_body(visit_.call(), transfer); !sent.ok()) {
      body_error_ = sent.error();
      broken(sent.error());
      return {};
    }
  }
  return answer(transfer);
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

ProxyRequest::Pause ProxyRequest::answer(client::HttpTransfer& transfer) {
  if (hedges(transfer)) return answer_hedged(transfer);
  Result<client::HttpResponse> response = final_response(visit_.call(), transfer, *server_, true);
  answering_.wake();
  return answer(transfer, std::move(response));
}

ProxyRequest::Pause ProxyRequest::answer(client::HttpTransfer& transfer, Result<client::HttpResponse> response) {
  if (const Pause pause = before_another(transfer, response)) return pause;
  if (!response.ok()) {
    broken(response.error());
  } else if (response->status == 101) {
    switch_protocols(transfer, *std::move(response));
  } else {
    may_take_long();
    carry_answer(transfer, *std::move(response));
  }
  return {};
}

ProxyRequest::Pause ProxyRequest::before_another(const client::HttpTransfer& transfer,
                                                 const Result<client::HttpResponse>& response) {
  const std::optional<client::Failure> failure = failure_of(transfer, response);
  // Who is to wait for longer waits better himself: the answer says for how long.
  if (!failure || failure->push_back > proxy_.upstreams_->terms().retry_wait_most) return {};
  return attempts_.before_next(*failure, transfer.harmless(),
                               {loop_.now(), visit_.call().deadline(), loop_.environment().random()});
}

/// How an attempt failed that another may make good: the server says so, or has gone without a word (RFC 9110, 9.2.2).
std::optional<client::Failure> ProxyRequest::failure_of(const client::HttpTransfer& transfer,
                                                        const Result<client::HttpResponse>& response) {
  if (response.ok()) return client::failure_of(response->status, response->header("retry-after"));
  const bool gone = response.code() == Code::unavailable && transfer.repeatable() && proxy_.upstreams_->has_others();
  if (!gone || std::exchange(gone_elsewhere_, true)) return {};
  return client::Failure{.code = Code::unavailable};
}

Result<client::HttpResponse> ProxyRequest::final_response(Call& call, client::HttpTransfer& transfer,
                                                          const Upstreams::Server& server, bool alone) {
  const auto may_leave = [this, &server] {
    const bool may = !gone_elsewhere_ && proxy_.upstreams_->others_reachable(server) && attempts_.pay_ahead(loop_.now());
    if (may) left_.push_back(&server);
    return may;
  };
  for (;;) {
    client::HttpResponse response = HOLON_TRY(transfer.response(call, may_leave));
    if (response.status >= 200 || response.status == 101) return response;
    if (!goes_on(response.status) || !alone) continue;  // of two, nobody knows yet whose answer follows
    const int status = response.status;
    visit_.inform(status, proxy_response_headers(std::move(response), visit_.route(), server_->origin, {}));
  }
}

// ---- an attempt beside the first, as client/unary.cc has it for gRPC ------------------------------------------------

bool ProxyRequest::hedges(const client::HttpTransfer& transfer) const {
  return proxy_.upstreams_->terms().hedges_max > 0 && transfer.harmless() && is_safe(visit_.request().method) && !websocket_;
}

ProxyRequest::Pause ProxyRequest::answer_hedged(client::HttpTransfer& first) {
  Hedge hedge;
  Result<client::HttpResponse> response = first_answer(first, hedge);
  if (!hedge.transfer) return answer(first, std::move(response));
  first.leave();
  server_ = hedge.server;
  return answer(*hedge.transfer, std::move(response));
}

Result<client::HttpResponse> ProxyRequest::first_answer(client::HttpTransfer& first, Hedge& hedge) {
  Answer of_first, of_hedge;
  bool hedge_wins = false;
  {
    fiber::Waiter progress;
    TaskGroup group(visit_.call());  // its end cancels the attempt that is of no use any more
    const auto ask = [&](Answer& answer, auto attempt) {
      group.spawn([&answer, &progress, attempt](Call& branch) -> Result<void> {
        try {
          answer.emplace(attempt(branch));
        } catch (...) {
          answer.emplace(internal::error_of_current_exception());  // or nobody would be woken
        }
        progress.wake();
        return {};
      });
    };
    ask(of_first, [&](Call& branch) { return final_response(branch, first, *server_, false); });
    const env::Time began = loop_.now();
    env::Time due = began + proxy_.upstreams_->terms().hedge_after;
    const auto over = [&] {
      const bool both = of_first && (of_hedge || hedge.server == nullptr);
      return both || good(of_first) || good(of_hedge);
    };
    while (!over()) {
      if (progress.wait(due) != fiber::Wake::late) continue;  // both end when the visit's call does
      due = env::Time::max();
      if (may_begin(hedge)) {
        ask(of_hedge, [&](Call& branch) { return ask_beside(branch, hedge); });
      } else {
        due = loop_.now() + (loop_.now() - began);
      }
    }
    hedge_wins = good(of_hedge) ? !good(of_first) : given(of_hedge) && !given(of_first);
  }
  // Whose failure is not what follows goes by that: it may be the request that ends servers.
  const auto lost = [&](const Answer& answer, const Upstreams::Server* server) {
    return answer && answer->code() == Code::unavailable && std::ranges::find(left_, server) == left_.end();
  };
  if (hedge_wins ? lost(of_first, server_.get()) : hedge.transfer && lost(of_hedge, hedge.server.get())) gone_elsewhere_ = true;
  if (hedge_wins) return *std::move(of_hedge);
  hedge.transfer.reset();
  return *std::move(of_first);
}

bool ProxyRequest::may_begin(Hedge& hedge) {
  if (gone_elsewhere_ || !attempts_.left()) return false;
  std::optional<Upstreams::Choice> other = proxy_.upstreams_->choose_other(*server_);
  if (!other) return false;
  Result<std::string> target = proxy_target(visit_.request().target, proxy_.to_.strip_prefix, other->server->base);
  if (!target.ok() || !attempts_.spend(loop_.now())) return false;
  if (proxy_.edge_) telemetry::record(*proxy_.edge_, telemetry::Repeat::hedge);
  if (other->far && proxy_.edge_) telemetry::record_far(*proxy_.edge_);
  attempts_.began();
  hedge.server = std::move(other->server);
  hedge.target = *std::move(target);
  return true;
}

Result<client::HttpResponse> ProxyRequest::ask_beside(Call& branch, Hedge& hedge) {
  hedge.transfer.emplace(
      HOLON_TRY(client::HttpClient::send(branch, hedge.server->peer(), head_for(*hedge.server, hedge.target))));
  return final_response(branch, *hedge.transfer, *hedge.server, false);
}

void ProxyRequest::carry_answer(client::HttpTransfer& transfer, client::HttpResponse response) {
  const int status = response.status;
  result_ = code_of_answer(status);
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
  result_ = why.code();
  if (why.code() == Code::cancelled) return visit_.problem(why);
  if (why.code() == Code::invalid_argument) return visit_.problem(400, why);
  telemetry::refused("gateway.upstream_unreachable", why.message(), loop_.now());
  if (why.code() == Code::deadline_exceeded) {
    return visit_.problem(504, deadline_exceeded("no connection to the server behind this route was to be had in time"));
  }
  visit_.problem(503, unavailable("the server behind this route cannot be reached"));
}

void ProxyRequest::broken(const Error& why) {
  result_ = body_error_ ? Code::cancelled : why.code();
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
