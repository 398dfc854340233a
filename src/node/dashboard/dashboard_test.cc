#include "node/dashboard/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "server/raw_client.h"
#include "telemetry/refusals.h"

namespace holon::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What the dashboard reads, of an application with one host.
class OneHost final : public v1::Control::Service {
 public:
  Result<v1::ListReply> List(Call&, const v1::ListRequest&) override {
    v1::ListReply list;
    list.set_app("shop");
    list.add_hosts()->set_host("cart.0");
    return list;
  }
  Result<void> Watch(Call& call, const v1::ListRequest& request, Writer<v1::ListReply>& out) override {
    for (int i = 0; i < 2; ++i) HOLON_TRY(out.write(*List(call, request)));
    return unavailable("the node stops");
  }
  Result<void> Logs(Call& call, const v1::LogsRequest& request, Writer<v1::LogLine>& out) override {
    v1::LogLine line;
    if (request.grep() == "flood") {
      line.set_text(std::string(line_bytes, 'x'));
      for (;; ++written) HOLON_TRY(out.write(line));
    }
    line.set_text(request.grep());
    HOLON_TRY(out.write(line));
    following = true;
    const Result<void> ended = sleep(call, seconds(60));
    following = false;
    return ended;
  }
  Result<v1::CallsReply> Calls(Call&, const v1::CallsRequest&) override { return v1::CallsReply(); }
  Result<v1::DownReply> Down(Call&, const v1::DownRequest&) override {
    down = true;
    return v1::DownReply();
  }

  static constexpr std::size_t line_bytes = 64 << 10;
  bool following = false;
  bool down = false;
  std::size_t written = 0;  ///< lines of the flood
};

class DashboardTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove(key_file());
    ASSERT_TRUE(dashboard_.listen({}).ok());
  }
  ~DashboardTest() override { dashboard_.close(); }

  static std::filesystem::path key_file() {
    return std::filesystem::path(testing::TempDir()) / ("dashboard_test_" + std::to_string(::getpid()));
  }
  /// "127.0.0.1:43121", and the key.
  std::string authority() const { return dashboard_.link().substr(7, dashboard_.link().find('/', 7) - 7); }
  std::string key() const { return dashboard_.link().substr(dashboard_.link().find('#') + 1); }
  std::string authorization() const { return "Authorization: Bearer " + key() + "\r\n"; }

  std::unique_ptr<server::RawClient> say(const std::string& text) {
    auto client = std::make_unique<server::RawClient>(loop_, *env::Address::parse(authority()));
    client->say(text);
    return client;
  }
  /// The whole answer.
  std::string ask(const std::string& line, const std::string& fields = {}, const std::string& body = {},
                  std::string host = {}) {
    if (host.empty()) host = authority();
    auto client = say(line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body);
    EXPECT_TRUE(eventually([&] { return client->closed(); })) << client->received();
    return client->received();
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (const env::Time until = env::os().now() + seconds(10); env::os().now() < until;) {
      if (condition()) return true;
      fiber::Waiter waiter;
      waiter.wait(env::os().now() + milliseconds(1));
    }
    return condition();
  }

  fiber::Loop loop_{env::os(), 0};
  OneHost control_;
  Dashboard dashboard_{loop_, control_, key_file()};
};

TEST_F(DashboardTest, ReadsControlForWhoHasTheKey) {
  const std::string answer = ask("POST /control/List", authorization(), "{}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("content-type: application/x-ndjson\r\n"));
  EXPECT_THAT(answer, HasSubstr("{\"app\":\"shop\",\"hosts\":[{\"host\":\"cart.0\"}]}\n"));
  EXPECT_THAT(ask("POST /control/List", authorization()), StartsWith("HTTP/1.1 200 "));  // nothing is an empty request
  EXPECT_THAT(ask("POST /control/List", authorization(), "{\"a\": 1}"), HasSubstr("has no field \\\"a\\\""));
}

TEST_F(DashboardTest, AStreamIsALineForEachReplyAndItsErrorTheLast) {
  const std::string answer = ask("POST /control/Watch", authorization(), "{}");
  EXPECT_THAT(answer, HasSubstr("{\"app\":\"shop\",\"hosts\":[{\"host\":\"cart.0\"}]}\n"));
  EXPECT_THAT(answer, HasSubstr("{\"error\":{"));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"UNAVAILABLE\",\"message\":\"the node stops\""));
}

TEST_F(DashboardTest, AStreamEndsWhenItsPageIsClosed) {
  {
    auto client = say("POST /control/Logs HTTP/1.1\r\nHost: " + authority() + "\r\nContent-Length: 15\r\n" + authorization() +
                      "\r\n{\"grep\":\"slow\"}");
    EXPECT_TRUE(eventually([&] { return client->heard_text("\"text\":\"slow\""); })) << client->received();
    EXPECT_TRUE(control_.following);
  }
  EXPECT_TRUE(eventually([&] { return !control_.following; }));
}

