#include "faults/faults.h"

#include <thread>

#include "fiber/call.h"
#include "telemetry/metrics.h"

namespace holon::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

env::Time in(env::Duration duration) { return env::os().now() + duration; }

class FaultsTest : public testing::Test {
 protected:
  Ordeal meet(env::Duration patience = seconds(20)) { return faults_.meet(subject_, edge_, in(patience), scope_); }
  /// Does something while the test's own thread waits in `meet`.
  void meanwhile(std::function<void()> what) {
    loop_.spawn([&, what = std::move(what)] { what(); });
  }

  fiber::Loop loop_{env::os(), 0};
  internal::Scope scope_;
  const std::uint32_t edge_ = telemetry::metrics().add_edge({telemetry::Way::local, "shop.Cart", "shop.Catalog/GetProduct"});
  Metadata metadata_;
  Subject subject_{"shop.Cart", "shop.Catalog/GetProduct", metadata_, ""};
  Faults faults_;
};

TEST_F(FaultsTest, NoneTouchNothing) {
  EXPECT_FALSE(faults_.any());
  EXPECT_FALSE(meet().hit());
}

TEST_F(FaultsTest, ADelayHoldsTheCallUp) {
  faults_.set({{.id = 1, .delay = milliseconds(30)}});
  ASSERT_TRUE(faults_.any());
  const env::Time began = env::os().now();
  const Ordeal ordeal = meet();
  EXPECT_GE(env::os().now() - began, milliseconds(30));
  EXPECT_EQ(ordeal.fault, 1u);
  EXPECT_EQ(telemetry::metrics().snapshot(edge_, edge_ + 1).front().faults, 1u);
  EXPECT_EQ(ordeal.code, Code::ok);
  EXPECT_FALSE(ordeal.answer_lost);
}

TEST_F(FaultsTest, ADelayEndsAtTheDeadline) {
  faults_.set({{.id = 1, .delay = seconds(60)}});
  EXPECT_EQ(meet(milliseconds(20)).error().to_string(),
            "DEADLINE_EXCEEDED: fault 1 (see `holon fault list`) held the call until its deadline");
}

TEST_F(FaultsTest, AnAbortedCallSaysWhichFaultItWas) {
  faults_.set({{.id = 7, .ending = Ending::abort, .code = Code::internal}});
  EXPECT_EQ(meet().error().to_string(), "INTERNAL: fault 7 (see `holon fault list`) ended the call");
}

TEST_F(FaultsTest, AResetLosesTheAnswer) {
  faults_.set({{.id = 2, .ending = Ending::reset}});
  const Ordeal ordeal = meet();
  EXPECT_EQ(ordeal.code, Code::ok);
  EXPECT_TRUE(ordeal.answer_lost);
  EXPECT_EQ(ordeal.error().code(), Code::unavailable);
}

TEST_F(FaultsTest, ABlackHoleKeepsTheCallUntilItsDeadline) {
  faults_.set({{.id = 3, .ending = Ending::black_hole}});
  const env::Time began = env::os().now();
  EXPECT_EQ(meet(milliseconds(120)).code, Code::deadline_exceeded);
  EXPECT_GE(env::os().now() - began, milliseconds(120));
}

TEST_F(FaultsTest, WhoIsHeldUpIsLetGoWhenTheFaultIsTakenAway) {
  faults_.set({{.id = 3, .ending = Ending::black_hole}});
  meanwhile([&] { faults_.set({}); });
  EXPECT_EQ(meet(seconds(60)).code, Code::unavailable);
  EXPECT_FALSE(faults_.any());

  faults_.set({{.id = 4, .delay = seconds(60)}});
  meanwhile([&] { faults_.set({{.id = 5, .delay = seconds(60)}}); });
  EXPECT_EQ(meet(seconds(60)).code, Code::ok);
}

TEST_F(FaultsTest, WhoseCallerHasGoneIsLetGo) {
  faults_.set({{.id = 3, .ending = Ending::black_hole}});
  meanwhile([&] { scope_.cancel(); });
  EXPECT_EQ(meet(seconds(60)).code, Code::cancelled);
}

TEST_F(FaultsTest, AFaultWhoseTimeIsOverCostsNothingAnyMore) {
  faults_.set({{.id = 3, .ending = Ending::black_hole, .until = in(milliseconds(60))}});
  EXPECT_EQ(meet(seconds(60)).code, Code::unavailable);
  EXPECT_FALSE(meet().hit());
  EXPECT_FALSE(faults_.any());
}

TEST_F(FaultsTest, AreSetByAnyThreadWhileCallsMeetThem) {
  std::atomic<bool> over{false};
  std::thread setter([&] {
    for (std::uint32_t id = 1; !over; ++id) faults_.set({{.id = id, .ending = Ending::abort, .code = Code::aborted}});
  });
  std::uint32_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const Ordeal ordeal = meet();
    EXPECT_GE(ordeal.fault, last);
    last = std::max(last, ordeal.fault);
  }
  over = true;
  setter.join();
}

}  // namespace
}  // namespace holon::faults
