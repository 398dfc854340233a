#include "node/folder.h"

#include "env/disk.h"
#include "env/environment.h"
#include "env/reactor.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;

class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "folder_test.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
  }
  void TearDown() override { fs::remove_all(base_); }

  static bool private_to_us(const fs::path& directory) {
    return (fs::status(directory).permissions() & fs::perms::mask) == fs::perms::owner_all;
  }

  fs::path base_;
};

TEST_F(FolderTest, LiesBesideTheManifestForThisUserAlone) {
  Folder folder = Folder::beside(base_);
  ASSERT_TRUE(folder.make(env::os().disk()).ok());
  EXPECT_EQ(folder.path(), fs::canonical(base_) / ".holon");
  EXPECT_EQ(folder.socket("cart.0"), folder.path() / "run/cart.0.sock");
  EXPECT_EQ(folder.log("cart.0"), folder.path() / "logs/cart.0.log");
  EXPECT_TRUE(private_to_us(folder.path()));
  EXPECT_TRUE(private_to_us(folder.sockets()));
}

TEST_F(FolderTest, IsClosedToOthersAgainIfItWasOpen) {
  fs::create_directories(base_ / ".holon");
  fs::permissions(base_ / ".holon", fs::perms::all);
  Folder folder = Folder::beside(base_);
  ASSERT_TRUE(folder.make(env::os().disk()).ok());
  EXPECT_TRUE(private_to_us(folder.path()));
}

TEST_F(FolderTest, SocketsGoElsewhereWhereThePathIsTooLong) {
  fs::path deep = base_ / std::string(60, 'a') / std::string(60, 'b');
  fs::create_directories(deep);
  Folder folder = Folder::beside(deep);
  ASSERT_TRUE(folder.make(env::os().disk()).ok());
  fs::path longest = folder.socket(std::string(40, 'n') + ".99");
  EXPECT_LT(longest.string().size(), 108u);
  EXPECT_TRUE(private_to_us(folder.sockets()));
  EXPECT_EQ(folder.log("cart.0").parent_path().parent_path(), folder.path());
  Result<std::unique_ptr<env::Listener>> listener =
      env::os().make_reactor()->listen(*env::Address::parse("unix:" + longest.string()));
  EXPECT_TRUE(listener.ok());
  EXPECT_NE(Folder::beside(base_ / std::string(60, 'a')).sockets(), folder.sockets());
  fs::remove_all(folder.sockets());
}

}  // namespace
}  // namespace holon::node
