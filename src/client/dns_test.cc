// What DNS says becomes endpoints: at first, when it is stale, when somebody cannot be reached, and while nothing is said.

#include "client/dns.h"

#include <atomic>
#include <mutex>

#include "env/real_world.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

using testing::HasSubstr;
using Records = Result<env::NameRecords>;

/// The real world, with a clock that can be set and a DNS that says what it is told.
class DnsWorld final : public env::RealWorld, private env::Names {
 public:
  env::Time now() override { return env::os().now() + env::Duration(shift.load()); }
  env::Names& names() override { return *this; }

  void say(Records records) {
    const std::lock_guard lock(mutex_);
    says_ = std::move(records);
  }

  std::atomic<std::int64_t> shift{0};  ///< nanoseconds
  std::atomic<int> asked{0};

 private:
  Result<std::vector<std::string>> addresses(const std::string&) override { return unavailable("nobody asks"); }
  Records records(const std::string&, const std::string&) override {
    const std::lock_guard lock(mutex_);
    ++asked;
    return says_;
  }

  std::mutex mutex_;
  Records says_ = not_found("DNS knows no shop.test");
};

env::NameRecords records(const std::vector<std::string>& addresses, int ttl) {
  env::NameRecords all{.good_for = std::chrono::seconds(ttl)};
  for (const std::string& address : addresses) all.found.push_back({address, 0});
  return all;
}

class DnsSourceTest : public testing::Test {
 protected:
  void begin() {
    pools_ = std::make_unique<Pools>(std::vector<fiber::Loop*>{&loop_});
    source_ = std::make_unique<DnsSource>(loop_, DnsName::parse("dns:///shop.test:50051").value(), nullptr, "", *pools_);
  }
  std::size_t known() { return pools_->here().peers("any.Service"); }
  void pass(env::Duration time) {
    world_.shift += time.count();
    turn();
  }
  /// The loop knows the time then, and has done what was due. It does not sleep: the reactor knows nothing of a clock that is set.
  void turn() {
    fiber::Waiter waiter;
    loop_.post([&] { waiter.wake(); });
    waiter.wait();
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (const env::Time until = env::os().now() + std::chrono::seconds(10); env::os().now() < until;) {
      if (condition()) return true;
      turn();
    }
    return condition();
  }
  /// A call's way to an endpoint; there is nobody at any.
  Error route(env::Duration patience = std::chrono::seconds(20)) {
    internal::RootCall call(world_.now() + patience);
    return pools_->here().route("any.Service", {call.deadline(), internal::CallAccess::scope(call)}).error();
  }

  /// It outlives the threads that ask it, and so is never destroyed.
  static DnsWorld& make_world() {
    static auto* const all = new std::vector<DnsWorld*>;
    return *all->emplace_back(new DnsWorld);
  }

  DnsWorld& world_ = make_world();
  fiber::Loop loop_{world_, 0};
  std::unique_ptr<Pools> pools_;
  std::unique_ptr<DnsSource> source_;
};

TEST_F(DnsSourceTest, AllAddressesAreEndpoints) {
  world_.say(records({"127.0.0.1", "127.0.0.2", "::1"}, 60));
  begin();
  EXPECT_TRUE(eventually([&] { return known() == 3; }));
}

TEST_F(DnsSourceTest, AreAskedForAgainWhenTheirTimeIsOverAndNotBefore) {
  world_.say(records({"127.0.0.1"}, 60));
  begin();
  ASSERT_TRUE(eventually([&] { return known() == 1; }));
  world_.say(records({"127.0.0.1", "127.0.0.2"}, 60));
  pass(std::chrono::seconds(50));
  EXPECT_EQ(world_.asked, 1);
  pass(std::chrono::seconds(11));
  EXPECT_TRUE(eventually([&] { return known() == 2; }));
  EXPECT_EQ(world_.asked, 2);
}

TEST_F(DnsSourceTest, ATimeToLiveOfNothingDoesNotAskWithoutEnd) {
  world_.say(records({"127.0.0.1"}, 0));
  begin();
  ASSERT_TRUE(eventually([&] { return known() == 1; }));
  for (int i = 0; i < 20; ++i) turn();
  EXPECT_EQ(world_.asked, 1);
  pass(std::chrono::milliseconds(1100));
  EXPECT_TRUE(eventually([&] { return world_.asked == 2; }));
}

TEST_F(DnsSourceTest, AreAskedForAgainWhenAnEndpointCannotBeReached) {
  world_.say(records({"127.0.0.1"}, 300));
  begin();
  ASSERT_TRUE(eventually([&] { return known() == 1; }));
  pass(std::chrono::seconds(2));
  world_.say(records({"127.0.0.2", "127.0.0.3"}, 300));
  EXPECT_EQ(route().code(), Code::unavailable);
  EXPECT_TRUE(eventually([&] { return known() == 2; }));
}

TEST_F(DnsSourceTest, WhileNothingIsSaidTheOldIsGood) {
  world_.say(records({"127.0.0.1"}, 5));
  begin();
  ASSERT_TRUE(eventually([&] { return known() == 1; }));
  world_.say(unavailable("no network"));
  pass(std::chrono::seconds(6));
  ASSERT_TRUE(eventually([&] { return world_.asked == 2; }));
  turn();
  EXPECT_EQ(known(), 1u);
  world_.say(records({"127.0.0.1", "127.0.0.2"}, 5));
  pass(std::chrono::seconds(2));
  EXPECT_TRUE(eventually([&] { return known() == 2; }));
}

TEST_F(DnsSourceTest, ACallWaitsForTheFirstAnswerAndIsToldWhyThereIsNone) {
  begin();
  ASSERT_TRUE(eventually([&] { return world_.asked == 1; }));
  turn();
  const Error why = route(std::chrono::milliseconds(50));
  EXPECT_EQ(why.code(), Code::deadline_exceeded);
  EXPECT_THAT(why.message(), HasSubstr("no endpoint of any.Service is known: DNS knows no shop.test"));
}

TEST(DnsName, IsReadInItsForms) {
  const DnsName host = DnsName::parse("dns:///shop.example:50051").value();
  EXPECT_EQ(host.name, "shop.example");
  EXPECT_EQ(host.port, 50'051);
  EXPECT_EQ(host.server, "");
  EXPECT_EQ(DnsName::parse("dns:shop:1").value().name, "shop");
  const DnsName service = DnsName::parse("dns://[2001:db8::1]:5353/_grpc._tcp.shop.example").value();
  EXPECT_EQ(service.name, "_grpc._tcp.shop.example");
  EXPECT_EQ(service.port, 0);
  EXPECT_EQ(service.server, "[2001:db8::1]:5353");
}

TEST(DnsName, IsRefusedWithTheRemedy) {
  for (const char* wrong : {"dns:", "dns://", "dns:///", "dns:///shop", "dns:///shop:0", "dns:///shop:65536", "dns:///shop:http", "dns:///a b:1",
                            "dns:///_grpc._tcp.shop:50051", "dns://server"}) {
    const Result<DnsName> name = DnsName::parse(wrong);
    ASSERT_FALSE(name.ok()) << wrong;
    EXPECT_THAT(name.error().message(), HasSubstr("write dns:///NAME:PORT, or dns:///_SERVICE._tcp.NAME")) << wrong;
  }
}

}  // namespace
}  // namespace holon::client
