#include "telemetry/doors.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace holon::telemetry {
namespace {

TEST(Doors, AreAddedUpOverLoopsThatHaveGoneToo) {
  {
    const std::shared_ptr<DoorCell> one = add_door("doors.Test");
    one->begun[0] = 2;
    one->waiting = 3;
    one->limit = 4.5;
  }
  const std::shared_ptr<DoorCell> other = add_door("doors.Test");
  other->begun[0] = 1;
  other->begun[2] = 5;
  other->running = 7;
  other->ended = 2;
  other->ended_ns = 9;
  const std::vector<Door> all = doors();
  const auto door = std::ranges::find(all, "doors.Test", &Door::service);
  ASSERT_NE(door, all.end());
  EXPECT_EQ(door->begun, (std::array<std::uint64_t, priorities>{3, 0, 5}));
  EXPECT_EQ(door->running, 7u);
  EXPECT_EQ(door->waiting, 3u);
  EXPECT_EQ(door->limit, 4.5);
  const std::optional<Door> alone = door_of("doors.Test");
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->running, 7u);
  EXPECT_EQ(alone->ended, 2u);
  EXPECT_EQ(alone->ended_ns, 9u);
  EXPECT_FALSE(door_of("doors.Tes"));
}

}  // namespace
}  // namespace holon::telemetry
