// Admission in simulated overload: what it keeps of a service's work, for whom, and how soon all is well again.
#include "server/admission.h"

#include <gtest/gtest.h>

#include "server/admission_world.h"
#include "wire/metadata.h"

namespace holon::server {
namespace {

using internal::Priority;
using Plant = AdmissionWorld::Plant;
using Tally = AdmissionWorld::Tally;

constexpr Plant slots{.slots = 10, .work = milliseconds(50)};
constexpr Plant quick_slots{.slots = 4, .work = milliseconds(10)};
constexpr Plant varied_slots{.slots = 16, .work = milliseconds(40), .varies = true};
constexpr Plant processor{.work = milliseconds(5), .occupies_loop = true};

constexpr seconds settling{3};
constexpr seconds watching{5};

double capacity(const Plant& plant) {
  return static_cast<double>(plant.slots) / std::chrono::duration<double>(plant.work).count();
}

/// What becomes of calls at `load` times the capacity, once they have come for a while.
Tally at_load(const Plant& plant, double load, int attempts_max = 1) {
  AdmissionWorld world(plant);
  const std::size_t caller = world.add({.per_second = capacity(plant) * load, .attempts_max = attempts_max});
  world.run(settling);
  world.forget();
  world.run(watching);
  return world.tally(caller);
}

double goodput(const Plant& plant, const Tally& tally) { return static_cast<double>(tally.good) / watching.count() / capacity(plant); }

TEST(Admission, TurnsNothingAwayBelowSaturation) {
  for (const Plant& plant : {slots, quick_slots, processor}) {
    for (double load : {0.3, 0.5, 0.7}) EXPECT_EQ(at_load(plant, load).turned_away, 0u) << plant.work.count() << " " << load;
  }
}

TEST(Admission, AServiceDoesAsMuchInOverloadAsItCan) {
  for (const Plant& plant : {slots, quick_slots, processor}) {
    for (int attempts_max : {1, 3}) {
      const auto what = ::testing::Message() << plant.work.count() << " ns, attempts: " << attempts_max;
      EXPECT_GE(goodput(plant, at_load(plant, 2, attempts_max)), 0.9) << what;
      EXPECT_GE(goodput(plant, at_load(plant, 5, attempts_max)), 0.8) << what;
    }
  }
}

// What takes long by itself has not waited, and what does not is no measure for the others.
TEST(Admission, CallsMayTakeDifferentlyLong) {
  for (double load : {0.5, 0.7}) EXPECT_GE(at_load(varied_slots, load).share(), 0.98) << load;
  for (double load : {2, 5}) EXPECT_GE(goodput(varied_slots, at_load(varied_slots, load)), 0.8) << load;
}

TEST(Admission, WhoIsLetInInOverloadIsAnsweredSoon) {
  for (const Plant& plant : {slots, processor}) {
    const double healthy = at_load(plant, 0.5).p99_ms();
    for (double load : {2, 5, 10}) {
      EXPECT_LE(at_load(plant, load).p99_ms(), 2 * healthy) << plant.work.count() << " ns, load " << load;
    }
  }
}

TEST(Admission, CriticalCallsSurviveAFloodOfSheddableOnes) {
  for (const Plant& plant : {slots, processor}) {
    AdmissionWorld world(plant);
    const std::size_t critical = world.add({.per_second = capacity(plant) * 0.4, .priority = Priority::critical});
    world.add({.per_second = capacity(plant) * 12, .priority = Priority::sheddable, .name = 1});
    world.run(seconds(4));
    world.forget();
    world.run(seconds(10));
    EXPECT_GE(world.tally(critical).share(), 0.994) << plant.work.count();
  }
}

TEST(Admission, WhoCallsALotStandsInNobodysWay) {
  for (const Plant& plant : {slots, processor}) {
    AdmissionWorld world(plant);
    world.add({.per_second = capacity(plant) * 5, .name = 1});
    const std::size_t modest = world.add({.per_second = capacity(plant) * 0.2, .name = 2});
    world.run(seconds(4));
    world.forget();
    world.run(seconds(8));
    EXPECT_GE(world.tally(modest).share(), 0.97) << plant.work.count();
  }
}

TEST(Admission, AllIsBackTenSecondsAfterATrigger) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    AdmissionWorld world(slots, seed);
    const std::size_t caller = world.add({.per_second = capacity(slots) * 0.7, .attempts_max = 4});
    world.run(seconds(3));
    world.set_plant({.slots = 10, .work = milliseconds(500)});
    world.run(seconds(3));
    world.set_plant(slots);
    const std::size_t flood = world.add({.per_second = capacity(slots) * 5, .attempts_max = 4});
    world.run(seconds(3));
    world.stop(flood);
    world.run(seconds(10));
    world.forget();
    world.run(seconds(5));
    EXPECT_GE(world.tally(caller).share(), 0.95) << "seed " << seed;
  }
}

