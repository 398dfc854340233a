#include "gateway/access/rates.h"

#include <atomic>
#include <thread>

#include "gateway/access/concurrency.h"
#include "gateway/access/test_tokens.h"

namespace holon::gateway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::TestWorld;
using Headers = std::vector<std::pair<std::string, std::string>>;

class RatesTest : public ::testing::Test {
 protected:
  Rates make(const std::vector<RateConfig>& rates) { return std::move(*Rates::make(rates, world_)); }
  Rates::Verdict ask(Rates& rates, std::string_view address, const Headers& headers = {}) {
    return rates.ask({address, headers, claims_});
  }
  /// How many of `most` are admitted at once.
  int admitted(Rates& rates, std::string_view address, int most, const Headers& headers = {}) {
    int count = 0;
    for (int i = 0; i < most; ++i) count += ask(rates, address, headers).admitted ? 1 : 0;
    return count;
  }
  static std::string header(const Rates::Verdict& verdict, std::string_view name) {
    return std::string(find_header(verdict.headers, name));
  }

  TestWorld world_;
  Claims claims_;
};

TEST_F(RatesTest, NoneAdmitEverybodyWithoutAWord) {
  Rates rates = make({});
  EXPECT_TRUE(rates.none());
  EXPECT_TRUE(ask(rates, "192.0.2.7").admitted);
  EXPECT_TRUE(ask(rates, "192.0.2.7").headers.empty());
}

TEST_F(RatesTest, SoManyAtOnceAndThenOneAtATime) {
  Rates rates = make({{.requests = 60, .window = minutes(1)}});
  EXPECT_EQ(admitted(rates, "192.0.2.7", 100), 60);
  world_.pass(milliseconds(999));
  EXPECT_EQ(admitted(rates, "192.0.2.7", 10), 0);
  world_.pass(milliseconds(1));
  EXPECT_EQ(admitted(rates, "192.0.2.7", 10), 1);
  world_.pass(seconds(30));
  EXPECT_EQ(admitted(rates, "192.0.2.7", 100), 30);
  world_.pass(hours(1));
  EXPECT_EQ(admitted(rates, "192.0.2.7", 100), 60) << "no more than the burst is saved up";
}

TEST_F(RatesTest, ABurstIsApartFromTheRate) {
  Rates rates = make({{.requests = 10, .window = seconds(10), .burst = 3}});
  EXPECT_EQ(admitted(rates, "192.0.2.7", 10), 3);
  world_.pass(seconds(2));
  EXPECT_EQ(admitted(rates, "192.0.2.7", 10), 2);
}

TEST_F(RatesTest, HeadersSayWhatIsLeft) {
  Rates rates = make({{.requests = 2, .window = minutes(1)}});
  Rates::Verdict first = ask(rates, "192.0.2.7");
  EXPECT_EQ(header(first, "ratelimit-policy"), R"("address-60s";q=2;w=60)");
  EXPECT_EQ(header(first, "ratelimit"), R"("address-60s";r=1;t=30)");
  EXPECT_EQ(header(ask(rates, "192.0.2.7"), "ratelimit"), R"("address-60s";r=0;t=30)") << "t: until there is one more";
  world_.pass(milliseconds(500));
  Rates::Verdict refused = ask(rates, "192.0.2.7");
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.refused_by, "address-60s");
  EXPECT_EQ(header(refused, "ratelimit"), R"("address-60s";r=0;t=30)");
  EXPECT_EQ(header(refused, "retry-after"), "30") << "rounded up: who waits so long is admitted";
  world_.pass(seconds(30));
  EXPECT_TRUE(ask(rates, "192.0.2.7").admitted);
}

TEST_F(RatesTest, OfSeveralTheTightestSpeaks) {
  Rates rates = make({{.requests = 100, .window = hours(1)}, {.requests = 2, .window = seconds(1), .by = "route"}});
  Rates::Verdict verdict = ask(rates, "192.0.2.7");
  EXPECT_EQ(header(verdict, "ratelimit-policy"), R"("address-3600s";q=100;w=3600, "route-1s";q=2;w=1)");
  EXPECT_EQ(header(verdict, "ratelimit"), R"("route-1s";r=1;t=1)");
  EXPECT_TRUE(ask(rates, "192.0.2.8").admitted);
  EXPECT_EQ(ask(rates, "192.0.2.9").refused_by, "route-1s") << "all clients together";
}

