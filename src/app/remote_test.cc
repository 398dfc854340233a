// What stands between a Ref and a socket, when the other side is gone, slow, or comes again.

#include <filesystem>

#include "app/assembly.h"
#include "client/channel.h"
#include "fiber/call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "server/server.h"
#include "testdata/probe.holon.h"

namespace holon {
namespace {

using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Leaf final : public probe::v1::Leaf::Service {
 public:
  explicit Leaf(std::string name) : name_(std::move(name)) {}
  Result<Message> Echo(Call&, const Message&) override {
    Message reply;
    reply.set_text(name_);
    return reply;
  }
  Result<Message> WaitForEnd(Call& call, const Message&) override {
    TRY(sleep(call, milliseconds(30)));
    return Message();
  }

 private:
  std::string name_;
};

/// One endpoint: a server on a Unix socket.
class Endpoint {
 public:
  explicit Endpoint(const std::string& name)
      : address(*env::Address::parse("unix:" + ::testing::TempDir() + "remote_test_" + name)), leaf_(name) {
    router_.add(probe::v1::Leaf::info(), leaf_);
  }
  ~Endpoint() { stop(); }

  void start() {
    server_ = std::make_unique<server::Server>(router_, std::vector<fiber::Loop*>{fiber::Loop::current()});
    ASSERT_TRUE(server_->listen(address).ok());
  }
  void stop() {
    if (server_ != nullptr) server_->drain(env::os().now() + seconds(5));
    server_.reset();
  }

  env::Address address;

 private:
  Leaf leaf_;
  server::Router router_;
  std::unique_ptr<server::Server> server_;
};

class RemoteTest : public ::testing::Test {
 protected:
  void SetUp() override { point_to({&one_, &two_}); }
  void point_to(std::vector<Endpoint*> endpoints, bool may_grow = false) {
    client::Endpoints known;
    known.may_grow = may_grow;
    for (Endpoint* endpoint : endpoints) known.services["probe.v1.Leaf"].push_back(endpoint->address);
    pools_.update(std::move(known));
  }
  Result<Message> echo(env::Duration timeout = seconds(5)) {
    internal::RootCall call(env::os().now() + timeout);
    return leaf_->Echo(call, Message());
  }

  fiber::Loop loop_{env::os(), 0};
  Endpoint one_{"one"};
  Endpoint two_{"two"};
  client::Pools pools_{{&loop_}};
  app::Assembly refs_{{}, &pools_};
  Ref<probe::v1::Leaf> leaf_ = refs_.ref<probe::v1::Leaf>();
};

TEST_F(RemoteTest, NobodyThereIsUnavailableAtOnceAndNamesThePlace) {
  point_to({&one_});
  auto before = Clock::now();
  Result<Message> reply = echo();
  EXPECT_EQ(reply.code(), Code::unavailable);
  EXPECT_THAT(reply.error().message(), ::testing::HasSubstr(one_.address.host));
  EXPECT_LT(Clock::now() - before, seconds(2));
}

TEST_F(RemoteTest, ADeadEndpointCostsNoCall) {
  one_.start();
  for (int i = 0; i < 50; ++i) {
    Result<Message> reply = echo();
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->text(), "one");
  }
}

TEST_F(RemoteTest, CallsGoToEveryEndpoint) {
  one_.start();
  two_.start();
  std::map<std::string, int> seen;
  for (int i = 0; i < 100; ++i) ++seen[echo()->text()];
  EXPECT_GT(seen["one"], 10);
  EXPECT_GT(seen["two"], 10);
}

TEST_F(RemoteTest, AServerThatComesAgainIsFoundAgain) {
  point_to({&one_});
  one_.start();
  ASSERT_TRUE(echo().ok());
  one_.stop();
  EXPECT_EQ(echo().code(), Code::unavailable);
  one_.start();
  auto until = Clock::now() + seconds(5);
  while (!echo().ok() && Clock::now() < until) {
    fiber::Waiter turn;
    turn.wait(Clock::now() + milliseconds(5));
  }
  EXPECT_TRUE(echo().ok());
}

TEST_F(RemoteTest, AMoveToAnotherServerLosesNoCall) {
  one_.start();
  two_.start();
  point_to({&one_});
  internal::RootCall call(env::os().now() + seconds(20));
  TaskGroup group(call);
  std::vector<Task<Message>> tasks;
  auto add = [&](int count) {
    for (int i = 0; i < count; ++i) {
      tasks.push_back(group.spawn([&](Call& branch) { return leaf_->WaitForEnd(branch, Message()); }));
    }
  };
  add(50);
  ASSERT_TRUE(echo().ok());
  point_to({&two_});  // the calls under way go on at the first
  add(50);
  one_.stop();
  add(50);
  for (auto& task : tasks) {
    Result<Message> reply = task.get();
    EXPECT_TRUE(reply.ok()) << reply.error().to_string();
  }
  EXPECT_EQ(echo()->text(), "two");
}

TEST_F(RemoteTest, AnEndpointThatDoesNotAnswerIsLeftAtTheDeadline) {
  auto silent = loop_.reactor().listen(one_.address);  // the kernel connects, nobody accepts
  ASSERT_TRUE(silent.ok());
  point_to({&one_});
  EXPECT_EQ(echo(milliseconds(30)).code(), Code::deadline_exceeded);
}

TEST_F(RemoteTest, ACallWaitsForEndpointsThatMayCome) {
  one_.start();
  point_to({}, true);
  internal::RootCall call(env::os().now() + seconds(10));
  TaskGroup group(call);
  auto early = group.spawn([&](Call& branch) { return leaf_->Echo(branch, Message()); });
  auto teller = group.spawn([&](Call& branch) -> Result<void> {
    TRY(sleep(branch, milliseconds(5)));
    point_to({&one_}, true);
    return {};
  });
  Result<Message> reply = early.get();
  EXPECT_TRUE(reply.ok()) << reply.error().to_string();
}

TEST_F(RemoteTest, WithoutEndpointsThatMayComeItSaysSo) {
  point_to({});
  Result<Message> reply = echo();
  EXPECT_EQ(reply.code(), Code::unavailable);
  EXPECT_THAT(reply.error().message(), ::testing::HasSubstr("no endpoint of probe.v1.Leaf is known"));
}

TEST_F(RemoteTest, WhatIsNotThereIsUnimplementedAndNamed) {
  one_.start();
  client::Endpoints known;
  known.everything = {one_.address};
  pools_.update(std::move(known));
  auto middle = refs_.ref<probe::v1::Middle>();
  internal::RootCall call(env::os().now() + seconds(5));
  Result<Message> reply = middle->Relay(call, Message());
  EXPECT_EQ(reply.code(), Code::unimplemented);
  EXPECT_THAT(reply.error().message(), ::testing::HasSubstr("probe.v1.Middle is not on this host"));
  EXPECT_EQ(leaf_->Throw(call, Message()).code(), Code::unimplemented);
}

}  // namespace
}  // namespace holon
