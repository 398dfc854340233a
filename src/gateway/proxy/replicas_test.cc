// Requests to the replicas of a service, as the directory has them from moment to moment.
#include "gateway/proxy/replicas.h"

#include "client/http_script_server.h"
#include "gateway/proxy/proxy.h"
#include "gateway/test_exchange.h"

namespace holon::gateway {
namespace {

using client::ScriptServer;
using testing::TestExchange;
using Peer = ScriptServer::Peer;
using std::chrono::milliseconds;

/// A replica that says its name to each request.
std::function<void(Peer&)> saying(std::string name) {
  return [name](Peer& peer) {
    while (!peer.head().empty()) peer.say_whole(name);
  };
}

/// One that goes without a word, whatever it is asked.
void goes(Peer& peer) { peer.head(); }

class ReplicasTest : public ::testing::Test {
 protected:
  ReplicasTest() { proxy_ = *Proxy::make({.service = "pages"}, {&loop_}, pools_, std::chrono::minutes(1)); }

  static client::Endpoint at(std::string path) { return env::Address{env::Address::Kind::unix_path, std::move(path), 0}; }
  static client::Endpoint of(const ScriptServer& server) { return at(server.url().substr(std::string("http+unix:").size())); }
  void know(std::vector<client::Endpoint> endpoints) {
    client::Endpoints known;
    known.may_grow = true;
    known.services[client::http_endpoints_name("pages")] = std::move(endpoints);
    pools_.update(std::move(known));
  }
  TestExchange ask(const std::string& method = "GET", env::Duration patience = std::chrono::seconds(20)) {
    TestExchange exchange(testing::request(method, "/"));
    testing::VisitWorld world(exchange);
    internal::CallAccess::set_deadline(world.call, loop_.now() + patience);
    testing::visit(*proxy_, exchange, world);
    return exchange;
  }
  void later(std::function<void()> work) {
    loop_.spawn([work = std::move(work)] {
      fiber::Waiter waiter;
      waiter.wait(env::os().now() + milliseconds(20));
      work();
    });
  }

  fiber::Loop loop_{env::os(), 0};
  client::Pools pools_{{&loop_}};
  std::unique_ptr<Proxy> proxy_;
};

TEST_F(ReplicasTest, AreTakenInTurnAsTheDirectoryHasThem) {
  ScriptServer a(loop_, saying("a")), b(loop_, saying("b"));
  know({of(a), of(b)});
  EXPECT_EQ(ask().body + ask().body + ask().body, "aba");
  know({of(b)});
  EXPECT_EQ(ask().body + ask().body, "bb");
}

TEST_F(ReplicasTest, WhoCantBeReachedGivesWay) {
  ScriptServer a(loop_, saying("a"));
  know({at("/nowhere"), of(a)});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("POST").body, "a");
}

TEST_F(ReplicasTest, ARequestWaitsUntilThereIsOne) {
  ScriptServer a(loop_, saying("a"));
  know({});
  later([&] { know({of(a)}); });
  EXPECT_EQ(ask("POST").body, "a");
}

TEST_F(ReplicasTest, ARequestWaitsWhileNoneCanBeReached) {
  ScriptServer a(loop_, saying("a"));
  know({at("/nowhere")});
  later([&] { know({of(a)}); });
  EXPECT_EQ(ask("POST").body, "a");
}

TEST_F(ReplicasTest, NobodyWaitsLongerThanItsDeadline) {
  know({at("/nowhere")});
  const env::Time before = loop_.now();
  EXPECT_EQ(ask("GET", milliseconds(150)).status, 503);
  EXPECT_LT(loop_.now() - before, std::chrono::seconds(4));
}

TEST_F(ReplicasTest, WhatCanBeRepeatedGoesElsewhereWhenItsReplicaGoes) {
  ScriptServer ending(loop_, goes), a(loop_, saying("a"));
  know({of(ending), of(a)});
  EXPECT_EQ(ask().body, "a");
  EXPECT_EQ(ending.accepted, 1);
}

TEST_F(ReplicasTest, WhatCantBeRepeatedDoesNot) {
  ScriptServer ending(loop_, goes), a(loop_, saying("a"));
  know({of(ending), of(a)});
  EXPECT_EQ(ask("POST").status, 502);
  EXPECT_EQ(a.accepted, 0);
}

TEST_F(ReplicasTest, ARequestThatEndsReplicasEndsTwoAtMost) {
  ScriptServer a(loop_, goes), b(loop_, goes), c(loop_, goes);
  know({of(a), of(b), of(c)});
  EXPECT_EQ(ask().status, 502);
  EXPECT_EQ(a.accepted + b.accepted + c.accepted, 2);
}

}  // namespace
}  // namespace holon::gateway