/// What waits for it is bounded, and others are answered.
TEST_F(DashboardTest, WhoReadsSlowlyHoldsUpNobodyButItself) {
  constexpr std::size_t held_bytes_max = 32 << 20;  // by the server and by the kernel's sockets
  auto slow = say("POST /control/Logs HTTP/1.1\r\nHost: " + authority() + "\r\nContent-Length: 16\r\n" + authorization() +
                  "\r\n{\"grep\":\"flood\"}");
  EXPECT_TRUE(eventually([&] { return control_.written > 0; }));
  std::size_t before = 0;
  EXPECT_TRUE(eventually([&] {  // it comes to a halt: nothing more in the time that three answers take
    before = control_.written;
    for (int i = 0; i < 3; ++i) EXPECT_THAT(ask("POST /control/List", authorization(), "{}"), StartsWith("HTTP/1.1 200 "));
    return control_.written == before;
  }));
  EXPECT_LT(control_.written * OneHost::line_bytes, held_bytes_max);
  EXPECT_TRUE(eventually([&] { return slow->heard_text("xxx") && control_.written > before; }));  // it reads on, and gets more
}

/// Guessing takes 2^255 tries; those who try lock out nobody.
TEST_F(DashboardTest, ManyWrongKeysAreCountedAndLockOutNobody) {
  constexpr int tries = 300;
  const std::uint64_t wrong = telemetry::refusals_of("dashboard.wrong_key");
  for (int i = 0; i < tries; ++i) {
    const std::string key = std::to_string(i) + std::string(64 - std::to_string(i).size(), '0');
    EXPECT_THAT(ask("POST /control/List", "Authorization: Bearer " + key + "\r\n", "{}"), StartsWith("HTTP/1.1 401 "));
  }
  EXPECT_EQ(telemetry::refusals_of("dashboard.wrong_key"), wrong + tries);
  EXPECT_THAT(ask("POST /control/List", authorization(), "{}"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(DashboardTest, NothingIsReadWithoutTheKey) {
  const std::uint64_t without = telemetry::refusals_of("dashboard.no_key");
  const std::uint64_t wrong = telemetry::refusals_of("dashboard.wrong_key");
  const std::string answer = ask("POST /control/List", "", "{}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, Not(HasSubstr("shop")));
  EXPECT_THAT(answer, Not(HasSubstr(key())));
  EXPECT_EQ(telemetry::refusals_of("dashboard.no_key"), without + 1);
  for (const std::string& given : {std::string("Bearer"), std::string("Bearer 0"), "Basic " + key(), key()}) {
    EXPECT_THAT(ask("POST /control/List", "Authorization: " + given + "\r\n", "{}"), StartsWith("HTTP/1.1 401 ")) << given;
  }
  EXPECT_EQ(telemetry::refusals_of("dashboard.wrong_key"), wrong + 4);
  EXPECT_THAT(ask("POST /control/List?key=" + key(), "Cookie: key=" + key() + "\r\n", "{}"), StartsWith("HTTP/1.1 401 "));
}

TEST_F(DashboardTest, ANameThatIsNotThisMachinesGetsNothing) {
  for (const char* host :
       {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "192.0.2.1"}) {
    for (const char* line : {"GET /", "GET /metrics", "POST /control/List"}) {
      const std::string answer = ask(line, authorization(), "", host);
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 421 ")) << line << " " << host;
      EXPECT_THAT(answer, Not(HasSubstr("holon_host"))) << line << " " << host;
    }
  }
  for (const char* host : {"localhost", "localhost:9000", "127.0.0.1:1", "[::1]:9000", "[::1]"}) {  // a tunnel has its own port
    EXPECT_THAT(ask("GET /", "", "", host), StartsWith("HTTP/1.1 200 ")) << host;
  }
}

TEST_F(DashboardTest, PagesOfOthersGetNothingEvenWithTheKey) {
  const std::string port = authority().substr(authority().find(':'));
  for (const std::string& field :
       {std::string("Origin: https://evil.example"), std::string("Origin: null"), "Origin: https://" + authority(),
        "Origin: http://localhost" + port, std::string("Origin: http://127.0.0.1:1"), std::string("Sec-Fetch-Site: cross-site"),
        std::string("Sec-Fetch-Site: same-site")}) {
    EXPECT_THAT(ask("POST /control/List", authorization() + field + "\r\n"), StartsWith("HTTP/1.1 403 ")) << field;
    EXPECT_THAT(ask("GET /metrics", field + "\r\n"), StartsWith("HTTP/1.1 403 ")) << field;
  }
  const std::string own = "Origin: http://" + authority() + "\r\nSec-Fetch-Site: same-origin\r\n";
  EXPECT_THAT(ask("POST /control/List", authorization() + own),
              StartsWith("HTTP/1.1 200 "));
  const std::string preflight = ask("OPTIONS /control/List",
                                    "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n"
                                    "Access-Control-Request-Headers: authorization\r\n");
  EXPECT_THAT(preflight, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(preflight, Not(HasSubstr("access-control-allow")));
}

TEST_F(DashboardTest, ItOnlyReads) {
  for (const char* method : {"Down", "Stop", "Reload", "Config", "Dashboard", "list", "", "../control/List", "List/"}) {
    EXPECT_THAT(ask(std::string("POST /control/") + method, authorization(), "{}"),
                testing::AnyOf(StartsWith("HTTP/1.1 404 "), StartsWith("HTTP/1.1 400 "))) << method;
  }
  EXPECT_FALSE(control_.down);
  EXPECT_THAT(ask("GET /control/List", authorization()), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(ask("POST /holon.node.v1.Control/Down", authorization() + "Content-Type: application/grpc-web+proto\r\n",
                  std::string(5, '\0')), Not(HasSubstr("grpc-status: 0")));
  EXPECT_FALSE(control_.down);
}

TEST_F(DashboardTest, ThePageIsHeldToItsOwnServerAndToNoFrame) {
  const std::string page = ask("GET /");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(page, HasSubstr("content-type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(page, HasSubstr("content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; "
                              "connect-src 'self'"));
  EXPECT_THAT(page, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(page, HasSubstr("x-frame-options: DENY\r\n"));
  EXPECT_THAT(page, HasSubstr("x-content-type-options: nosniff\r\n"));
  EXPECT_THAT(page, HasSubstr("referrer-policy: no-referrer\r\n"));
  EXPECT_THAT(page, HasSubstr("cross-origin-resource-policy: same-origin\r\n"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  EXPECT_THAT(page, Not(HasSubstr("set-cookie")));
  EXPECT_THAT(page, Not(HasSubstr(key())));
  for (const char* stranger : {" style=", "<style", "https://", "http://", "javascript:", "onclick="}) {
    EXPECT_THAT(page.substr(page.find("\r\n\r\n")), Not(HasSubstr(stranger)));
  }
  EXPECT_THAT(ask("GET /dashboard.js"), HasSubstr("content-type: text/javascript; charset=utf-8\r\n"));
  EXPECT_THAT(ask("POST /"), StartsWith("HTTP/1.1 405 "));
}

TEST_F(DashboardTest, NoPathLeadsElsewhere) {
  for (const char* path : {"/../dashboard", "/%2e%2e/state", "/..%2fstate", "//etc/passwd", "/.holon/dashboard",
                           "/page/index.html", "/index.html/..", "/%00", "/metrics/", "/Metrics"}) {
    const std::string answer = ask(std::string("GET ") + path);
    EXPECT_THAT(answer, testing::AnyOf(StartsWith("HTTP/1.1 404 "), StartsWith("HTTP/1.1 400 "))) << path;
    EXPECT_THAT(answer, HasSubstr("x-content-type-options: nosniff\r\n")) << path;
    EXPECT_THAT(answer, Not(HasSubstr(key()))) << path;
  }
}

TEST_F(DashboardTest, MetricsNeedNoKey) {
  const std::string answer = ask("GET /metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("holon_host_ready{host=\"cart.0\"} 0\n"));
  EXPECT_THAT(answer, HasSubstr("holon_host_cpu_seconds_total{host=\"node\"} "));
}

TEST_F(DashboardTest, ALinkStaysGoodAsLongAsItsPortIsFree) {
  OneHost control;
  const std::string link = dashboard_.link();
  Dashboard second(loop_, control, key_file());
  ASSERT_TRUE(second.listen({}).ok());  // the first has the port still
  EXPECT_NE(second.link(), link);
  EXPECT_EQ(second.link().substr(second.link().find('#')), link.substr(link.find('#')));
  const std::string moved = second.link();
  second.close();
  Dashboard third(loop_, control, key_file());
  Result<void> taken = third.listen({.on = true, .listen = authority()});
  EXPECT_EQ(taken.code(), Code::already_exists);
  EXPECT_THAT(taken.error().message(), HasSubstr("choose another address in holon.yaml"));
  ASSERT_TRUE(third.listen({}).ok());
  EXPECT_EQ(third.link(), moved);
  third.close();
}

}  // namespace
}  // namespace holon::node
