#include "control/placement.h"

#include "config/suggest.h"

namespace holon::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PlacementTest : public testing::Test {
 protected:
  PlacementTest() {
    application_.name = {"shop", {1, 6}};
    int line = 3;
    for (const char* name : {"cart", "payment", "checkout"}) {
      config::Place place{line++, 3};
      application_.services.push_back(
          {.name = {name, place}, .program = {std::string("bin/") + name, place}, .owner = "team"});
    }
    application_.default_placement = "split";
    application_.placements = {{.name = {"split", {7, 3}}, .each = true},
                               {.name = {"monolith", {8, 3}}, .hosts = {shop_host({"cart", "payment", "checkout"})}}};
    programs_ = {{"bin/cart", {cart_}}, {"bin/payment", {payment_}}, {"bin/checkout", {checkout_}},
                 {"bin/shop", {cart_, payment_, checkout_}}};
  }

  static HostSpec shop_host(const std::vector<std::string>& services) {
    HostSpec host{.name = {"shop", {9, 5}}, .program = Named{"bin/shop", {9, 20}}};
    for (const std::string& service : services) host.services.push_back({service, {10, 7}});
    return host;
  }

  std::vector<PlannedHost> plan_of(const std::string& name) {
    problems_.clear();
    const PlacementSpec* placement = find_placement(application_, name, problems_);
    return placement == nullptr ? std::vector<PlannedHost>() : plan(application_, *placement, programs_, problems_);
  }

  std::vector<std::string> complaints() const {
    std::vector<std::string> list;
    for (const config::Problem& problem : problems_) {
      list.push_back(std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + ": " +
                     problem.what);
    }
    return list;
  }

  ProgramService cart_{"cart", "shop.Cart", {}};
  ProgramService payment_{"payment", "shop.Payment", {}};
  ProgramService checkout_{"checkout", "shop.Checkout", {"shop.Cart", "shop.Payment"}};
  Application application_;
  Programs programs_;
  config::Problems problems_;
};

TEST_F(PlacementTest, ACommandHasAHostOfItsOwnInEveryPlacement) {
  ServiceSpec ads;
  ads.name = {"ads", {6, 3}};
  ads.command = {{"node", {6, 20}}, {"ads.js", {6, 26}}};
  ads.calls = {{"cart", {6, 40}}};
  ads.health.kind = HealthSpec::Kind::grpc;
  application_.services.push_back(ads);
  programs_[command_key(ads)] = {{"ads", "shop.Ads", {}}};
  for (const char* placement : {"split", "monolith"}) {
    std::vector<PlannedHost> hosts = plan_of(placement);
    EXPECT_THAT(complaints(), IsEmpty());
    const PlannedHost& host = hosts.back();
    EXPECT_EQ(host.name, "ads");
    EXPECT_THAT(host.command, ElementsAre("node", "ads.js"));
    EXPECT_EQ(host.services[0].contract, "shop.Ads");
    EXPECT_THAT(host.calls, ElementsAre("cart"));
    EXPECT_THAT(host.needs, ElementsAre(placement == std::string("split") ? "cart" : "shop"));
    EXPECT_EQ(host.health.kind, HealthSpec::Kind::grpc);
  }

  application_.placements[1].hosts[0].services.push_back({"ads", {10, 30}});
  plan_of("monolith");
  EXPECT_THAT(complaints(), ElementsAre("10:30: ads is a command, which has a host of its own; take it out of the list of host shop"));

  application_.services.back().calls = {{"carts", {6, 40}}};
  plan_of("split");
  EXPECT_THAT(complaints(), ElementsAre("6:40: there is no service carts; did you mean cart?"));
}

TEST_F(PlacementTest, ACommandMayStandInForTheProgramOfAService) {
  HostSpec twin;
  twin.name = {"payment", {9, 5}};
  twin.command = {{"twins/payment", {9, 20}}};
  twin.services = {{"payment", {9, 40}}};
  application_.placements.push_back({.name = {"polyglot", {11, 3}}, .hosts = {twin, shop_host({"cart", "checkout"})}});
  std::vector<PlannedHost> hosts = plan_of("polyglot");
  EXPECT_THAT(complaints(), IsEmpty());
  ASSERT_EQ(hosts.size(), 2u);
  EXPECT_THAT(hosts[0].command, ElementsAre("twins/payment"));
  EXPECT_EQ(hosts[0].services[0].contract, "shop.Payment");  // as its program says
  EXPECT_EQ(hosts[0].health.kind, HealthSpec::Kind::grpc);
  EXPECT_THAT(hosts[1].needs, ElementsAre("payment"));
}

