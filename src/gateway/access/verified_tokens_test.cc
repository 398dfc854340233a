#include "gateway/access/verified_tokens.h"

#include "crypto/hash.h"

namespace holon::gateway {
namespace {

using std::chrono::seconds;

class VerifiedTokensTest : public ::testing::Test {
 protected:
  std::string hash_ = crypto::sha256("token");
  std::shared_ptr<const KeySet> keys_ = std::make_shared<const KeySet>();
  env::WallTime now_{seconds(1000)};
  Claims ann_ = *Claims::from_json(R"({"sub":"ann"})");
  VerifiedTokens verified_;
};

TEST_F(VerifiedTokensTest, AreKnownUntilTheyExpire) {
  EXPECT_FALSE(verified_.find(hash_, *keys_, now_));
  verified_.keep(hash_, {keys_, now_ + seconds(10), ann_});
  EXPECT_EQ(verified_.find(hash_, *keys_, now_ + seconds(9))->subject(), "ann");
  EXPECT_FALSE(verified_.find(crypto::sha256("another"), *keys_, now_));
  EXPECT_FALSE(verified_.find(hash_, *keys_, now_ + seconds(10)));
  EXPECT_FALSE(verified_.find(hash_, *keys_, now_)) << "what has expired is forgotten";
}

TEST_F(VerifiedTokensTest, AreVerifiedAnewByOtherKeys) {
  verified_.keep(hash_, {keys_, now_ + seconds(10), ann_});
  const KeySet others;
  EXPECT_FALSE(verified_.find(hash_, others, now_));
}

TEST_F(VerifiedTokensTest, AreNotMoreThanThereIsRoomFor) {
  constexpr std::size_t many = 4 * VerifiedTokens::tokens_max;
  for (std::size_t i = 0; i < many; ++i) verified_.keep(crypto::sha256(std::to_string(i)), {keys_, now_ + seconds(10), ann_});
  std::size_t known = 0;
  for (std::size_t i = 0; i < many; ++i) known += verified_.find(crypto::sha256(std::to_string(i)), *keys_, now_) ? 1 : 0;
  EXPECT_LE(known, VerifiedTokens::tokens_max);
  EXPECT_GT(known, VerifiedTokens::tokens_max / 2);
}

}  // namespace
}  // namespace holon::gateway
