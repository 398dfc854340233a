// A gateway process with a service behind it, asked byte by byte.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "world.h"

namespace notes {
namespace {

/// One gateway for the tests that leave it as it was.
class Gateway : public testing::Test {
 protected:
  static void SetUpTestSuite() { process_ = new GatewayProcess; }
  static void TearDownTestSuite() { delete process_; }
  static int port() { return process_->port(); }
  HttpClient client{port()};

 private:
  static inline GatewayProcess* process_ = nullptr;
};

/// Asks until the service behind says that it waits for `id`, and lets it go.
bool release(int port, const std::string& id) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  HttpClient other(port);
  while (std::chrono::steady_clock::now() < until) {
    if (other.post("/v1/release/" + id, "text/plain", "").status == 200) return true;
  }
  return false;
}

/// Until the gateway has read what other connections sent before: a later request on a later connection is answered.
void wait_until_taken(int port) { EXPECT_EQ(HttpClient(port).get("/v1/notes/1").status, 200); }

TEST_F(Gateway, AnswersInJson) {
  const HttpAnswer answer = client.get("/v1/notes/a%20b?text=hi");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.body, R"({"id":"a b","text":"hi","revision":"9007199254740993"})");
  EXPECT_EQ(client.post("/v1/notes", "application/json", R"({"id":"1","text":"é"})").body, R"({"id":"1","text":"é"})");
}

TEST_F(Gateway, ErrorsAreProblems) {
  const HttpAnswer answer = client.get("/v1/notes/missing");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_EQ(answer.body, R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no note \"missing\"",)"
                         R"("code":"NOT_FOUND","message":"no note \"missing\"","details":[]})" "\n");
  EXPECT_EQ(client.get("/v1/fail/16").status, 401);
  EXPECT_EQ(client.get("/v1/fail/8").status, 429);
  EXPECT_EQ(client.get("/v1/fail/14").header("retry-after"), "1");
  EXPECT_EQ(client.get("/v1/notes/1?colour=red").status, 400);
  EXPECT_EQ(client.post("/v1/notes", "application/json", "{'id':1}").status, 400);
  EXPECT_EQ(client.post("/v1/notes", "text/plain", "{}").status, 415);
}

TEST_F(Gateway, UnknownPathsAndMethods) {
  EXPECT_EQ(client.get("/nowhere").status, 404);
  EXPECT_EQ(HttpClient(port()).get("/v1/notes/%FF").status, 400);
  client.send("DELETE /v1/notes HTTP/1.1\r\nHost: x\r\n\r\n");
  const HttpAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("allow"), "OPTIONS, POST");
  EXPECT_EQ(client.get("/v1/notes/1").status, 200) << "the connection goes on after refusals";
}

TEST_F(Gateway, HeadHasNoBody) {
  client.send("HEAD /v1/notes/1 HTTP/1.1\r\nHost: x\r\n\r\n");
  const HttpAnswer answer = client.receive(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.header("content-length"), "");
  EXPECT_EQ(client.get("/v1/notes/1").status, 200);
}