TEST_F(PlacementTest, SplitGivesEachServiceAHost) {
  application_.services[0].replicas = 2;
  application_.services[1].settings = {{"currency", "EUR"}};
  std::vector<PlannedHost> hosts = plan_of("");
  EXPECT_THAT(complaints(), IsEmpty());
  ASSERT_EQ(hosts.size(), 3u);
  EXPECT_EQ(hosts[0].name, "cart");
  EXPECT_EQ(hosts[0].program, "bin/cart");
  EXPECT_EQ(hosts[0].replicas, 2);
  EXPECT_EQ(hosts[1].services[0].contract, "shop.Payment");
  EXPECT_EQ(hosts[1].services[0].settings.at("currency"), "EUR");
  EXPECT_EQ(hosts[2].services[0].owner, "team");
}

TEST_F(PlacementTest, MonolithGivesAllOneHost) {
  std::vector<PlannedHost> hosts = plan_of("monolith");
  EXPECT_THAT(complaints(), IsEmpty());
  ASSERT_EQ(hosts.size(), 1u);
  EXPECT_EQ(hosts[0].program, "bin/shop");
  EXPECT_EQ(hosts[0].services.size(), 3u);
}

TEST_F(PlacementTest, AHostWithoutAProgramUsesItsServicesOwn) {
  application_.services[1].program.text = "bin/cart";
  programs_["bin/cart"].push_back(payment_);
  HostSpec money = shop_host({"cart", "payment"});
  money.program.reset();
  HostSpec checkout = shop_host({"checkout"});
  checkout.name.text = "checkout";
  application_.placements[1].hosts = {money, checkout};
  EXPECT_EQ(plan_of("monolith")[0].program, "bin/cart");
  EXPECT_THAT(complaints(), IsEmpty());
}

TEST_F(PlacementTest, NamesAPlacementThatIsNone) {
  plan_of("monolit");
  EXPECT_THAT(complaints(), ElementsAre("1:6: there is no placement monolit; did you mean monolith?"));
  plan_of("x");
  EXPECT_THAT(complaints(), ElementsAre("1:6: there is no placement x; there is split and monolith"));
}

TEST_F(PlacementTest, SaysAllThatIsWrongAtOnce) {
  programs_["bin/shop"] = {cart_};
  application_.placements[1].hosts = {shop_host({"cart", "payment", "chekout", "cart"})};
  plan_of("monolith");
  EXPECT_THAT(
      complaints(),
      ElementsAre("10:7: payment is not in bin/shop; add it to holon_program(shop …)",
                  "10:7: there is no service chekout; did you mean checkout?",
                  "10:7: cart is in host shop already; a service has one host, and `replicas:` if one process is "
                  "not enough",
                  "8:3: checkout is in no host of placement monolith; add it to one"));
}

TEST_F(PlacementTest, RefusesServicesOfDifferentPrograms) {
  application_.placements[1].hosts[0].program.reset();
  plan_of("monolith");
  EXPECT_THAT(complaints(),
              ElementsAre("9:5: the services of host shop are in different programs; name one that has them "
                          "all, as in `shop: {program: bin/shop, services: […]}`"));
}

TEST_F(PlacementTest, RefusesACallThatNobodyAnswers) {
  application_.services.erase(application_.services.begin() + 1);
  plan_of("split");
  EXPECT_THAT(complaints(),
              ElementsAre("5:3: checkout calls shop.Payment, which no service of this application answers; "
                          "add the service to `services:` and to the placement"));
}

TEST_F(PlacementTest, NamesTheProgramsItRuns) {
  std::vector<std::string> names;
  for (const Named& program : programs_of(application_, application_.placements[0])) names.push_back(program.text);
  EXPECT_THAT(names, ElementsAre("bin/cart", "bin/checkout", "bin/payment"));
  EXPECT_EQ(programs_of(application_, application_.placements[1])[0].text, "bin/shop");
}

TEST(Suggestion, FindsTheNearWord) {
  EXPECT_EQ(config::suggestion("progam", {"owner", "program"}), "; did you mean program?");
  EXPECT_EQ(config::suggestion("database", {"owner", "program", "settings"}), "; there is owner, program and settings");
  EXPECT_EQ(config::suggestion("a", {}), "");
}

}  // namespace
}  // namespace holon::control
