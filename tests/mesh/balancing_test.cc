// Whom calls go to, by each policy, among real replicas.
#include <csignal>
#include <map>
#include <set>

#include "env/disk.h"
#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class BalancingTest : public ChainTest {
 protected:
  /// Four asks Five, which has so many replicas, by this policy.
  void write_balanced(const std::string& policy, int replicas) {
    write_pair(replicas);
    std::ofstream(manifest_, std::ios::app) << "limits: {client.balance: " << policy << "}\n";
  }
  std::vector<std::int64_t> counts(int replicas) {
    std::vector<std::int64_t> asked;
    for (int i = 0; i < replicas; ++i) asked.push_back(count("five." + std::to_string(i)).asked());
    return asked;
  }

  static constexpr int users = 60;
  /// Which replica answers for each of the users, if `ask` asks for them.
  template <class Ask>
  std::map<int, int> places(Ask ask) {
    std::map<int, int> pids;
    for (int user = 0; user < users; ++user) {
      chain::AskForRequest request;
      request.mutable_who()->set_name("user " + std::to_string(user));
      request.set_number(++number_);
      const Result<chain::AskReply> reply = ask(request);
      EXPECT_TRUE(reply.ok()) << reply.error().to_string();
      if (reply.ok()) pids[user] = reply->pid();
    }
    return pids;
  }
  /// The same, asked by Four.
  std::map<int, int> places(bool as_a_stream = false) {
    Client client(endpoint("four.0"));
    Ref<chain::Four> four(client);
    return places([&](const chain::AskForRequest& request) {
      auto call = client.call(seconds(10));
      return as_a_stream ? four->TellFor(*call, request) : four->AskFor(*call, request);
    });
  }
  static std::set<int> replicas_of(const std::map<int, int>& places) {
    std::set<int> pids;
    for (const auto& [user, pid] : places) pids.insert(pid);
    return pids;
  }

  int number_ = 0;
};

TEST_F(BalancingTest, ByRoundRobinAllComeInTurn) {
  write_balanced("round_robin", 3);
  up();
  {
    AskLoad load(endpoint("four.0"), 1);
    ASSERT_TRUE(eventually([&] { return load.calls() >= 300; }));
    load.stop();
    EXPECT_EQ(load.failures(), "");
  }
  const std::vector<std::int64_t> asked = counts(3);
  const auto [least, most] = std::ranges::minmax(asked);
  EXPECT_LE(most - least, 4) << "two loops, each of which takes turns, and a connection that is late at first";
}

TEST_F(BalancingTest, WhatBelongsTogetherStaysTogether) {
  write_pair(3);
  std::ofstream(manifest_, std::ios::app) << "limits: {client.hedges_max: 0}\n";  // a late call is asked for elsewhere, too
  up();
  const std::map<int, int> before = places();
  EXPECT_EQ(replicas_of(before).size(), 3u);
  EXPECT_EQ(places(), before);
  EXPECT_EQ(places(true), before) << "a stream is begun where its first message belongs";
  const int stopped = host("five.1").pid();
  ASSERT_EQ(holon({"scale", "five=4"}).code, 0);
  const int added = host("five.3").pid();
  std::map<int, int> after;
  ASSERT_TRUE(eventually([&] { return replicas_of(after = places()).contains(added); }));
  for (const auto& [user, pid] : after) {
    EXPECT_TRUE(pid == added || pid == before.at(user)) << "only what the new one takes may move";
  }
  ASSERT_EQ(holon({"scale", "five=3"}).code, 0);
  EXPECT_TRUE(eventually([&] { return places() == before; }));
  kill_hard(process_of("five.1"));
  after = places();
  for (const auto& [user, pid] : after) {
    EXPECT_TRUE(before.at(user) == stopped || pid == before.at(user)) << "only what the lost one had may move";
  }
}

TEST_F(BalancingTest, ItDoesSoForACallerThatKnowsNothingOfHolon) {
  write_pair(3);
  std::filesystem::copy_file(MESH_TEST_SOURCES "/../node/stock_http_server.py", folder_ / "caller.py");
  std::ofstream(manifest_, std::ios::app)
      << "  caller: {command: [/usr/bin/python3, caller.py], protocol: http, health: {http: /health}, calls: [five]}\n";
  up();
  const std::string variables = env::os().disk().read("/proc/" + std::to_string(host("caller.0").pid()) + "/environ").value();
  const std::string name = std::string("\0", 1) + "HOLON_MESH=";
  const std::size_t mesh = ('\0' + variables).find(name);
  ASSERT_NE(mesh, std::string::npos);
  Client client(std::string(variables.c_str() + mesh + name.size() - 1));
  Ref<chain::Five> five(client);
  const auto by_mesh = places([&](const chain::AskForRequest& request) {
    auto call = client.call(seconds(10));
    return five->AskFor(*call, request);
  });
  EXPECT_EQ(by_mesh, places());
}

TEST_F(BalancingTest, ByPrequalTheSlowOneIsAskedSeldom) {
  write_pair(4);
  std::ofstream(manifest_, std::ios::app) << env::os().disk().read(MESH_TEST_SOURCES "/balance.yaml").value();
  up();
  for (int i = 0; i < 4; ++i) behave("five." + std::to_string(i), i == 2 ? 100 : 10);
  AskLoad load(endpoint("four.0"), 8);
  ASSERT_TRUE(eventually([&] { return load.calls() > 300; }));
  const std::vector<std::int64_t> before = counts(4);
  const env::Time began = env::os().now();
  ASSERT_TRUE(eventually([&] { return load.since(began).size() > 1000; }));
  std::vector<std::int64_t> asked = counts(4);
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i] -= before[i];
  load.stop();
  EXPECT_EQ(load.failures(), "");
  EXPECT_LT(asked[2], 125) << "of a thousand, of which a fourth would be its share";
  for (const std::size_t i : {0, 1, 3}) EXPECT_GT(asked[i], 100) << i;
}

TEST_F(BalancingTest, APolicyThatIsNoneIsRefused) {
  write_balanced("ring_hash", 1);
  const Ran ran = holon({"up", "-d", "--wait", "--port", "0"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.messages + ran.output, ::testing::HasSubstr("write two_choices, round_robin or prequal"));
}

}  // namespace
}  // namespace holon