TEST_F(Gateway, PagesAndForms) {
  const HttpAnswer home = client.get("/");
  EXPECT_EQ(home.status, 200);
  EXPECT_EQ(home.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(home.body, "<h1>Notes</h1>");
  EXPECT_EQ(home.count("set-cookie"), 2u);
  EXPECT_EQ(home.count("x-internal"), 0u);
  const HttpAnswer moved = client.get("/?id=7");
  EXPECT_EQ(moved.status, 303);
  EXPECT_EQ(moved.header("location"), "/v1/notes/7");
  EXPECT_EQ(client.post("/submit/7", "application/x-www-form-urlencoded", "a=1&b=2").body,
            "7|application/x-www-form-urlencoded|a=1&b=2");
}

TEST_F(Gateway, HeadersReachTheService) {
  const HttpAnswer answer = client.get("/v1/seen", "Cookie: c=1\r\nUser-Agent: me\r\nAuthorization: secret\r\nX-Request-Id: r-7\r\n"
                                                   "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
                                                   "tracestate: v=1\r\n");
  EXPECT_EQ(answer.header("x-request-id"), "r-7");
  EXPECT_NE(answer.body.find(R"("traceId":"0af7651916cd43dd8448eb211c80319c")"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find(R"("sampled":true)"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find(R"("cookie":"c=1")"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find(R"("x-user-agent":"me")"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find(R"("x-request-id":"r-7")"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("secret"), std::string::npos) << answer.body;
  const HttpAnswer fresh = client.get("/v1/seen");
  EXPECT_EQ(fresh.header("x-request-id").size(), 32u) << "a request without an id gets its trace's";
  EXPECT_NE(fresh.body.find("\"traceId\":\"" + fresh.header("x-request-id")), std::string::npos) << fresh.body;
}

TEST_F(Gateway, TakesRequestsInPieces) {
  const std::string request = "POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"id\":\"7\"}";
  for (const char& c : request) client.send({&c, 1});
  EXPECT_EQ(client.receive().body, R"({"id":"7"})");
  client.send("POST /v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n5\r\n:\"7\"}\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().body, R"({"id":"7"})");
}

TEST_F(Gateway, AnswersPipelinedRequestsInOrder) {
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += "GET /v1/" + std::string(i % 5 == 0 ? "nowhere" : "notes") + "/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    const HttpAnswer answer = client.receive();
    EXPECT_EQ(answer.status, i % 5 == 0 ? 404 : 200) << i;
    EXPECT_NE(answer.body.find((i % 5 == 0 ? "/" : "\"id\":\"") + std::to_string(i)), std::string::npos) << answer.body;
  }
}

TEST_F(Gateway, RefusesWhatIsNoHttp) {
  for (const char* bytes : {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                            "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
                            "POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"}) {
    HttpClient other(port());
    other.send(bytes);
    const HttpAnswer answer = other.receive();
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json") << bytes;
    EXPECT_TRUE(other.closed()) << bytes;
  }
}

TEST_F(Gateway, BodiesAndHeadsAreBounded) {
  HttpClient other(port());
  other.send("POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
  EXPECT_EQ(other.receive().status, 413);
  HttpClient third(port());
  third.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(100'000, 'a') + "\r\n\r\n");
  EXPECT_EQ(third.receive().status, 431);
}

TEST_F(Gateway, LargeAnswersReachASlowReader) {
  client.send("GET /v1/large/3000000 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(HttpClient(port()).get("/v1/notes/1").status, 200) << "others are answered meanwhile";
  const HttpAnswer answer = client.receive();
  EXPECT_EQ(answer.body, std::string(3'000'000, 'x'));
  EXPECT_EQ(client.get("/v1/notes/1").status, 200);
}

TEST_F(Gateway, MethodTimeoutsHold) {
  EXPECT_EQ(client.get("/v1/brief/b").status, 504);
}

TEST_F(Gateway, ConnectionCloseIsHonoured) {
  EXPECT_EQ(client.get("/v1/notes/1", "Connection: close\r\n").status, 200);
  EXPECT_TRUE(client.closed());
}

TEST(GatewayDrain, FinishesWhatHasBegunAndClosesTheRest) {
  GatewayProcess process;
  HttpClient idle(process.port());
  EXPECT_EQ(idle.get("/v1/notes/1").status, 200);
  HttpClient busy(process.port());
  busy.send("GET /v1/brief/d HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_taken(process.port());
  process.signal(SIGTERM);
  EXPECT_TRUE(idle.closed());
  const HttpAnswer answer = busy.receive();
  EXPECT_EQ(answer.status, 504) << "the call went on to its own end";
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(busy.closed());
  EXPECT_EQ(process.wait(), 0);
}

TEST(GatewayDrain, CancelsWhatOutlivesIt) {
  GatewayProcess process;
  HttpClient busy(process.port());
  busy.send("GET /v1/hold/d HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_taken(process.port());
  process.signal(SIGTERM);
  EXPECT_TRUE(busy.receive().ended);
  EXPECT_EQ(process.wait(), 1);
}

}  // namespace
}  // namespace notes
