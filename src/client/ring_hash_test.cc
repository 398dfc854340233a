// What belongs together stays together, as far as there is room; and little moves.

#include "client/ring_hash.h"

#include <algorithm>
#include <cmath>

#include "client/fake_candidate.h"

namespace holon::client {
namespace {

constexpr int keys = 4'000;

std::vector<const Candidate*> owners(RingHash& ring, Candidates from) {
  std::vector<const Candidate*> found;
  for (int key = 0; key < keys; ++key) found.push_back(&ring.pick(from, {.key = stable_hash(std::to_string(key))}));
  return found;
}

int moved(const std::vector<const Candidate*>& before, const std::vector<const Candidate*>& after) {
  int count = 0;
  for (int i = 0; i < keys; ++i) count += before[i] != after[i] ? 1 : 0;
  return count;
}

TEST(RingHash, AKeyHasItsPlaceWhoeverAsks) {
  FakeCandidates ten(10);
  std::vector<Candidate*> shuffled = ten.all;
  std::ranges::reverse(shuffled);
  RingHash one, other;
  one.know(ten.all);
  other.know(shuffled);
  EXPECT_EQ(owners(one, ten.all), owners(other, shuffled));
}

TEST(RingHash, KeysAreSpreadEvenly) {
  FakeCandidates ten(10);
  RingHash ring;
  ring.know(ten.all);
  std::array<int, 10> count{};
  for (const Candidate* owner : owners(ring, ten.all)) ++count[ten.index(*owner)];
  for (const int each : count) EXPECT_NEAR(each, keys / 10, keys / 10 * 0.35);
}

// For each number of endpoints: when one goes, its keys move and no others; when it comes again, they come back.
TEST(RingHash, OnlyTheKeysOfWhoeverComesOrGoesMove) {
  for (const int count : {2, 3, 5, 8, 13, 21, 30}) {
    FakeCandidates some(count);
    RingHash ring;
    ring.know(some.all);
    const std::vector<const Candidate*> before = owners(ring, some.all);
    const std::vector<Candidate*> left(some.all.begin() + 1, some.all.end());
    ring.know(left);
    const std::vector<const Candidate*> without = owners(ring, left);
    const auto its = std::ranges::count(before, some.all[0]);
    EXPECT_EQ(moved(before, without), its) << count;
    EXPECT_LT(its, keys / count * 1.5) << count;
    ring.know(some.all);
    EXPECT_EQ(owners(ring, some.all), before) << count;
  }
}

TEST(RingHash, WhoIsNotFitIsPassedOverAndNoOthersKeysMove) {
  FakeCandidates five(5);
  RingHash ring;
  ring.know(five.all);
  const std::vector<const Candidate*> before = owners(ring, five.all);
  const std::vector<Candidate*> fit = {five.all[0], five.all[1], five.all[3], five.all[4]};
  EXPECT_EQ(moved(before, owners(ring, fit)), std::ranges::count(before, five.all[2]));
}

TEST(RingHash, NobodyGetsMoreThanAQuarterBeyondTheShareOfAll) {
  FakeCandidates five(5);
  RingHash ring;
  ring.know(five.all);
  const Pick hot{.key = stable_hash("what all ask for")};
  std::vector<std::size_t> order;
  for (int call = 1; call <= 200; ++call) {
    const std::size_t whom = five.index(ring.pick(five.all, hot));
    if (std::ranges::find(order, whom) == order.end()) order.push_back(whom);
    ++five[whom].calls;
    const double most = std::ceil(1.25 * call / 5);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_LE(static_cast<double>(five[i].calls), most) << call;
  }
  EXPECT_GE(order.size(), 4u) << "a hot key takes as many as it needs";
  for (FakeCandidate& each : five.made) each.calls = 0;
  EXPECT_EQ(five.index(ring.pick(five.all, hot)), order[0]) << "and goes home when there is room";
}

TEST(RingHash, OneCallAtATimeNeverLeavesItsPlace) {
  FakeCandidates three(3);
  RingHash ring;
  ring.know(three.all);
  const Pick one{.key = stable_hash("one")};
  const Candidate& place = ring.pick(three.all, one);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(&ring.pick(three.all, one), &place);
}

}  // namespace
}  // namespace holon::client
