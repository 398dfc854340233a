#include "gateway/access/key_source.h"

#include "crypto/test_certificates.h"
#include "fiber/call.h"
#include "fiber/loop.h"
#include "gateway/access/test_tokens.h"

namespace holon::gateway {
namespace {

using namespace testing;  // NOLINT: the helpers of these tests
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(KeySchedule, DoublesItsPauseWhileTheSourceIsDown) {
  KeySchedule schedule{minutes(10)};
  env::Time now = env::Time() + minutes(1);
  EXPECT_TRUE(schedule.due(now));
  for (int pause : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    schedule.failed(now);
    EXPECT_FALSE(schedule.due(now + seconds(pause) - milliseconds(1)));
    EXPECT_FALSE(schedule.early(now + seconds(pause) - milliseconds(1))) << "tokens don't hurry it";
    now += seconds(pause);
    EXPECT_TRUE(schedule.due(now));
    EXPECT_TRUE(schedule.early(now));
  }
  schedule.succeeded(now);
  EXPECT_FALSE(schedule.due(now + minutes(10) - milliseconds(1)));
  EXPECT_TRUE(schedule.due(now + minutes(10)));
  EXPECT_FALSE(schedule.early(now + seconds(29)));
  EXPECT_TRUE(schedule.early(now + seconds(30)));
  schedule.failed(now);
  EXPECT_TRUE(schedule.due(now + seconds(1))) << "the pauses begin anew";
}

/// A source behind a URL, whose answer is a test's to choose.
class KeySourceTest : public ::testing::Test {
 protected:
  KeySourceTest() { serve("one"); }

  void serve(const std::string& id) { answer_ = "{\"keys\":[" + jwk(signer_, Kind::ed25519, R"(,"kid":")" + id + "\"") + "]}"; }
  std::string ids(const std::shared_ptr<const KeySet>& set) {
    std::string all;
    for (const VerificationKey& key : set->keys) all += key.id;
    return all;
  }
  /// What the fibers of the background have to do is done.
  void settle() { ASSERT_TRUE(sleep(call_, milliseconds(1)).ok()); }

  fiber::Loop loop_{env::os(), 0};
  internal::RootCall call_{Clock::now() + minutes(1)};
  TestSigner signer_{Kind::ed25519};
  TestWorld world_;
  Result<std::string> answer_ = std::string();
  int asked_ = 0;
  KeySource source_{"https://id.example/jwks.json", minutes(10), world_, [this](Call&, const std::string& url) {
                      EXPECT_EQ(url, "https://id.example/jwks.json");
                      ++asked_;
                      return answer_;
                    }};
};

TEST_F(KeySourceTest, IsAskedWhenItIsNeeded) {
  ASSERT_TRUE(source_.start().ok());
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(ids(*source_.keys(call_)), "one");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ids(*source_.keys(call_)), "one");
  EXPECT_EQ(asked_, 1);
}

TEST_F(KeySourceTest, IsAskedAgainInTheBackground) {
  EXPECT_EQ(ids(*source_.keys(call_)), "one");
  serve("two");
  world_.pass(minutes(10));
  EXPECT_EQ(ids(*source_.keys(call_)), "one") << "nobody waits";
  settle();
  EXPECT_EQ(ids(*source_.keys(call_)), "two");
  EXPECT_EQ(asked_, 2);
}

TEST_F(KeySourceTest, ATokenWithAnUnknownKeyAsksEarlyButNotOften) {
  std::shared_ptr<const KeySet> first = *source_.keys(call_);
  serve("two");
  EXPECT_EQ(ids(source_.newer(call_, first)), "one") << "it was asked just now";
  world_.pass(seconds(30));
  EXPECT_EQ(ids(source_.newer(call_, first)), "two");
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ids(source_.newer(call_, *source_.keys(call_))), "two");
  EXPECT_EQ(asked_, 2) << "a flood of forgeries is no flood of questions";
  EXPECT_EQ(ids(source_.newer(call_, first)), "two") << "who has older ones gets these";
}

TEST_F(KeySourceTest, KeysStayInUseWhileTheSourceIsDown) {
  EXPECT_EQ(ids(*source_.keys(call_)), "one");
  for (Result<std::string> bad : {Result<std::string>(unavailable("nobody is there")), Result<std::string>("<html>"),
                                  Result<std::string>(R"({"keys":[]})")}) {
    answer_ = bad;
    world_.pass(minutes(10));
    EXPECT_EQ(ids(*source_.keys(call_)), "one");
    settle();
    EXPECT_EQ(ids(*source_.keys(call_)), "one");
  }
  EXPECT_EQ(asked_, 4);
  serve("two");
  world_.pass(minutes(10));
  (void)source_.keys(call_);
  settle();
  EXPECT_EQ(ids(*source_.keys(call_)), "two");
}

TEST_F(KeySourceTest, WithoutAnyKeysNobodyIsLetInAndTheSourceIsSpared) {
  answer_ = unavailable("nobody is there");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(source_.keys(call_).code(), Code::unavailable);
  EXPECT_EQ(asked_, 1);
  serve("one");
  world_.pass(seconds(1));
  EXPECT_EQ(ids(*source_.keys(call_)), "one");
}

TEST_F(KeySourceTest, OneAsksAtATimeAndAllGetItsAnswer) {
  int inside = 0;
  int most = 0;
  KeySource slow("https://id.example/jwks.json", minutes(10), world_, [&](Call& call, const std::string&) {
    most = std::max(most, ++inside);
    ++asked_;
    (void)sleep(call, milliseconds(5));
    --inside;
    return answer_;
  });
  TaskGroup group(call_);
  std::vector<Task<std::string>> tasks;
  for (int i = 0; i < 50; ++i) {
    tasks.push_back(group.spawn([&](Call& branch) -> Result<std::string> { return ids(HOLON_TRY(slow.keys(branch))); }));
  }
  for (auto& task : tasks) EXPECT_EQ(*task.get(), "one");
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(most, 1);
}

TEST_F(KeySourceTest, AFileIsReadAtOnceAndAgainWhenItChanges) {
  const crypto::TestFolder folder;
  const std::string path = folder.write("keys.pem", signer_.public_pem());
  KeySource file(path, minutes(10), world_, nullptr);
  ASSERT_TRUE(file.start().ok());
  EXPECT_EQ((*file.keys(call_))->keys.size(), 1u);
  folder.write("keys.pem", signer_.public_pem() + TestSigner(Kind::p256).public_pem());
  world_.pass(seconds(1));
  (void)file.keys(call_);
  settle();
  EXPECT_EQ((*file.keys(call_))->keys.size(), 2u);
  EXPECT_THAT(KeySource(folder.path("none.pem"), minutes(10), world_, nullptr).start().error().message(),
              ::testing::HasSubstr("none.pem"));
}

}  // namespace
}  // namespace holon::gateway
