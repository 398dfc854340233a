// What callers get that know nothing of holon: the node's outlet stands between them and the services.
#include <csignal>

#include "tests/mesh/chain_application.h"

namespace holon {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class OtherLanguagesTest : public ChainTest {
 protected:
  void SetUp() override {
    ChainTest::SetUp();
    std::filesystem::copy_file(MESH_TEST_SOURCES "/asker.py", folder_ / "asker.py");
    std::ofstream(manifest_) << "app: chain\n"
                                "services:\n"
                                "  five: {program: " << CHAIN_PROGRAM << ", replicas: 2}\n"
                                "  asker: {command: [/usr/bin/python3, asker.py], protocol: http, calls: [five]}\n";
    up();
    ASSERT_TRUE(goes_on());
  }

  std::string said() { return holon({"logs", "asker", "--tail", "-1"}).output; }
  /// Whether it makes some hundred calls more.
  bool goes_on(seconds within = seconds(20)) {
    const auto hundreds = [this] {
      const std::string text = said();
      std::size_t count = 0;
      for (std::size_t at = text.find("asked "); at != std::string::npos; at = text.find("asked ", at + 1)) ++count;
      return count;
    };
    const std::size_t before = hundreds();
    return eventually([&] { return hundreds() >= before + 3; }, within);
  }
};

TEST_F(OtherLanguagesTest, ReplicasKilledInTurnCostThemNothing) {
  for (int round = 0; round < 4; ++round) {
    const std::string replica = "five." + std::to_string(round % 2);
    const env::ProcessId process = process_of(replica);
    kill_hard(process);
    ASSERT_TRUE(ready_anew(replica, process));
    ASSERT_TRUE(goes_on());
  }
  EXPECT_THAT(said(), Not(HasSubstr("failed")));
}

TEST_F(OtherLanguagesTest, AFrozenReplicaIsPassedOver) {
  const env::ProcessId frozen = process_of("five.0");
  ASSERT_TRUE(env::os().processes().signal(frozen, SIGSTOP, false).ok());
  EXPECT_TRUE(goes_on(seconds(10)));
  ASSERT_TRUE(env::os().processes().signal(frozen, SIGCONT, false).ok());
  EXPECT_THAT(said(), Not(HasSubstr("failed")));
}

}  // namespace
}  // namespace holon
