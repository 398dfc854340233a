#include "client/http.h"

#include "client/http_script_server.h"
#include "fiber/call.h"

namespace holon::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;
using Peer = ScriptServer::Peer;

class HttpTest : public testing::Test {
 protected:
  HttpTest() { limit({}); }

  void limit(const HttpLimits& limits) { http_ = std::make_unique<HttpClient>(std::vector{&loop_}, limits); }
  Result<HttpAnswer> get(const ScriptServer& server, const FetchOptions& options = {}) {
    internal::RootCall call(loop_.environment().now() + std::chrono::seconds(10));
    return fetch(call, *http_, server.url() + ":/x", options);
  }
  /// What a server that says `text` and closes is understood to have answered.
  Result<HttpAnswer> answer_of(std::string_view text) {
    ScriptServer server(loop_, [text = std::string(text)](Peer& peer) {
      peer.head();
      peer.say(text);
    });
    return get(server);
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (env::Time until = env::os().now() + std::chrono::seconds(10); env::os().now() < until && !condition();) turn();
    return condition();
  }
  void turn() {
    fiber::Waiter waiter;
    waiter.wait(env::os().now() + std::chrono::milliseconds(1));
  }

  fiber::Loop loop_{env::os(), 0};
  std::unique_ptr<HttpClient> http_;
};

TEST_F(HttpTest, FetchesWhatAServerAnswers) {
  std::string asked;
  ScriptServer server(loop_, [&](Peer& peer) {
    asked = peer.head();
    peer.say("HTTP/1.1 404 Not Found\r\nX-Sum: 1\r\nContent-Length: 5\r\n\r\nhello");
  });
  const auto answer = get(server, {.headers = {{"accept", "text/plain"}}});
  ASSERT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(asked, "GET /x HTTP/1.1\r\nhost: localhost\r\naccept: text/plain\r\n\r\n");
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(answer->headers, ElementsAre(Pair("x-sum", "1")));
  EXPECT_EQ(answer->body, "hello");
}

TEST_F(HttpTest, ABodyIsFetchedInEachOfItsForms) {
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")->body, "hello");
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\n\r\nhello")->body, "hello");
  EXPECT_EQ(answer_of("HTTP/1.0 200\r\n\r\nhello")->body, "hello");
  EXPECT_EQ(answer_of("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n")->status, 204);
}

}  // namespace
}  // namespace holon::client
