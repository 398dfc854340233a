#include "node/manifest.h"

#include "env/environment.h"

namespace holon::node {
namespace {

using config::Problems;
using config::to_text;
using control::Application;
using testing::HasSubstr;

const char* const shop = R"(app: shop
services:
  cart:    {program: bin/cart, owner: team-basket, replicas: 2}
  payment: {program: bin/payment, settings: {debug: no, mode: 010, empty: ""}}
placements:
  monolith: {shop: {program: bin/shop, services: [cart, payment], replicas: 3}}
  mixed: {basket: [cart], money: {services: [payment]}}
  split: each
default: split
gateway: {listen: "127.0.0.1:8080"}
)";

std::optional<Manifest> read(const std::string& yaml, Problems& problems) {
  const std::optional<config::YamlNode> root = config::parse_yaml(yaml, problems);
  return root ? read_manifest(*root, ".", env::os(), problems) : std::nullopt;
}

std::string problems_of(const std::string& yaml) {
  Problems problems;
  EXPECT_FALSE(read(yaml, problems).has_value());
  return to_text(problems, "holon.yaml");
}

/// The shop's file with `from` written as `to`.
std::string shop_with(const std::string& from, const std::string& to) {
  std::string yaml = shop;
  EXPECT_NE(yaml.find(from), std::string::npos);
  return yaml.replace(yaml.find(from), from.size(), to);
}

TEST(Manifest, IsReadAsWritten) {
  Problems problems;
  std::optional<Manifest> manifest = read(shop, problems);
  ASSERT_TRUE(manifest.has_value()) << to_text(problems, "holon.yaml");
  const Application* app = &manifest->application;
  EXPECT_EQ(app->name.text, "shop");
  ASSERT_EQ(app->services.size(), 2u);
  EXPECT_EQ(app->services[0].name.text, "cart");
  EXPECT_EQ(app->services[0].name.place, (config::Place{3, 3}));
  EXPECT_EQ(app->services[0].program.text, "bin/cart");
  EXPECT_EQ(app->services[0].owner, "team-basket");
  EXPECT_EQ(app->services[0].replicas, 2);
  ASSERT_EQ(app->placements.size(), 3u);
  EXPECT_EQ(app->placements[0].hosts[0].program->text, "bin/shop");
  EXPECT_EQ(app->placements[0].hosts[0].replicas, 3);
  EXPECT_EQ(app->placements[0].hosts[0].services[1].text, "payment");
  EXPECT_EQ(app->placements[1].hosts[0].services[0].text, "cart");
  EXPECT_FALSE(app->placements[1].hosts[1].program.has_value());
  EXPECT_TRUE(app->placements[2].each);
  EXPECT_EQ(app->default_placement, "split");
  ASSERT_EQ(manifest->gateway->listen.size(), 1u);
  EXPECT_EQ(manifest->gateway->listen[0].address, "127.0.0.1:8080");
}

TEST(Manifest, ScalarsStayTheTextThatWasWritten) {
  Problems problems;
  std::optional<Manifest> manifest = read(shop, problems);
  ASSERT_TRUE(manifest.has_value());
  const Application* app = &manifest->application;
  const auto& settings = app->services[1].settings;
  EXPECT_EQ(settings.at("debug"), "no");
  EXPECT_EQ(settings.at("mode"), "010");
  EXPECT_EQ(settings.at("empty"), "");
}

TEST(Manifest, WithoutPlacementsEachServiceHasAHost) {
  Problems problems;
  std::optional<Manifest> manifest = read("app: one\nservices: {cart: {program: bin/cart}}\n", problems);
  ASSERT_TRUE(manifest.has_value()) << to_text(problems, "holon.yaml");
  const Application* app = &manifest->application;
  EXPECT_EQ(app->default_placement, "split");
  EXPECT_TRUE(app->placements[0].each);
  EXPECT_FALSE(manifest->gateway.has_value());
}

TEST(Manifest, HasLimitsOfHosts) {
  Problems problems;
  const std::string with = shop_with("gateway:", "limits: {calls_max: 500, idle_time: 5min}\ngateway:");
  std::optional<Manifest> manifest = read(with, problems);
  ASSERT_TRUE(manifest.has_value()) << to_text(problems, "holon.yaml");
  const Application* app = &manifest->application;
  EXPECT_EQ(app->limits, (std::map<std::string, std::string>{{"calls_max", "500"}, {"idle_time", "5min"}}));
  EXPECT_EQ(problems_of(shop_with("gateway:", "limits: {call_max: 500, idle_time: 5, age_max: ~}\ngateway:")),
            "holon.yaml:10:10: `call_max:` is not known in limits; did you mean calls_max?\n"
            "holon.yaml:10:36: limit idle_time=5: write a time above zero, as 500ms, 20s, 5min or 2h, or never\n"
            "holon.yaml:10:48: limit age_max has no value; write one (in quotes if it is the word null)\n");
}

TEST(Manifest, NamesAllProblemsAtOnceInOrder) {
  EXPECT_EQ(
      problems_of("app: Shop\n"
                  "services:\n"
                  "  cart: {progam: bin/cart}\n"
                  "  payment: {program: bin/payment, replicas: 010}\n"
                  "gatway: {}\n"),
      "holon.yaml:1:6: the name of an app starts with a letter, then has a-z, 0-9, _ and -, at most 40 in all; Shop "
      "does not\n"
      "holon.yaml:3:9: service cart lacks `program:`, the path of its program, as in `program: bin/cart`, or a `command:`\n"
      "holon.yaml:3:10: `progam:` is not known in service cart; did you mean program?\n"
      "holon.yaml:4:45: replicas is a number from 1 to 100, not 010\n"
      "holon.yaml:5:1: `gatway:` is not known in holon.yaml; did you mean gateway?\n");
}

TEST(Manifest, RefusesWrongValuesWithTheRemedy) {
  struct Wrong {
    const char* from;
    const char* to;
    const char* says;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {"app: shop", "app: ~", ":1:6: app has no value"},
           {"app: shop", "app: [shop]", ":1:6: app is a text"},
           {"bin/cart, ", "null, ", ":3:22: program has no value"},
           {"replicas: 2", "replicas: 0", "replicas is a number from 1 to 100, not 0"},
           {"replicas: 2", "replicas: 2.5", "replicas is a number from 1 to 100, not 2.5"},
           {"debug: no", "a=b: no", ":4:46: the name of a setting has no `=`"},
           {"split: each", "split: every", "placement split is either `each` or hosts"},
           {"default: split", "default: spilt", ":9:10: there is no placement spilt; did you mean split?"},
           {"basket: [cart]", "basket: []", "a list of services belongs here"},
           {"basket: [cart]", "gateway: [cart]", "gateway is the name of a host of holon's own"},
           {"services: [payment]", "program: bin/money", "host money lacks `services:`"},
           {"127.0.0.1:8080", "8080", "listen is an IP address and a port"},
           {"{listen: \"127.0.0.1:8080\"}", "8080", "gateway: keys with values belong here"},
       }) {
    EXPECT_THAT(problems_of(shop_with(wrong.from, wrong.to)), HasSubstr(wrong.says));
  }
  EXPECT_THAT(problems_of(""), HasSubstr(":1:1: holon.yaml: keys with values belong here"));
  EXPECT_THAT(problems_of("app: a\nservices: {}\n"), HasSubstr(":2:11: there is no service"));
}

