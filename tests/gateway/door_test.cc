// A gateway process by its configuration: routes of all kinds, HTTP/2 and TLS, and reloads while it is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "crypto/test_certificates.h"
#include "world.h"

namespace notes {
namespace {

using holon::crypto::TestAuthority;
using testing::HasSubstr;

/// What curl writes.
std::string curl(const std::string& arguments) {
  const std::string command = "curl -sS --max-time 20 " + arguments + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  char bytes[4096];
  while (const std::size_t got = std::fread(bytes, 1, sizeof bytes, pipe)) out.append(bytes, got);
  ::pclose(pipe);
  return out;
}

std::string url(const GatewayProcess& process, const std::string& path, const std::string& scheme = "http") {
  return scheme + "://127.0.0.1:" + std::to_string(process.port()) + path;
}

std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

constexpr const char* routes = R"(
  access_log: {format: combined, file: access.log}
  routes:
    - {path: /ping, to: {answer: pong}, add_headers: {x-from: door}}
    - {path: /old/**, to: {redirect: "/new{path}{query}", status: 301}}
    - {path: /openapi.json, to: openapi}
    - {path: /explorer/**, to: explorer}
    - {path: /internal/**, to: contracts, headers: {x-secret: "1"}}
    - {to: contracts, cors: {origins: ["https://shop.example"]}}
)";

TEST(GatewayDoor, RoutesLeadWhereTheConfigurationSays) {
  GatewayProcess process(routes);
  HttpClient client(process.port());
  const HttpAnswer ping = client.get("/ping");
  EXPECT_EQ(ping.body, "pong");
  EXPECT_EQ(ping.header("x-from"), "door");
  const HttpAnswer moved = client.get("/old/a?b=c");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(moved.header("location"), "/new/old/a?b=c");
  EXPECT_THAT(client.get("/openapi.json").body, HasSubstr("\"/v1/notes/{id}\""));
  EXPECT_EQ(client.get("/explorer/").header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(client.get("/v1/notes/7", "Origin: https://shop.example\r\n").header("access-control-allow-origin"),
            "https://shop.example");
  EXPECT_EQ(client.get("/v1/notes/../notes/7").status, 400);
}

TEST(GatewayDoor, TheExampleOfTheDocsIsServed) {
  std::string example = content(GATEWAY_EXAMPLE);
  const std::string address = "\"127.0.0.1:8080\"";
  example = example.substr(example.find("gateway:\n") + 9);
  example.replace(example.find(address), address.size(), "LISTEN");
  GatewayProcess process(example, {{"partners.keys", ""}, {"public/site.css", "a {}"}});
  HttpClient client(process.port());
  EXPECT_EQ(client.get("/v1/notes/7").status, 200);
  EXPECT_EQ(client.get("/v1/notes/7").header("x-content-type-options"), "nosniff");
  EXPECT_EQ(client.get("/v1/fail/5").status, 401);
  const HttpAnswer style = client.get("/assets/site.css");
  EXPECT_EQ(style.body, "a {}");
  EXPECT_EQ(style.header("cache-control"), "max-age=3600");
  EXPECT_EQ(client.get("/old/notes/7?a=b").header("location"), "https://x/v1/old/notes/7?a=b");
  EXPECT_EQ(client.get("/openapi.json").status, 200);
}

TEST(GatewayDoor, SpeaksHttp2) {
  GatewayProcess process(routes);
  EXPECT_EQ(curl("--http2-prior-knowledge -w ' %{http_version}' " + url(process, "/ping")), "pong 2");
  EXPECT_THAT(curl("--http2-prior-knowledge " + url(process, "/v1/notes/7?text=hi")), HasSubstr("\"text\":\"hi\""));
  EXPECT_EQ(curl("--http2-prior-knowledge -I -o /dev/null -w '%{http_code}' " + url(process, "/v1/notes/missing")), "404");
}

TEST(GatewayDoor, ShowsTheCertificatesOfNowAfterAReload) {
  const TestAuthority old_authority("Old CA");
  const TestAuthority new_authority("New CA");
  holon::crypto::TestFolder folder;
  const holon::crypto::KeyPair pair = folder.write("server", old_authority.issue());
  const std::string listen = "  listen: {address: LISTEN, tls: {certificate: " + pair.certificate.string() + ", key: " + pair.key.string() + "}}\n";
  GatewayProcess process(listen);
  const std::string old_ca = folder.write("old", old_authority.certificate()).string();
  const std::string new_ca = folder.write("new", new_authority.certificate()).string();
  const auto asked = [&](const std::string& ca) {
    return curl("--cacert " + ca + " -o /dev/null -w '%{http_code} %{http_version}' " + url(process, "/v1/notes/7", "https"));
  };
  EXPECT_EQ(asked(old_ca), "200 2");
  folder.write("server", new_authority.issue());
  ASSERT_TRUE(process.reload().ok());
  EXPECT_EQ(asked(new_ca), "200 2");
  EXPECT_THAT(asked(old_ca), HasSubstr("certificate"));
}

TEST(GatewayDoor, AReloadChangesWhatIsAnsweredOrNothing) {
  GatewayProcess process("  routes: [{path: /a, to: {answer: old}}]\n");
  HttpClient client(process.port());
  EXPECT_EQ(client.get("/a").body, "old");
  process.configure("  routes: [{path: /a, to: {anser: new}}]\n");
  const holon::Result<void> refused = process.reload();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("holon.yaml:3:27: to has exactly one of"));
  EXPECT_EQ(client.get("/a").body, "old");
  process.configure("  listen: [LISTEN, \"127.0.0.1:1\"]\n");
  EXPECT_EQ(process.reload().code(), holon::Code::failed_precondition);
  EXPECT_EQ(client.get("/a").body, "old");
  process.configure("  routes: [{path: /a, to: {answer: new}}]\n");
  const holon::Result<void> reloaded = process.reload();
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message();
  EXPECT_EQ(client.get("/a").body, "new") << "the connection goes on";
}

TEST(GatewayDoor, NoRequestFailsWhileItReloads) {
  GatewayProcess process;
  EXPECT_EQ(HttpClient(process.port()).get("/v1/notes/7").status, 200);  // it is up, and can be told
  std::atomic<bool> stop{false};
  std::atomic<int> asked{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      HttpClient client(process.port());
      while (!stop) {
        if (client.get("/v1/notes/7").status != 200) ++failed;
        ++asked;
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    process.configure(i % 2 == 0 ? "  routes: [{path: /x, to: {answer: x}}, {to: contracts}]\n" : "");
    const holon::Result<void> reloaded = process.reload();
    EXPECT_TRUE(reloaded.ok()) << reloaded.error().message();
    const int before = asked;
    while (asked < before + 20) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(asked, 400);
}

TEST(GatewayDoor, TheLogGoesToItsFileAndToANewOneAfterSigusr1) {
  GatewayProcess process(routes);
  HttpClient client(process.port());
  const auto wait_for = [&](const std::string& file, const std::string& text) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (content(process.directory() / file).find(text) == std::string::npos) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  };
  client.get("/ping?token=secret", "User-Agent: me\r\n");
  EXPECT_TRUE(wait_for("access.log", "\"GET /ping HTTP/1.1\" 200 4 \"-\" \"me\""));
  EXPECT_EQ(content(process.directory() / "access.log").find("secret"), std::string::npos);
  std::filesystem::rename(process.directory() / "access.log", process.directory() / "access.log.1");
  client.get("/openapi.json");
  process.signal_only(SIGUSR1);
  EXPECT_TRUE(wait_for("access.log", "\"GET /openapi.json HTTP/1.1\" 200 "));
}

TEST(GatewayDoor, ItsNodeSeesItsCalls) {
  GatewayProcess process(routes);
  HttpClient(process.port()).get("/v1/notes/7");
  const holon::Result<holon::node::v1::SnapshotReply> snapshot = process.snapshot();
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().message();
  EXPECT_EQ(snapshot->host(), "gateway.0");
  EXPECT_THAT(snapshot->ShortDebugString(), HasSubstr("notes.Notes/Get"));
  EXPECT_THAT(snapshot->ShortDebugString(), HasSubstr("route /**"));
}

}  // namespace
}  // namespace notes
