#include "gateway/proxy/upstreams.h"

namespace holon::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using std::chrono::seconds;

std::vector<std::string> turn(const Upstreams& upstreams, env::Time now) {
  std::vector<std::string> names;
  for (const Upstreams::Server* server : upstreams.in_turn(now)) names.push_back(server->authority);
  return names;
}

TEST(Upstreams, AreTakenInTurn) {
  const auto upstreams = *Upstreams::make({"http://a", "http://b", "http://c"});
  EXPECT_THAT(turn(*upstreams, {}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(turn(*upstreams, {}), ElementsAre("b", "c", "a"));
  EXPECT_THAT(turn(*upstreams, {}), ElementsAre("c", "a", "b"));
}

TEST(Upstreams, WhoFailsRestsLongerEachTime) {
  const auto upstreams = *Upstreams::make({"http://a", "http://b"});
  Upstreams::Server* a = upstreams->in_turn({}).front();
  const env::Time now{seconds(1000)};
  for (const int rest : {1, 2, 4, 8, 16, 30, 30, 30}) {
    a->failed(now);
    EXPECT_TRUE(a->resting(now + seconds(rest) - std::chrono::milliseconds(1))) << rest;
    EXPECT_FALSE(a->resting(now + seconds(rest))) << rest;
  }
  a->answered();
  a->failed(now);
  EXPECT_FALSE(a->resting(now + seconds(1)));
}

TEST(Upstreams, WhoRestsComesLastAndIsStillTried) {
  const auto upstreams = *Upstreams::make({"http://a", "http://b"});
  const env::Time now{seconds(1000)};
  for (Upstreams::Server* server : upstreams->in_turn(now)) {
    if (server->authority == "a") server->failed(now);
  }
  for (int i = 0; i < 4; ++i) EXPECT_THAT(turn(*upstreams, now), ElementsAre("b", "a"));
}

TEST(Upstreams, RefuseWhatIsNoServer) {
  EXPECT_THAT(Upstreams::make({}).error().message(), HasSubstr("needs the URL of a server"));
  EXPECT_THAT(Upstreams::make({"http://a", "ftp://b"}).error().message(), HasSubstr("ftp://b"));
  EXPECT_THAT(Upstreams::make({"http://a/?b"}).error().message(), HasSubstr("no query"));
}

}  // namespace
}  // namespace holon::gateway
