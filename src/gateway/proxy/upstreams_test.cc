#include "gateway/proxy/upstreams.h"

#include <set>

#include "fiber/call.h"
#include "fiber/loop.h"

namespace holon::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class UpstreamsTest : public ::testing::Test {
 protected:
  void of(const std::vector<std::string>& urls) {
    upstreams_ = std::make_unique<FixedUpstreams>(FixedUpstreams::parse(urls).value(), http_, pools_, std::vector{&loop_});
  }
  std::shared_ptr<const Upstreams::Server> choose(const Upstreams::Server* elsewhere_than = nullptr) {
    internal::RootCall call(Deadline::max());
    return upstreams_->choose(call, elsewhere_than).value().server;
  }
  std::set<std::string> chosen(const Upstreams::Server* elsewhere_than = nullptr) {
    std::set<std::string> names;
    for (int i = 0; i < 100; ++i) names.insert(choose(elsewhere_than)->authority);
    return names;
  }

  fiber::Loop loop_{env::os(), 0};
  client::Pools pools_{{&loop_}};
  client::HttpClient http_{{&loop_}};
  std::unique_ptr<Upstreams> upstreams_;
};

TEST_F(UpstreamsTest, AllAreChosen) {
  of({"http://a", "http://b", "http://c"});
  EXPECT_THAT(chosen(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(upstreams_->count(), 3u);
}

TEST_F(UpstreamsTest, WhoMostlyFailsIsNotWhileOthersAreWell) {
  of({"http://a", "http://b"});
  const auto failing = choose();
  for (int i = 0; i < 5; ++i) failing->peer()->ended(client::Outcome::absent, {});
  EXPECT_EQ(chosen().count(failing->authority), 0u);
  EXPECT_TRUE(upstreams_->others_reachable(*failing));
}

TEST_F(UpstreamsTest, WhoFailedARequestIsNotChosenForItAgain) {
  of({"http://a", "http://b"});
  const auto first = choose();
  EXPECT_EQ(chosen(first.get()).count(first->authority), 0u);
  of({"http://a"});
  const auto only = choose();
  EXPECT_EQ(choose(only.get()), only);
}

TEST_F(UpstreamsTest, ServersOfOneOriginKeepTheirPaths) {
  of({"http://a/x", "http://a/y/"});
  std::set<std::string> bases;
  for (int i = 0; i < 100; ++i) bases.insert(choose()->base);
  EXPECT_THAT(bases, ElementsAre("/x", "/y"));
}

TEST_F(UpstreamsTest, RefuseWhatIsNoServer) {
  EXPECT_THAT(FixedUpstreams::parse({}).error().message(), HasSubstr("needs the URL of a server"));
  EXPECT_THAT(FixedUpstreams::parse({"http://a", "ftp://b"}).error().message(), HasSubstr("ftp://b"));
  EXPECT_THAT(FixedUpstreams::parse({"http://a/?b"}).error().message(), HasSubstr("no query"));
}

}  // namespace
}  // namespace holon::gateway
