// The world of the pool's tests: two servers that may behave badly, and calls as a channel makes them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/fake_server.h"
#include "client/pool.h"
#include "client/reception.h"
#include "fiber/call.h"

namespace holon::client {

inline constexpr std::string_view service = "test.Service";

inline Limits quick() {
  Limits limits;
  limits.back_off_first = std::chrono::milliseconds(2);
  limits.back_off_most = std::chrono::milliseconds(20);
  return limits;
}

class PoolTest : public ::testing::Test {
 protected:
  PoolTest() { limit(quick()); }

  void limit(const Limits& limits) { pool_ = std::make_unique<Pool>(loop_, limits); }
  void point_to(std::vector<FakeServer*> servers, bool may_grow = false) {
    auto known = std::make_shared<Endpoints>();
    known->may_grow = may_grow;
    for (FakeServer* server : servers) known->services[std::string(service)].push_back(server->address);
    pool_->update(std::move(known));
  }

  Result<std::shared_ptr<Connection>> reach(Call& call, bool wait_for_ready = false) {
    Route route = HOLON_TRY(pool_->route(service, {call.deadline(), internal::CallAccess::scope(call), wait_for_ready}));
    return std::move(route.connection);
  }
  /// A call as a channel makes it, with a message of nothing.
  Result<void> ask(Call& call, bool wait_for_ready = false) {
    for (int i = 0;; ++i) {
      std::shared_ptr<Connection> connection = HOLON_TRY(reach(call, wait_for_ready));
      Reception reception(4 << 20);
      if (!reception.open(connection, headers_)) return internal_error("a usable connection took no stream");
      reception.send(std::string(5, '\0'), true);
      while (!reception.status()) {
        if (reception.wait(call.deadline(), internal::CallAccess::scope(call)) != fiber::Wake::woken) {
          return deadline_exceeded("no answer");
        }
      }
      if (reception.status()->ok() || !reception.unseen() || i == 2) return *reception.status();
    }
  }
  Result<void> ask(env::Duration timeout = std::chrono::seconds(5), bool wait_for_ready = false) {
    internal::RootCall call(env::os().now() + timeout);
    return ask(call, wait_for_ready);
  }

  template <class Condition>
  bool eventually(Condition condition, env::Duration most = std::chrono::seconds(10)) {
    for (env::Time until = env::os().now() + most; env::os().now() < until;) {
      if (condition()) return true;
      turn();
    }
    return condition();
  }
  void turn() {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + std::chrono::milliseconds(1));
  }

  fiber::Loop loop_{env::os(), 0};
  FakeServer one_{loop_, "one"};
  FakeServer two_{loop_, "two"};
  std::unique_ptr<Pool> pool_;
  const wire::HeaderView headers_[6] = {{":method", "POST"},          {":scheme", "http"},
                                        {":path", "/test.Service/M"}, {":authority", "localhost"},
                                        {"te", "trailers"},           {"content-type", "application/grpc"}};
};

}  // namespace holon::client
