#include "client/http.h"
#include "client/http_script_server.h"
#include "crypto/test_certificates.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

using testing::HasSubstr;
using Peer = ScriptServer::Peer;

class HttpTlsTest : public testing::Test {
 protected:
  std::shared_ptr<crypto::ServerTls> tls(const crypto::TestWish& wish = {}) {
    auto made = crypto::ServerTls::load(env::os(), {.pairs = {folder_.write("server", authority_.issue(wish))}, .client_ca = {}});
    return made.ok() ? *made : nullptr;
  }
  Result<HttpAnswer> get(const std::string& url) {
    internal::RootCall call(loop_.environment().now() + std::chrono::seconds(10));
    return fetch(call, http_, url);
  }
  static void serve(Peer& peer) {
    while (!peer.head().empty()) peer.say_whole("secret");
  }

  crypto::TestAuthority authority_{"Test CA"};
  crypto::TestFolder folder_;
  fiber::Loop loop_{env::os(), 0};
  HttpClient http_{{&loop_}, {}, {.roots = folder_.write("ca.pem", authority_.certificate()), .own = {}}};
};

TEST_F(HttpTlsTest, HttpsIsSpokenOnConnectionsThatAreKept) {
  ScriptServer server(loop_, serve, tls());
  for (int i = 0; i < 3; ++i) {
    const auto answer = get(server.url() + "/keys");
    ASSERT_TRUE(answer.ok()) << answer.error().to_string();
    EXPECT_EQ(answer->body, "secret");
  }
  EXPECT_EQ(server.accepted, 1);
}

TEST_F(HttpTlsTest, AServerThatIsAnotherOneIsNotAsked) {
  bool asked = false;
  ScriptServer server(loop_, [&](Peer& peer) { asked = !peer.head().empty(); }, tls({.names = {"DNS:elsewhere.example"}}));
  const auto answer = get(server.url());
  EXPECT_EQ(answer.code(), Code::unavailable);
  EXPECT_THAT(answer.error().message(), HasSubstr("localhost"));
  EXPECT_FALSE(asked);
}

TEST_F(HttpTlsTest, ABodyThatIsCutOffIsNotTakenForWhole) {
  ScriptServer server(loop_, [](Peer& peer) {
    peer.head();
    peer.say("HTTP/1.1 200 OK\r\n\r\nhal");
  }, tls());
  EXPECT_EQ(get(server.url()).code(), Code::unavailable);  // it ends without close_notify
}

}  // namespace
}  // namespace holon::client
