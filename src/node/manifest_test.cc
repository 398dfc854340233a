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
  return read_manifest(yaml, ".", env::os(), problems);
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
      "holon.yaml:3:9: service cart lacks `program:`, the path of its program, as in `program: bin/cart`\n"
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
           {"basket: [cart]", "gateway: [cart]", "gateway is the name of holon's own host"},
           {"services: [payment]", "program: bin/money", "host money lacks `services:`"},
           {"127.0.0.1:8080", "8080", "listen is an IP address and a port"},
           {"{listen: \"127.0.0.1:8080\"}", "8080", "gateway: keys with values belong here"},
       }) {
    EXPECT_THAT(problems_of(shop_with(wrong.from, wrong.to)), HasSubstr(wrong.says));
  }
  EXPECT_THAT(problems_of(""), HasSubstr(":1:1: holon.yaml: keys with values belong here"));
  EXPECT_THAT(problems_of("app: a\nservices: {}\n"), HasSubstr(":2:11: there is no service"));
}

}  // namespace
}  // namespace holon::node