TEST(Manifest, ServicesHaveABound) {
  std::string text = "app: shop\nservices:\n";
  for (int i = 0; i <= 1000; ++i) text += "  s" + std::to_string(i) + ": {program: s}\n";
  EXPECT_THAT(problems_of(text), HasSubstr("there are 1001 services; an application has at most 1000"));
}

TEST(Manifest, YamlsTrapsAreRefusedOrTexts) {
  EXPECT_EQ(problems_of("app: shop\nservices:\n  cart: {program: a, replicas: 010}\n  cart: {program: b}\napp: b\n"),
            "holon.yaml:4:3: `cart:` is written twice, first in line 3; remove one\n"
            "holon.yaml:5:1: `app:` is written twice, first in line 1; remove one\n");
  EXPECT_EQ(problems_of("app: no\nservices:\n  cart: {program: yes, replicas: 010}\n  off: {program: c, replicas: 0x1}\n"
                        "gateway: {listen: \"127.0.0.1:0\", compression: no, limits: {body: 010, headers: 1e3, idle_time: "
                        "12:30}}\n"),
            "holon.yaml:3:34: replicas is a number from 1 to 100, not 010\n"
            "holon.yaml:4:31: replicas is a number from 1 to 100, not 0x1\n"
            "holon.yaml:5:47: compression is true or false, not no\n"
            "holon.yaml:5:66: body is a size in bytes, as 512, 64KiB, 4MiB or 1GiB, not 010\n"
            "holon.yaml:5:80: headers is a number from 1 to 4294967295, not 1e3\n"
            "holon.yaml:5:96: idle_time is a time, as 500ms, 20s, 5min, 2h or 1d, not 12:30\n");
  std::string deep = "app: shop\nservices: ";
  for (int i = 0; i < 16; ++i) deep += "{a: ";
  EXPECT_EQ(problems_of(deep + std::string(16, '}')), "holon.yaml:2:71: this is nested more than 16 deep\n");
}

/// The spec of the service ads, whose map this is.
control::ServiceSpec ads_with(const std::string& map) {
  Problems problems;
  const std::optional<Manifest> manifest = read("app: shop\nservices: {cart: {program: c}, ads: " + map + "}\n", problems);
  EXPECT_TRUE(manifest.has_value()) << to_text(problems, "holon.yaml");
  return manifest ? manifest->application.services[1] : control::ServiceSpec();
}

