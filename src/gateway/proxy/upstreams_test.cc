#include "gateway/proxy/upstreams.h"

#include "fiber/call.h"
#include "fiber/loop.h"

namespace holon::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using std::chrono::seconds;

class UpstreamsTest : public ::testing::Test {
 protected:
  static std::vector<std::string> turn(Upstreams& upstreams) {
    internal::RootCall call(Deadline::max());
    std::vector<std::string> names;
    const Upstreams::Servers servers = upstreams.in_turn(call).value();
    for (const auto& server : servers) names.push_back(server->authority);
    return names;
  }

  fiber::Loop loop_{env::os(), 0};
};

TEST_F(UpstreamsTest, AreTakenInTurn) {
  const auto upstreams = *FixedUpstreams::make({"http://a", "http://b", "http://c"});
  EXPECT_THAT(turn(*upstreams), ElementsAre("a", "b", "c"));
  EXPECT_THAT(turn(*upstreams), ElementsAre("b", "c", "a"));
  EXPECT_THAT(turn(*upstreams), ElementsAre("c", "a", "b"));
}

TEST_F(UpstreamsTest, WhoFailsRestsLongerEachTime) {
  Upstreams::Server a(*client::HttpUrl::parse("http://a"));
  const env::Time now{seconds(1000)};
  for (const int rest : {1, 2, 4, 8, 16, 30, 30, 30}) {
    a.failed(now);
    EXPECT_TRUE(a.resting(now + seconds(rest) - std::chrono::milliseconds(1))) << rest;
    EXPECT_FALSE(a.resting(now + seconds(rest))) << rest;
  }
  a.answered();
  a.failed(now);
  EXPECT_FALSE(a.resting(now + seconds(1)));
}

TEST_F(UpstreamsTest, WhoRestsComesLastAndIsStillTried) {
  const auto upstreams = *FixedUpstreams::make({"http://a", "http://b"});
  internal::RootCall call(Deadline::max());
  const auto a = upstreams->in_turn(call).value().front();
  for (int i = 0; i < 8; ++i) a->failed(loop_.now());
  for (int i = 0; i < 4; ++i) EXPECT_THAT(turn(*upstreams), ElementsAre("b", "a"));
}

TEST_F(UpstreamsTest, RefuseWhatIsNoServer) {
  EXPECT_THAT(FixedUpstreams::make({}).error().message(), HasSubstr("needs the URL of a server"));
  EXPECT_THAT(FixedUpstreams::make({"http://a", "ftp://b"}).error().message(), HasSubstr("ftp://b"));
  EXPECT_THAT(FixedUpstreams::make({"http://a/?b"}).error().message(), HasSubstr("no query"));
}

}  // namespace
}  // namespace holon::gateway
