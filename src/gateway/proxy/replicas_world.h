// The world of the tests of replicas: servers that behave as their scripts say, and a proxy that asks them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/http_script_server.h"
#include "gateway/proxy/proxy.h"
#include "gateway/proxy/replicas.h"
#include "gateway/test_exchange.h"
#include "telemetry/metrics.h"

namespace holon::gateway {

using client::ScriptServer;
using testing::TestExchange;
using Peer = ScriptServer::Peer;
using std::chrono::milliseconds;

/// A replica that says its name to each request.
inline std::function<void(Peer&)> saying(std::string name) {
  return [name](Peer& peer) {
    while (!peer.head().empty()) peer.say_whole(name);
  };
}

/// One that can't just now, as it says with these headers.
inline std::function<void(Peer&)> saying_503(std::string headers) {
  return [headers](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 503 Service Unavailable\r\n" + headers + "Connection: close\r\nContent-Length: 0\r\n\r\n");
  };
}

inline void pause(env::Duration time) {
  fiber::Waiter waiter;
  waiter.wait(env::os().now() + time);
}

/// A replica that takes its time.
inline std::function<void(Peer&)> taking(milliseconds time) {
  return [time](Peer& peer) {
    while (!peer.head().empty()) {
      pause(time);
      peer.say_whole("late");
    }
  };
}

/// One that goes without a word, whatever it is asked.
inline void goes(Peer& peer) { peer.head(); }

class ReplicasTest : public ::testing::Test {
 protected:
  ReplicasTest() { make({}); }

  void make(const client::Limits& limits) {
    proxy_.reset();
    pools_.emplace(std::vector{&loop_}, limits);
    proxy_ = *Proxy::make({.service = "pages"}, {&loop_}, *pools_, std::chrono::minutes(1));
    hedges_before_ = 0;
    hedges_before_ = hedges();
  }

  static client::Endpoint at(std::string path) { return env::Address{env::Address::Kind::unix_path, std::move(path), 0}; }
  static client::Endpoint of(const ScriptServer& server) { return at(server.url().substr(std::string("http+unix:").size())); }
  /// Asked when the near ones are not well.
  static client::Endpoint far(const ScriptServer& server) {
    client::Endpoint endpoint = of(server);
    endpoint.node = "another";
    return endpoint;
  }
  void know(std::vector<client::Endpoint> endpoints) {
    client::Endpoints known;
    known.may_grow = true;
    known.services[client::http_endpoints_name("pages")] = std::move(endpoints);
    pools_->update(std::move(known));
  }
  void say(const client::SaidOfService& said) { pools_->heed({{client::http_endpoints_name("pages"), said}}); }
  std::uint64_t hedges() const {
    const std::uint32_t edge = *proxy_->edge();
    const auto repeats = telemetry::metrics().snapshot(edge, edge + 1).at(0).repeats;
    return repeats[static_cast<std::size_t>(telemetry::Repeat::hedge)] - hedges_before_;
  }
  TestExchange ask(const std::string& method = "GET", env::Duration patience = std::chrono::seconds(20)) {
    TestExchange exchange(testing::request(method, "/"));
    testing::VisitWorld world(exchange);
    internal::CallAccess::set_deadline(world.call, loop_.now() + patience);
    testing::visit(*proxy_, exchange, world);
    return exchange;
  }
  /// All that are given, in order.
  std::set<std::string> answers() {
    std::set<std::string> bodies;
    for (int i = 0; i < 40; ++i) bodies.insert(ask().body);
    return bodies;
  }
  void later(std::function<void()> work) {
    loop_.spawn([work = std::move(work)] {
      pause(milliseconds(20));
      work();
    });
  }

  fiber::Loop loop_{env::os(), 0};
  std::optional<client::Pools> pools_;
  std::unique_ptr<Proxy> proxy_;
  std::uint64_t hedges_before_ = 0;  ///< in other tests: the number is the same
};

}  // namespace holon::gateway
