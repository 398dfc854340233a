// A client that means no harm and has no time, at a host that gets no processor: what looks like a flood of resets is none.
#include <gtest/gtest.h>

#include <csignal>

#include "holon/client.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "target.holon.h"
#include "tests/hostile/victim.h"

namespace holon::hostile {
namespace {

constexpr milliseconds no_time{10};
constexpr int calls_at_once = 40;

/// Stops a victim while it lives: that process gets no processor.
class Starved {
 public:
  explicit Starved(const Victim& victim) : process_(victim.process()) { signal(SIGSTOP); }
  ~Starved() { signal(SIGCONT); }
  Starved(const Starved&) = delete;
  Starved& operator=(const Starved&) = delete;

 private:
  void signal(int which) { EXPECT_TRUE(env::os().processes().signal(process_, which, false).ok()); }
  env::ProcessId process_;
};

/// Calls that nobody answers in time; gives how many expired.
int expire(Client& client, const Ref<::hostile::Target>& target) {
  const auto call = client.call(std::chrono::seconds(10));
  int expired = 0;
  TaskGroup group(*call);
  for (int i = 0; i < calls_at_once; ++i) {
    group.spawn([&](Call& branch) -> Result<void> {
      OutgoingCall hasty(branch);
      hasty.timeout(no_time);
      expired += target->Echo(hasty, {}).code() == Code::deadline_exceeded ? 1 : 0;
      return {};
    });
  }
  EXPECT_TRUE(group.wait().ok());
  return expired;
}

// 4,000 calls a second with 10 ms each: what comes while the host is stopped is read together with its reset.
TEST(Impatient, WhoseDeadlinesPassOnAStarvedHostKeepsItsConnection) {
  Victim victim;
  Client client(victim.address());
  const Ref<::hostile::Target> target(client);
  int expired = 0;
  for (int round = 0; round < 10; ++round) {
    {
      Starved meanwhile(victim);
      for (int wave = 0; wave < 10; ++wave) expired += expire(client, target);
    }
    const auto call = client.call(std::chrono::seconds(10));
    ASSERT_TRUE(target->Echo(*call, {}).ok()) << victim.all_refusals();
  }
  EXPECT_GT(expired, 3'000) << "of 4,000";
  EXPECT_EQ(victim.refusals("http2.reset_flood"), 0u) << victim.all_refusals();
}

}  // namespace
}  // namespace holon::hostile
