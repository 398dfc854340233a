// Who calls, and whether that may be: with real processes, one of which lies.
#include <filesystem>
#include <fstream>

#include "fiber/call.h"
#include "holon/client.h"
#include "tests/node/application.h"
#include "tests/security/break_in.h"

namespace holon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using std::chrono::seconds;

class IdentityTest : public ApplicationTest {
 protected:
  /// The application of docs/security.md; without `allow:` if nothing is to be narrowed.
  void write_vault(bool narrowed) {
    std::filesystem::create_directories(folder_ / "bin");
    std::filesystem::create_symlink(VAULT_PROGRAM, folder_ / "bin" / "vault");
    std::ifstream in(std::string(SECURITY_TEST_SOURCES) + "/vault.yaml");
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!narrowed) text.erase(text.find("    allow:"), std::string("    allow:\n      keeper: [Look]\n").size());
    std::ofstream(manifest_) << text;
  }

  template <class Contract, class Ask>
  Result<vault::Contents> ask(const std::string& host, Ask ask) {
    Client client(endpoint(host));
    Ref<Contract> service(client);
    auto call = client.call(seconds(10));
    return ask(service, *call);
  }
  Result<vault::Contents> look(const std::string& host = "keeper.0") {
    return ask<vault::Keeper>(host, [](auto& keeper, Call& call) { return keeper->Look(call, {}); });
  }
  Result<vault::Contents> open(const std::string& host = "keeper.0") {
    return ask<vault::Keeper>(host, [](auto& keeper, Call& call) { return keeper->Open(call, {}); });
  }
  /// The thief, who is a host of this application, calls the vault.
  Error break_in_as(const std::string& name) {
    vault::BreakInRequest request;
    request.set_address(endpoint("vault.0"));
    request.set_name(name);
    Result<vault::Contents> got =
        ask<vault::Thief>("thief.0", [&](auto& thief, Call& call) { return thief->BreakIn(call, request); });
    return got.ok() ? internal_error("it got " + got->what()) : got.error();
  }
  /// What the vault's host wrote, once it has this text in it.
  bool vault_logs(const std::string& text, const std::string& host = "vault.0") {
    return eventually([&] { return holon({"logs", host}).output.find(text) != std::string::npos; });
  }
};

TEST_F(IdentityTest, AHostCallsInItsOwnNameAlone) {
  write_vault(false);
  up();
  EXPECT_TRUE(look().ok()) << look().error().to_string();
  const Error lie = break_in_as("vault.Keeper");
  EXPECT_EQ(lie.code(), Code::permission_denied) << lie.to_string();
  EXPECT_THAT(lie.message(), HasSubstr("thief.0 calls in the name of vault.Keeper, which it does not run"));
  EXPECT_TRUE(vault_logs("called vault.Vault/Open: thief.0 calls in the name of vault.Keeper"));
  const Error undeclared = break_in_as("vault.Thief");
  EXPECT_THAT(undeclared.message(), HasSubstr("vault.Thief does not declare that it calls vault.Vault"));
  EXPECT_EQ(undeclared.code(), Code::permission_denied);
  EXPECT_EQ(break_in_as("").code(), Code::permission_denied);
}

TEST_F(IdentityTest, WhoIsNoHostHasNobodysName) {
  write_vault(false);
  up();
  fiber::Loop loop(env::os(), 0);
  Result<vault::Contents> got = internal_error("not called");
  const std::string address = endpoint("vault.0");
  loop.spawn([&] {
    internal::RootCall call(loop.now() + seconds(10));
    got = break_in(call, loop, address, "vault.Keeper");
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(got.code(), Code::permission_denied);
  EXPECT_THAT(got.error().message(), HasSubstr("is no host of this application"));
  const auto own = ask<vault::Vault>("vault.0", [](auto& vault, Call& call) { return vault->Open(call, {}); });
  EXPECT_TRUE(own.ok()) << "whoever runs the application may look into it: " << own.error().to_string();
}

TEST_F(IdentityTest, AllowNarrowsByMethodInEveryPlacement) {
  write_vault(true);
  for (const char* placement : {"split", "together"}) {
    up({"--placement", placement});
    const std::string keeper = placement == std::string("split") ? "keeper.0" : "all.0";
    EXPECT_TRUE(look(keeper).ok()) << placement << look(keeper).error().to_string();
    const Result<vault::Contents> opened = open(keeper);
    EXPECT_EQ(opened.code(), Code::permission_denied) << placement;
    EXPECT_THAT(opened.error().message(),
                AllOf(HasSubstr("does not let vault.Keeper call vault.Vault/Open"), HasSubstr("`allow:`")));
    EXPECT_TRUE(vault_logs("does not let vault.Keeper call vault.Vault/Open", keeper)) << placement;
    ASSERT_EQ(holon({"down"}).code, 0);
  }
}

TEST_F(IdentityTest, AHostThatWasJustStartedIsKnown) {
  write_vault(false);
  up();
  for (int round = 0; round < 5; ++round) {
    const env::ProcessId before = process_of("keeper.0");
    kill_hard(before);
    ASSERT_TRUE(ready_anew("keeper.0", before));
    const Result<vault::Contents> seen = look();
    EXPECT_TRUE(seen.ok()) << round << ": " << seen.error().to_string();
  }
}

TEST_F(IdentityTest, WhatIsAllowedOutlastsTheNode) {
  write_vault(true);
  up();
  const std::string keeper = endpoint("keeper.0");
  kill_hard(node_process());
  Client client(keeper);
  Ref<vault::Keeper> service(client);
  auto call = client.call(seconds(10));
  EXPECT_TRUE(service->Look(*call, {}).ok());
  EXPECT_EQ(service->Open(*call, {}).code(), Code::permission_denied);
  up();
  EXPECT_TRUE(look().ok()) << "the next node takes the hosts over, and knows them";
  EXPECT_EQ(open().code(), Code::permission_denied);
}

TEST_F(IdentityTest, WhatNamesNothingIsRefusedBeforeAnythingStarts) {
  write_vault(true);
  std::ofstream(manifest_, std::ios::app) << "# a slip of the pen\n";
  std::ifstream in(manifest_);
  std::string text(std::istreambuf_iterator<char>(in), {});
  text.replace(text.find("keeper: [Look]"), std::string("keeper: [Look]").size(), "keper: [Look]\n      thief: [Lock]");
  std::ofstream(manifest_) << text;
  const Ran ran = holon({"up", "-d", "--port", "0"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.messages, AllOf(HasSubstr("there is no service keper; did you mean keeper?"),
                                  HasSubstr("thief does not call vault, so there is nothing to allow"),
                                  HasSubstr("vault has no method Lock; did you mean Look?")));
}

}  // namespace
}  // namespace holon