TEST_F(RatesTest, ClientsAreCountedApart) {
  Rates rates = make({{.requests = 1, .window = minutes(1)}});
  for (const char* address : {"192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8:0:1::1", "unix"}) {
    EXPECT_EQ(admitted(rates, address, 3), 1) << address;
  }
  EXPECT_EQ(admitted(rates, "2001:db8::ffff:1", 3), 0) << "the same network of 64 bits";
  EXPECT_EQ(admitted(rates, "2001:0db8:0:0:1::", 3), 0);
  EXPECT_EQ(admitted(rates, "::ffff:192.0.2.7", 3), 0) << "the same address, by IPv6";
}

TEST_F(RatesTest, ByHeaderOrClaimAndElseByAddress) {
  Rates by_header = make({{.requests = 1, .window = minutes(1), .by = "header:X-Tenant"}});
  EXPECT_EQ(admitted(by_header, "192.0.2.7", 3, {{"x-tenant", "a"}}), 1);
  EXPECT_EQ(admitted(by_header, "192.0.2.8", 3, {{"x-tenant", "a"}}), 0);
  EXPECT_EQ(admitted(by_header, "192.0.2.8", 3, {{"x-tenant", "b"}}), 1);
  EXPECT_EQ(admitted(by_header, "192.0.2.8", 3), 1);
  EXPECT_EQ(admitted(by_header, "192.0.2.7", 3, {{"x-tenant", "192.0.2.8"}}), 1) << "nobody counts for another's address";
  Rates by_claim = make({{.requests = 1, .window = minutes(1), .by = "claim:sub"}});
  claims_ = *Claims::from_json(R"({"sub":"ann"})");
  EXPECT_EQ(admitted(by_claim, "192.0.2.7", 3), 1);
  EXPECT_EQ(admitted(by_claim, "192.0.2.8", 3), 0);
  claims_ = {};
  EXPECT_EQ(admitted(by_claim, "192.0.2.8", 3), 1);
}

TEST_F(RatesTest, AFloodOfAddressesTakesNoMemoryAndForgivesNobody) {
  Rates rates = make({{.requests = 100, .window = hours(1)}});
  EXPECT_EQ(admitted(rates, "192.0.2.7", 200), 100);
  for (std::size_t i = 0; i < 2 * RateTable::clients_max; ++i) {
    auto byte = [i](int shift) { return "." + std::to_string(i >> shift & 255); };
    EXPECT_TRUE(ask(rates, "10" + byte(16) + byte(8) + byte(0)).admitted);
  }
  EXPECT_EQ(admitted(rates, "192.0.2.7", 10), 0) << "those with the most left are forgotten first";
}

TEST_F(RatesTest, AllThreadsCountTogetherExactly) {
  Rates rates = make({{.requests = 1000, .window = hours(1)}});
  std::atomic<int> count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { count += admitted(rates, "192.0.2.7", 1000); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 1000);
}

TEST_F(RatesTest, RatesThatCannotBeKeptAreRefused) {
  for (const RateConfig& bad : std::vector<RateConfig>{{.requests = 0},
                                                       {.requests = 2'000'000'000},
                                                       {.requests = 1, .window = milliseconds(999)},
                                                       {.requests = 1, .window = hours(24 * 32)},
                                                       {.requests = 1, .window = hours(24), .burst = 1000},
                                                       {.requests = 1, .by = "header:"},
                                                       {.requests = 1, .by = "claim"},
                                                       {.requests = 1, .by = "ip"}}) {
    EXPECT_EQ(Rates::make({bad}, world_).code(), Code::invalid_argument) << bad.by << " " << bad.requests;
  }
}

TEST(Concurrency, AdmitsSoManyAtATime) {
  Concurrency two(2);
  std::optional<Concurrency::Permit> first = two.enter();
  {
    std::optional<Concurrency::Permit> second = two.enter();
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(two.enter());
    EXPECT_EQ(two.inside(), 2u);
  }
  Concurrency::Permit moved = std::move(*first);
  first.reset();
  EXPECT_EQ(two.inside(), 1u);
  EXPECT_TRUE(two.enter());
  Concurrency any(0);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(any.enter());
}

}  // namespace
}  // namespace holon::gateway
