#include "node/called.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/yaml.h"
#include "holon/options.pb.h"

namespace holon::node {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

/// catalog has a contract with methods of all kinds; pages speaks plain HTTP; nobody calls worker.
class CalledTest : public testing::Test {
 protected:
  CalledTest() {
    for (const char* name : {"catalog", "pages", "worker"}) app_.services.emplace_back().name.text = name;
    google::protobuf::FileDescriptorProto* file = contracts_.mutable_contracts()->add_file();
    file->set_package("shop");
    google::protobuf::ServiceDescriptorProto* service = file->add_service();
    service->set_name("Catalog");
    google::protobuf::MethodDescriptorProto* search = service->add_method();
    search->set_name("Search");
    search->mutable_options()->MutableExtension(holon::method)->set_idempotent(true);
    service->add_method()->set_name("Order");
    google::protobuf::MethodDescriptorProto* watch = service->add_method();
    watch->set_name("Watch");
    watch->set_server_streaming(true);
    hosts_.push_back({.name = "catalog", .program = "bin/catalog", .services = {{"catalog", "shop.Catalog"}}});
    hosts_.push_back({.name = "pages", .command = {"pages"}, .services = {{"pages", ""}}, .protocol = control::Protocol::http});
    hosts_.push_back({.name = "worker", .command = {"worker"}, .services = {{"worker", ""}}});
  }

  /// What `called:` of this service comes to.
  std::vector<v1::CalledService> called(const std::string& yaml, std::size_t service = 0) {
    config::Problems problems;
    const std::optional<config::YamlNode> root = config::parse_yaml(yaml, problems);
    if (root) app_.services[service].called = read_called(*root, "service " + app_.services[service].name.text, problems);
    std::vector<v1::CalledService> all = called_of(app_, hosts_, contracts_, problems);
    problems_ = config::to_text(problems, "holon.yaml");
    return all;
  }
  std::string problems(const std::string& yaml, std::size_t service = 0) {
    called(yaml, service);
    return problems_;
  }

  control::Application app_;
  std::vector<control::PlannedHost> hosts_;
  v1::Manifest contracts_;
  std::string problems_;
};

TEST_F(CalledTest, NothingIsToldOfWhomNothingIsSaid) {
  config::Problems problems;
  EXPECT_TRUE(called_of(app_, hosts_, contracts_, problems).empty());
}

TEST_F(CalledTest, WhatIsSaidIsToldByContract) {
  const auto told = called("attempts_max: 2\nretry_wait_first: 5ms\nretry_wait_most: 1s\nretry_budget_percent: 0\n"
                           "retry_budget_per_second: 3\nbalance: prequal\n"
                           "methods:\n  Search: {hedge_after: 20ms}\n  Order: {attempts_max: 1, hedges_max: 0}\n");
  EXPECT_EQ(problems_, "");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].service(), "shop.Catalog");
  EXPECT_EQ(told[0].calls().attempts_max(), 2u);
  EXPECT_EQ(told[0].calls().retry_wait_first_ns(), 5'000'000);
  EXPECT_EQ(told[0].calls().retry_wait_most_ns(), 1'000'000'000);
  EXPECT_FALSE(told[0].calls().has_hedges_max()) << "not said";
  EXPECT_EQ(told[0].retry_budget_percent(), 0u);
  EXPECT_EQ(told[0].retry_budget_per_second(), 3u);
  EXPECT_EQ(told[0].balance(), ServiceOptions::PREQUAL);
  ASSERT_EQ(told[0].methods().size(), 2u);
  EXPECT_EQ(told[0].methods().at("Search").hedge_after_ns(), 20'000'000);
  EXPECT_FALSE(told[0].methods().at("Search").has_attempts_max());
  EXPECT_TRUE(told[0].methods().at("Order").has_hedges_max());
}

TEST_F(CalledTest, WhatDoesNotExistIsNamedWithItsPlace) {
  EXPECT_THAT(problems("methods: {Serch: {attempts_max: 1}}"), HasSubstr("holon.yaml:1:11: catalog has no method Serch; did you mean Search?"));
  EXPECT_THAT(problems("attempts: 1"), HasSubstr("`attempts:` is not known in called of service catalog"));
  EXPECT_THAT(problems("methods: {Search: {balance: prequal}}"), HasSubstr("`balance:` is not known in method Search"));
  EXPECT_THAT(problems("attempts_max: 2", 2), HasSubstr("`called:` is about services that others call, which worker is not"));
}

TEST_F(CalledTest, WhatCannotBeIsNamedWithTheRemedy) {
  EXPECT_THAT(problems("attempts_max: 0"), HasSubstr("attempts_max"));
  EXPECT_THAT(problems("hedges_max: 2"), HasSubstr("hedges_max"));
  EXPECT_THAT(problems("hedge_after: soon"), HasSubstr("hedge_after"));
  EXPECT_THAT(problems("balance: fair"), HasSubstr("balance"));
  EXPECT_THAT(problems("methods: {Watch: {attempts_max: 2}}"), HasSubstr("Watch is a stream, which is never made again; take it away"));
  EXPECT_THAT(problems("methods: {Order: {hedge_after: 20ms}}"), HasSubstr("Order is never made beside itself, since its contract does not "
                                                                           "say `idempotent: true`"));
  EXPECT_EQ(problems("hedge_after: 20ms"), "") << "it is about those that are idempotent";
  EXPECT_EQ(problems("methods: {Order: {hedges_max: 0}}"), "");
}

TEST_F(CalledTest, PlainHttpHasTermsToo) {
  const auto told = called("attempts_max: 2\nhedge_after: 20ms\nretry_budget_percent: 5\nbalance: round_robin\n", 1);
  EXPECT_EQ(problems_, "");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].service(), "http:pages");
  EXPECT_EQ(told[0].calls().attempts_max(), 2u);
  EXPECT_EQ(told[0].calls().hedge_after_ns(), 20'000'000);
  EXPECT_EQ(told[0].retry_budget_percent(), 5u);
  EXPECT_EQ(told[0].balance(), ServiceOptions::ROUND_ROBIN);
}

TEST_F(CalledTest, WhatPlainHttpDoesNotHaveIsNamedWithTheRemedy) {
  EXPECT_THAT(problems("methods: {Get: {attempts_max: 1}}", 1), HasSubstr("holon.yaml:1:11: pages speaks plain HTTP and has no methods"));
  EXPECT_THAT(problems("hedges_max: 1", 1), HasSubstr("hedges of plain HTTP need `hedge_after:`"));
  EXPECT_THAT(problems("balance: prequal", 1), HasSubstr("say two_choices"));
  EXPECT_EQ(problems("hedges_max: 0", 1), "");
}

}  // namespace
}  // namespace holon::node
