// `holon reload`: the gateway's configuration changes while everything runs, or nothing does.
#include <fstream>

#include "env/disk.h"
#include "tests/node/application.h"

namespace holon {
namespace {

using testing::HasSubstr;

class ReloadTest : public ApplicationTest {
 protected:
  /// holon.yaml with this `gateway:`.
  void write_gateway(const std::string& section) {
    write_manifest();
    std::string yaml = env::os().disk().read(manifest_).value();
    yaml.erase(yaml.find("gateway:"));
    std::ofstream(manifest_) << yaml << "gateway:\n  listen: \"127.0.0.1:8080\"\n" << section;
  }
  /// The body of an answer.
  std::string get(const std::string& path) {
    env::Spawn curl;
    curl.arguments = {"curl", "-sS", "--max-time", "20", list().gateway() + path};
    Result<env::Output> ran = env::os().processes().run(curl, env::os().now() + std::chrono::seconds(30));
    return ran.ok() ? ran->standard_output + ran->standard_error : ran.error().message();
  }
};

TEST_F(ReloadTest, RoutesAreThoseOfTheFileFromThenOn) {
  write_gateway("  routes: [{path: /a, to: {answer: old}}, {to: contracts}]\n");
  up();
  EXPECT_EQ(get("/a"), "old");
  const int pid = host("gateway.0").pid();
  write_gateway("  routes: [{path: /a, to: {answer: new}}, {to: contracts}]\n");
  const Ran ran = holon({"reload"});
  EXPECT_EQ(ran.code, 0) << ran.messages;
  EXPECT_EQ(get("/a"), "new");
  EXPECT_THAT(get("/v1/pass/x"), HasSubstr("\"text\":\"x\""));
  EXPECT_EQ(host("gateway.0").pid(), pid);
}

TEST_F(ReloadTest, WhatIsWrongIsNamedAtItsLineAndNothingChanges) {
  write_gateway("  routes: [{path: /a, to: {answer: old}}, {to: contracts}]\n");
  up();
  write_gateway("  routes: [{path: /a, to: {answer: new}}, {to: {contracts: [probe.Ehco]}}]\n");
  Ran ran = holon({"reload"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.messages, HasSubstr("there is no contract of a service probe.Ehco; did you mean probe.Echo?"));
  write_gateway("  rutes: []\n");
  ran = holon({"reload"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.messages, HasSubstr("holon.yaml:10:3: `rutes:` is not known in gateway; did you mean routes?"));
  EXPECT_EQ(get("/a"), "old");
}

TEST_F(ReloadTest, AddressesTakeANewStart) {
  write_gateway("");
  up();
  write_gateway("  limits: {requests: 10}\n");
  EXPECT_EQ(holon({"reload"}).code, 0);
  std::string yaml = env::os().disk().read(manifest_).value();
  const std::string one = "listen: \"127.0.0.1:8080\"";
  yaml.replace(yaml.find(one), one.size(), "listen: [\"127.0.0.1:8080\", \"127.0.0.1:8081\"]");
  std::ofstream(manifest_) << yaml;
  const Ran ran = holon({"reload"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.messages, HasSubstr("`listen:` of the gateway has changed; that takes a new start: `holon down`, then `holon up`"));
}

TEST_F(ReloadTest, AKilledGatewayComesBackByWhatWasCheckedLast) {
  write_gateway("  routes: [{path: /a, to: {answer: checked}}]\n");
  up();
  write_gateway("  routes: [{path: /a, to: {anser: typo}}]\n");
  const env::ProcessId gateway = process_of("gateway.0");
  kill_hard(gateway);
  EXPECT_TRUE(ready_anew("gateway.0", gateway));
  EXPECT_EQ(get("/a"), "checked");
}

TEST_F(ReloadTest, UpNamesWhatIsWrongBeforeAnythingStarts) {
  write_gateway("  listn: 1\n  routes: [{to: {files: nowhere}}]\n");
  const Ran ran = holon({"up", "-d", "--wait", "--port", "0"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.messages, HasSubstr("holon.yaml:10:3: `listn:` is not known in gateway; did you mean listen?"));
  EXPECT_THAT(ran.messages, HasSubstr("holon.yaml:11:25: files: "));
  EXPECT_FALSE(std::filesystem::exists(folder_ / ".holon/state"));
}

TEST_F(ReloadTest, CallsOfTheGatewayAreSeen) {
  write_gateway("");
  up();
  get("/v1/pass/x");
  EXPECT_TRUE(eventually([&] { return holon({"calls", "--json"}).output.find("gateway.0") != std::string::npos; }));
  EXPECT_THAT(holon({"calls"}).output, HasSubstr("probe.Relay/Pass"));
}

}  // namespace
}  // namespace holon