TEST(Manifest, ServicesMayBeCommands) {
  const control::ServiceSpec ads = ads_with("{command: node ads/main.js, contract: ads/ads.proto, calls: [cart], "
                                            "environment: {A: 010, B: \"\"}}");
  ASSERT_EQ(ads.command.size(), 2u);
  EXPECT_EQ(ads.command[1].text, "ads/main.js");
  EXPECT_EQ(ads.contracts[0].text, "ads/ads.proto");
  EXPECT_EQ(ads.calls[0].text, "cart");
  EXPECT_EQ(ads.environment, (std::map<std::string, std::string>{{"A", "010"}, {"B", ""}}));
  EXPECT_EQ(ads.protocol, control::Protocol::grpc);
  EXPECT_EQ(ads.health.kind, control::HealthSpec::Kind::grpc);
  EXPECT_EQ(ads_with("{command: [a, b c], protocol: http}").command[1].text, "b c");
  EXPECT_EQ(ads_with("{command: a, protocol: http}").health.kind, control::HealthSpec::Kind::http);
}

TEST(Manifest, HealthAndResourcesHaveUnits) {
  using namespace std::chrono_literals;
  const control::ServiceSpec ads = ads_with("{command: a, protocol: http, health: {http: /healthz, period: 2s, "
                                            "timeout: 500ms, failures: 5, "
                                            "start_within: 2min}, resources: {memory: 256MiB, cpu: 0.5, processes: 64}}");
  EXPECT_EQ(ads.health.path, "/healthz");
  EXPECT_EQ(ads.health.period, 2s);
  EXPECT_EQ(ads.health.timeout, 500ms);
  EXPECT_EQ(ads.health.failures, 5);
  EXPECT_EQ(ads.health.start_within, 2min);
  EXPECT_EQ(ads.resources.memory_bytes, std::uint64_t{256} << 20);
  EXPECT_EQ(ads.resources.cpu, 0.5);
  EXPECT_EQ(ads.resources.processes, 64);
  EXPECT_EQ(ads_with("{program: a}").resources.memory_bytes, 0u) << "without a limit there is none";
}

TEST(Manifest, WhatDoesNotGoTogetherIsRefused) {
  struct Wrong {
    const char* map;
    const char* says;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {"{command: a, program: b, contract: c}", "has a command, so it has no program; take one of the two away"},
           {"{command: a}", "service ads has a command and no `contract:`; name its contract file"},
           {"{program: a, calls: [cart]}", "`calls:` is for a service that is a `command:`"},
           {"{command: a, protocol: http, contract: a.proto}", "service ads speaks plain HTTP, so nobody calls it by a contract"},
           {"{program: a, protocol: http}", "`protocol:` is for a service that is a `command:`"},
           {"{command: a, contract: c, settings: {a: b}}", "`settings:` is for a service that is a `program:`"},
           {"{command: a, contract: c, config: {a: b}}", "`config:` is for a service that is a `program:`"},
           {"{command: a, contract: c, protocol: htp}", "protocol can't be htp; did you mean http?"},
           {"{command: a, contract: c, calls: [crt]}", "there is no service crt; did you mean cart?"},
           {"{command: a && b, contract: c}", "no shell reads the command; write it as a list"},
           {"{command: [], contract: c}", "is an empty list"},
           {"{program: a, environment: {\"a=b\": c}}", "has no `=`"},
           {"{program: a, health: {perod: 1s}}", "`perod:` is not known in health of service ads; did you mean period?"},
           {"{program: a, health: {period: 5}}", "period is a time, as 500ms, 20s, 5min, 2h or 1d, not 5"},
           {"{command: a, contract: c, health: {http: healthz}}", "a path starts with `/`"},
           {"{command: a, contract: c, health: {http: /a, tcp: true}}", "is checked in one way"},
           {"{program: a, resources: {memory: 256MB}}", "memory is a size in bytes, as 512, 64KiB, 4MiB or 1GiB, not 256MB"},
           {"{program: a, resources: {cpu: 500m}}", "cpu is a number of cores of at least 0.01, as 2 or 0.5, not 500m"},
           {"{program: a, resources: {cpus: 1}}", "`cpus:` is not known in resources of service ads; did you mean cpu?"}}) {
    EXPECT_THAT(problems_of(std::string("app: shop\nservices: {cart: {program: c}, ads: ") + wrong.map + "}\n"),
                HasSubstr(wrong.says))
        << wrong.map;
  }
}

TEST(Manifest, SecretsAreNoArguments) {
  Problems problems;
  std::optional<config::YamlNode> root =
      config::parse_yaml("app: shop\nservices: {cart: {program: c, settings: {a: x}, environment: {b: x}}, ads: "
                         "{command: [a, x], contract: c}}\n",
                         problems);
  for (auto& [key, value] : root->entries[1].value.entries) {
    for (auto& [name, content] : value.entries) {
      for (auto& [inner, scalar] : content.entries) scalar.secret = "${file:a}";
      if (!content.items.empty()) content.items[1].secret = "${file:a}";
    }
  }
  EXPECT_FALSE(read_manifest(*root, ".", env::os(), problems).has_value());
  EXPECT_EQ(to_text(problems, "f"),
            "f:2:45: setting a has a secret, and becomes an argument, which others on this machine can read; hand it over by "
            "`config:` or `environment:`\n"
            "f:2:90: the command of service ads has a secret, which others on this machine can read; hand it over by "
            "`environment:`\n");
}

}  // namespace
}  // namespace holon::node
