// A server with a handler, and raw clients of it, by either HTTP. For tests.
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/http_peer.h"
#include "server/server.h"
#include "telemetry/refusals.h"

namespace holon::server {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Answers in the way that the test says.
class Handler final : public HttpHandler {
 public:
  std::function<void(HttpExchange&)> answer = [](HttpExchange& exchange) { EXPECT_TRUE(exchange.respond(200, {}, "ok").ok()); };
  int served = 0;

  void serve(HttpExchange& exchange) override {
    ++served;
    answer(exchange);
  }
  Refusal refuse(int status, std::string_view why) override {
    return {{{"content-type", "text/x-refusal"}}, std::to_string(status) + ": " + std::string(why)};
  }
};

/// The parameter: whether by HTTP/2.
class ExchangeTest : public testing::TestWithParam<bool> {
 protected:
  ~ExchangeTest() override {
    if (server_ != nullptr) server_->drain(env::os().now());
    ::unlink(where().host.c_str());
  }
  static env::Address where() {
    return *env::Address::parse("unix:" + testing::TempDir() + "holon_exchange_test_" + std::to_string(::getpid()));
  }
  void SetUp() override {
    for (const telemetry::Refusal& refusal : telemetry::refusals()) refused_before_[refusal.rule] = refusal.count;
  }
  HttpPeer& connect(const Limits& limits = {}) {
    if (server_ == nullptr) {
      server_ = std::make_unique<Server>(router_, std::vector<fiber::Loop*>{&loop_}, limits, &handler_);
      EXPECT_TRUE(server_->listen(where(), options_).ok());
    }
    return *peers_.emplace_back(std::make_unique<HttpPeer>(loop_, where(), GetParam()));
  }
  PeerAnswer ask(HttpPeer& peer, const std::string& method, const std::string& target, const HttpPeer::Fields& fields = {}) {
    peer.ask(method, target, fields);
    return complete(peer);
  }
  PeerAnswer complete(HttpPeer& peer) {
    EXPECT_TRUE(eventually([&] { return peer.answer().complete; })) << peer.raw().received();
    return peer.answer();
  }
  template <class Condition>
  bool eventually(Condition condition, env::Duration most = seconds(10)) {
    for (env::Time until = env::os().now() + most; env::os().now() < until;) {
      if (condition()) return true;
      turn();
    }
    return condition();
  }
  void turn(env::Duration time = milliseconds(1)) {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + time);
  }
  std::uint64_t refusals(std::string_view rule) {
    const auto before = refused_before_.find(rule);
    return telemetry::refusals_of(rule) - (before == refused_before_.end() ? 0 : before->second);
  }
  static bool http2() { return GetParam(); }

  fiber::Loop loop_{env::os(), 0};
  Router router_;
  ListenOptions options_;
  Handler handler_;
  std::map<std::string, std::uint64_t, std::less<>> refused_before_;
  std::unique_ptr<Server> server_;
  std::vector<std::unique_ptr<HttpPeer>> peers_;
};

}  // namespace holon::server
