#include "wire/vigil.h"

namespace holon::wire {
namespace {

using std::chrono::seconds;

env::Time at(int s) { return env::Time() + seconds(1000 + s); }

LinkTimes times() {
  LinkTimes times;
  times.preface_time = seconds(5);
  times.frame_time = seconds(20);
  times.write_time = seconds(30);
  times.keepalive_time = seconds(100);
  times.keepalive_timeout = seconds(10);
  return times;
}

Vigil greeted(const LinkTimes& limits = times()) {
  Vigil vigil(limits, at(0));
  vigil.greeted();
  return vigil;
}

TEST(Vigil, WhoDoesNotGreetIsNamed) {
  Vigil vigil(times(), at(0));
  EXPECT_EQ(vigil.next(at(0)), at(5));
  vigil.heard(at(4), 1);  // bytes alone do not help
  EXPECT_EQ(vigil.overdue(at(4)).rule, "");
  EXPECT_EQ(vigil.overdue(at(5)).rule, "preface_timeout");
  vigil.greeted();
  EXPECT_EQ(vigil.overdue(at(5)).rule, "");
}

TEST(Vigil, AFrameMustEndHoweverManyBytesOfItCome) {
  Vigil vigil = greeted();
  for (int s = 1; s < 21; ++s) {
    vigil.heard(at(s), 7);
    EXPECT_EQ(vigil.overdue(at(s)).rule, "") << s;
  }
  EXPECT_EQ(vigil.next(at(20)), at(21));
  EXPECT_EQ(vigil.overdue(at(21)).rule, "slow_writer");
}

TEST(Vigil, ManyFramesMayEachBeCutByARead) {
  Vigil vigil = greeted();
  for (int s = 1; s < 100; ++s) {
    vigil.heard(at(s), static_cast<std::uint64_t>(s));
    EXPECT_EQ(vigil.overdue(at(s)).rule, "") << s;
  }
  vigil.heard(at(100), 0);
  EXPECT_EQ(vigil.overdue(at(199)).rule, "");
}

TEST(Vigil, WhoAnswersNothingIsAskedAndThenCountsAsSilent) {
  LinkTimes limits = times();
  limits.silence_time = seconds(1);
  Vigil vigil = greeted(limits);
  vigil.heard(at(0), 0);
  EXPECT_FALSE(vigil.must_ask(at(50), true)) << "nothing is expected of it";
  vigil.expects(at(50));
  EXPECT_EQ(vigil.next(at(50)), at(51));
  EXPECT_FALSE(vigil.must_ask(at(50), true));
  EXPECT_TRUE(vigil.must_ask(at(51), true));
  vigil.asked(at(51));
  EXPECT_FALSE(vigil.silent(at(51)));
  EXPECT_TRUE(vigil.silent(at(52)));
  EXPECT_EQ(vigil.spoke_again(), env::Time());
  vigil.heard(at(53), 0);  // awake again, though the answer is still missing
  EXPECT_FALSE(vigil.silent(at(53)));
  EXPECT_EQ(vigil.spoke_again(), at(53));
}

TEST(Vigil, WhoAnswersLateButLivesIsAskedTwiceOnly) {
  LinkTimes limits = times();
  limits.silence_time = seconds(1);
  Vigil vigil = greeted(limits);
  vigil.expects(at(0));
  int asked = 0;
  for (int s = 0; s < 60; ++s) {
    if (!vigil.must_ask(at(s), true)) continue;
    ++asked;
    vigil.asked(at(s));
    vigil.heard(at(s), 0);
    EXPECT_FALSE(vigil.silent(at(s)));
  }
  EXPECT_EQ(asked, 2);
  vigil.answered();
  vigil.expects(at(60));
  EXPECT_TRUE(vigil.must_ask(at(61), true)) << "another wait, another question";
}

TEST(Vigil, WhoHasAnsweredIsNotAskedForSilence) {
  LinkTimes limits = times();
  limits.silence_time = seconds(1);
  Vigil vigil = greeted(limits);
  vigil.expects(at(0));
  vigil.heard(at(0), 0);
  vigil.answered();
  EXPECT_FALSE(vigil.must_ask(at(30), true));
}

TEST(Vigil, WhoIsSaidToBeAbsentIsGivenUpOnceItIsSilent) {
  LinkTimes limits = times();
  limits.silence_time = seconds(1);
  Vigil vigil = greeted(limits);
  vigil.expects(at(0));
  vigil.asked(at(1));
  EXPECT_EQ(vigil.overdue(at(2)).rule, "") << "it is passed over alone";
  vigil.absent();
  EXPECT_EQ(vigil.next(at(1)), at(2));
  EXPECT_EQ(vigil.overdue(at(2)).rule, "keepalive_timeout");
  vigil.heard(at(2), 0);
  EXPECT_EQ(vigil.overdue(at(2)).rule, "") << "it finishes what it has begun";
}

TEST(Vigil, WhoTakesNothingIsASlowReaderAndWhoTakesALittleIsNot) {
  Vigil vigil = greeted();
  vigil.stalled(at(1));
  vigil.stalled(at(20));
  EXPECT_EQ(vigil.next(at(20)), at(31));
  vigil.wrote(at(25), true);
  EXPECT_EQ(vigil.overdue(at(31)).rule, "");
  EXPECT_EQ(vigil.overdue(at(55)).rule, "slow_reader");
  vigil.wrote(at(55), false);
  EXPECT_EQ(vigil.overdue(at(90)).rule, "");
}

TEST(Vigil, ASignOfLifeIsAskedForAndAnyByteIsOne) {
  Vigil vigil = greeted();
  EXPECT_EQ(vigil.next(at(0)), at(100));
  EXPECT_FALSE(vigil.must_ask(at(99), true));
  EXPECT_TRUE(vigil.must_ask(at(100), true));
  vigil.asked(at(100));
  EXPECT_FALSE(vigil.must_ask(at(101), true)) << "once is enough";
  EXPECT_EQ(vigil.next(at(100)), at(110));
  vigil.heard(at(109), 0);
  EXPECT_EQ(vigil.overdue(at(110)).rule, "");
  EXPECT_TRUE(vigil.must_ask(at(209), true));
  vigil.asked(at(209));
  EXPECT_EQ(vigil.overdue(at(219)).rule, "keepalive_timeout");
}

TEST(Vigil, WithoutStreamsItIsAskedOnlyIfAllowed) {
  Vigil quiet = greeted();
  EXPECT_FALSE(quiet.must_ask(at(500), false));
  EXPECT_EQ(quiet.next(at(500)), at(600)) << "it does not wake all the time meanwhile";
  LinkTimes chatty = times();
  chatty.keepalive_idle = true;
  EXPECT_TRUE(greeted(chatty).must_ask(at(500), false));
}

TEST(Vigil, NeverIsNever) {
  LinkTimes limits;
  limits.preface_time = limits.frame_time = limits.write_time = never;
  Vigil vigil(limits, at(0));
  vigil.heard(at(1), 3);
  vigil.stalled(at(1));
  EXPECT_EQ(vigil.next(at(1'000'000)), env::Time::max());
  EXPECT_EQ(vigil.overdue(at(100'000'000)).rule, "");
}

}  // namespace
}  // namespace holon::wire
