// Certificates that are renewed under load.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "crypto/test_certificates.h"
#include "env/process.h"
#include "holon/client.h"
#include "holon/outgoing_call.h"
#include "node/identities.h"
#include "vault.holon.h"

namespace holon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A file is looked at once a second: each of these certificates is used.
constexpr milliseconds between_rotations{1050};
constexpr seconds life{10};

/// The program vault with a certificate, without a node, and calls to its vault by who has one too.
class RotationTest : public testing::Test {
 protected:
  RotationTest() {
    EXPECT_TRUE(identities_.provide("vault").ok() && identities_.provide("keeper").ok());
    const auto own = identities_.file("vault").string();
    program_ = env::os().processes().spawn(
        {.arguments = {VAULT_PROGRAM, "--listen=tls:unix:" + socket_, "--tls-cert=" + own, "--tls-key=" + own,
                       "--tls-client-ca=" + identities_.roots().string(), "--limit=age_max=300ms"},
         .output = folder_.path("vault.log")}).value();
  }
  ~RotationTest() override {
    (void)env::os().processes().signal(program_, SIGKILL, false).ok();
  }

  void call_until_told() {
    ClientOptions options;
    options.tls.roots = identities_.roots();
    options.tls.certificate = options.tls.key = identities_.file("keeper");
    options.tls.server_name = node::server_name_of("vault", "bank");
    Client client("tls:unix:" + socket_, options);
    Ref<vault::Vault> vault(client);
    {
      auto up = client.call(seconds(30));
      OutgoingCall patient(*up);
      patient.wait_for_ready();
      EXPECT_TRUE(vault->Look(patient, {}).ok());
    }
    while (!stopping_) {
      auto call = client.call(seconds(10));
      const Result<vault::Contents> reply = vault->Look(*call, {});
      ++calls_;
      if (!reply.ok()) ADD_FAILURE() << reply.error().to_string();
      if (!reply.ok()) return;
    }
  }

  crypto::TestFolder folder_;
  node::Identities identities_{env::os(), crypto::Authority::create(env::os(), "bank").value(), "bank",
                               folder_.path("identity"), life};
  const std::string socket_ = folder_.path("vault.sock");
  env::ProcessId program_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> calls_{0};
};

TEST_F(RotationTest, RotationsUnderLoadCostNoCall) {
  const char* wanted = std::getenv("HOLON_TEST_ROUNDS");
  const int rounds = wanted != nullptr ? std::atoi(wanted) : 6;
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) callers.emplace_back([this] { call_until_told(); });
  for (int round = 0; round < rounds; ++round) {
    std::this_thread::sleep_for(between_rotations);
    for (const char* host : {"vault", "keeper"}) ASSERT_TRUE(identities_.provide(host).ok());
  }
  std::this_thread::sleep_for(between_rotations);
  stopping_ = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(calls_, static_cast<std::size_t>(rounds) * 50);
}

}  // namespace
}  // namespace holon