// What it waits for elsewhere is no reason to have fewer calls under way.
TEST(Admission, AServiceThatBecomesSlowerIsNotInOverload) {
  AdmissionWorld world({.slots = 100'000, .work = milliseconds(20)});
  const std::size_t caller = world.add({.per_second = 1000});
  world.run(seconds(3));
  world.set_plant({.slots = 100'000, .work = milliseconds(200)});
  world.run(seconds(10));
  EXPECT_EQ(world.tally(caller).turned_away, 0u);
  EXPECT_GT(world.tally(caller).share(), 0.95);
}

TEST(Admission, TheLimitFollowsWhatTheServiceCanDo) {
  AdmissionWorld world(slots);
  const std::size_t caller = world.add({.per_second = capacity(slots) * 5});
  world.run(seconds(5));
  world.set_plant({.slots = 40, .work = milliseconds(50)});
  world.run(seconds(5));
  world.forget();
  world.run(seconds(5));
  EXPECT_GE(static_cast<double>(world.tally(caller).good), 0.9 * 5 * 4 * capacity(slots));
  world.set_plant(slots);
  world.run(seconds(5));
  world.forget();
  world.run(seconds(5));
  EXPECT_GE(static_cast<double>(world.tally(caller).good), 0.9 * 5 * capacity(slots));
  EXPECT_LE(world.tally(caller).p99_ms(), 200);
}

TEST(Priority, WhoSaysThatACallMayBeShedIsBelievedFirst) {
  constexpr int critical = Priority::critical, normal = Priority::normal, sheddable = Priority::sheddable;
  EXPECT_EQ(internal::joint_priority(critical, normal), critical);
  EXPECT_EQ(internal::joint_priority(normal, critical), critical);
  EXPECT_EQ(internal::joint_priority(normal, normal), normal);
  EXPECT_EQ(internal::joint_priority(critical, sheddable), sheddable);
  EXPECT_EQ(internal::joint_priority(sheddable, critical), sheddable);
  EXPECT_EQ(internal::joint_priority(255, critical), sheddable);
}

/// A call that does nothing but wait.
struct Visitor final : Applicant {
  explicit Visitor(int priority = Priority::normal, std::size_t caller = 0) {
    claim.priority = priority;
    claim.caller = caller;
  }
  void turned_away(Shed reason, std::chrono::milliseconds again) override {
    why = reason;
    come_again = again;
  }
  std::optional<Shed> why;
  std::chrono::milliseconds come_again{-1};
};

class Door : public ::testing::Test {
 protected:
  Admission admission_{Admission::Rules{.running_max = 1}};
  env::Time now_{seconds(100)};
};

TEST_F(Door, TheMostUrgentStartsFirst) {
  Visitor sheddable(Priority::sheddable), normal(Priority::normal), critical(Priority::critical);
  for (Visitor* each : {&sheddable, &normal, &critical}) admission_.arrive(*each, now_);
  for (Visitor* each : {&critical, &normal, &sheddable}) {
    EXPECT_EQ(admission_.next(now_), each);
    EXPECT_EQ(admission_.next(now_), nullptr);
    admission_.ended(*each, ConcurrencyLimit::End::done, now_);
  }
  EXPECT_FALSE(admission_.ready());
}

TEST_F(Door, CallersTakeTurns) {
  Visitor first(Priority::normal, 1), second(Priority::normal, 1), other(Priority::normal, 2);
  for (Visitor* each : {&first, &second, &other}) admission_.arrive(*each, now_);
  for (Visitor* each : {&first, &other, &second}) {
    EXPECT_EQ(admission_.next(now_), each);
    admission_.returned(*each);
  }
}

TEST_F(Door, WhatIsTooLateDoesNotStart) {
  Visitor late, in_time;
  late.claim.deadline = now_ + milliseconds(5);
  admission_.arrive(late, now_);
  admission_.arrive(in_time, now_);
  now_ += milliseconds(5);
  EXPECT_EQ(admission_.next(now_), &in_time);
  EXPECT_EQ(late.why, Shed::late);
}

TEST_F(Door, WhatIsTooLateDoesNotWait) {
  Visitor running, late;
  admission_.arrive(running, now_);
  ASSERT_EQ(admission_.next(now_), &running);
  late.claim.deadline = now_ + milliseconds(5);
  admission_.arrive(late, now_);
  admission_.look(now_);
  EXPECT_TRUE(late.waits());
  admission_.look(now_ + milliseconds(5));
  EXPECT_FALSE(late.waits());
  EXPECT_EQ(late.why, Shed::late);
  EXPECT_EQ(admission_.waiting(), 0u);
}

TEST_F(Door, RoomIsMadeForTheMoreUrgent) {
  Visitor sheddable(Priority::sheddable), normal(Priority::normal);
  admission_.arrive(sheddable, now_);
  admission_.arrive(normal, now_);
  EXPECT_FALSE(admission_.make_room(Priority::sheddable));
  EXPECT_TRUE(admission_.make_room(Priority::critical));
  EXPECT_EQ(sheddable.why, Shed::full);
  EXPECT_FALSE(admission_.make_room(Priority::normal));
  EXPECT_TRUE(normal.waits());
}

TEST_F(Door, InOverloadTheYoungestStartsAndTheOldAreToldWhenToComeAgain) {
  Visitor running;
  admission_.arrive(running, now_);
  ASSERT_EQ(admission_.next(now_), &running);
  std::vector<std::unique_ptr<Visitor>> waiting;
  for (int i = 0; i < 60; ++i, now_ += milliseconds(10)) {
    waiting.push_back(std::make_unique<Visitor>());
    admission_.arrive(*waiting.back(), now_);
    admission_.look(now_);
  }
  EXPECT_TRUE(admission_.state(0).overloaded);
  Visitor youngest;
  admission_.arrive(*waiting.emplace_back(std::make_unique<Visitor>()), now_);
  admission_.arrive(youngest, now_);
  admission_.ended(running, ConcurrencyLimit::End::done, now_);
  EXPECT_EQ(admission_.next(now_), &youngest);
  EXPECT_EQ(waiting.front()->why, Shed::delay);
  EXPECT_GE(waiting.front()->come_again, milliseconds(50));
  EXPECT_LE(waiting.front()->come_again, milliseconds(150));
  EXPECT_NE(waiting[0]->come_again, waiting[1]->come_again);
  EXPECT_EQ(come_again_in(milliseconds(50)).get(wire::push_back_name), "50");
  EXPECT_TRUE(come_again_in(milliseconds(50)).has(wire::unbegun_name));
}

TEST_F(Door, WhoWithdrawsLeavesNoTrace) {
  Visitor gone, stays;
  admission_.arrive(gone, now_);
  admission_.arrive(stays, now_);
  admission_.withdraw(gone);
  EXPECT_EQ(admission_.next(now_), &stays);
  EXPECT_EQ(admission_.waiting(), 0u);
}

}  // namespace
}  // namespace holon::server
