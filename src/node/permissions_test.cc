#include "node/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holon::node {
namespace {

using control::AllowSpec;
using control::PlannedHost;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

void add_service(v1::Manifest& contracts, const std::string& name, const std::vector<std::string>& calls) {
  v1::ManifestService* service = contracts.add_services();
  service->set_contract("shop." + name);
  service->mutable_calls()->Assign(calls.begin(), calls.end());
  google::protobuf::FileDescriptorProto* file = contracts.mutable_contracts()->add_file();
  file->set_package("shop");
  google::protobuf::ServiceDescriptorProto* described = file->add_service();
  described->set_name(name);
  for (const char* method : {"Get", "Put"}) described->add_method()->set_name(method);
}

/// checkout, a program, and ads, a command, call payment; stats speaks plain HTTP.
class PermissionsTest : public testing::Test {
 protected:
  PermissionsTest() {
    app_.name.text = "shop";
    for (const char* name : {"checkout", "payment", "ads", "stats"}) app_.services.emplace_back().name.text = name;
    add_service(contracts_, "Checkout", {"shop.Payment"});
    add_service(contracts_, "Payment", {});
    hosts_.push_back({.name = "shop", .program = "bin/shop", .services = {{"checkout", "shop.Checkout"}, {"payment", "shop.Payment"}}});
    hosts_.push_back({.name = "ads", .command = {"node", "ads.js"}, .services = {{"ads", "shop.Ads"}}, .calls = {"payment"}});
    hosts_.push_back({.name = "stats", .command = {"stats"}, .services = {{"stats", ""}}, .protocol = control::Protocol::http});
  }

  void allow(const std::string& service, std::vector<AllowSpec> allowed) {
    for (auto& each : app_.services) {
      if (each.name.text == service) each.allow = std::move(allowed);
    }
  }
  v1::Permissions permissions(bool gateway = true) {
    problems_.clear();
    return permissions_of(app_, hosts_, contracts_, gateway, problems_);
  }
  v1::CalleePermissions payment(bool gateway = true) {
    const v1::Permissions all = permissions(gateway);
    for (const v1::CalleePermissions& callee : all.callees()) {
      if (callee.service() == "shop.Payment") return callee;
    }
    return {};
  }
  std::string problems() {
    permissions();
    return config::to_text(problems_, "holon.yaml");
  }

  control::Application app_;
  std::vector<PlannedHost> hosts_;
  v1::Manifest contracts_;
  config::Problems problems_;
};

TEST_F(PermissionsTest, WhoDeclaresACallMayMakeIt) {
  EXPECT_THAT(payment().callers(), UnorderedElementsAre("shop.Checkout", "shop.Ads", ""));
  EXPECT_THAT(payment(false).callers(), UnorderedElementsAre("shop.Checkout", "shop.Ads"));
  EXPECT_FALSE(payment().narrowed());
  EXPECT_EQ(problems(), "");
}

TEST_F(PermissionsTest, AllowNarrowsThat) {
  allow("payment", {{.caller = {"checkout", {}}, .methods = {{"Put", {}}}}, {.caller = {"gateway", {}}, .methods = {}}});
  const v1::CalleePermissions narrowed = payment();
  EXPECT_TRUE(narrowed.narrowed());
  ASSERT_EQ(narrowed.allowed_size(), 2);
  EXPECT_THAT(narrowed.allowed(0).callers(), ElementsAre("shop.Checkout"));
  EXPECT_THAT(narrowed.allowed(0).methods(), ElementsAre("Put"));
  EXPECT_THAT(narrowed.allowed(1).callers(), ElementsAre(""));
  EXPECT_EQ(problems(), "");
}

TEST_F(PermissionsTest, AllowOfNobodyIsSaidToo) {
  allow("payment", {});
  EXPECT_TRUE(payment().narrowed());
  EXPECT_EQ(payment().allowed_size(), 0);
}

TEST_F(PermissionsTest, HostsAreKnownByTheirCertificates) {
  std::map<std::string, std::vector<std::string>> known;
  const v1::Permissions all = permissions();
  for (const v1::HostIdentity& host : all.hosts()) known[host.certificate()] = {host.callers().begin(), host.callers().end()};
  EXPECT_THAT(known["URI:spiffe://shop/host/shop"], UnorderedElementsAre("shop.Checkout", "shop.Payment"));
  EXPECT_THAT(known["URI:spiffe://shop/host/gateway"], ElementsAre(""));
  EXPECT_THAT(known["URI:spiffe://shop/host/outlet"], UnorderedElementsAre("shop.Ads", "stats")) << "commands call through it";
}

TEST_F(PermissionsTest, WhatCannotBeAllowedIsNamed) {
  allow("payment", {{.caller = {"chekout", {3, 7}}, .methods = {}}});
  EXPECT_THAT(problems(), HasSubstr("there is no service chekout; did you mean checkout?"));
  allow("payment", {{.caller = {"stats", {3, 7}}, .methods = {}}});
  EXPECT_THAT(problems(), HasSubstr("stats does not call payment, so there is nothing to allow"));
  allow("payment", {{.caller = {"checkout", {}}, .methods = {{"Putt", {4, 9}}}}});
  EXPECT_THAT(problems(), HasSubstr("payment has no method Putt; did you mean Put?"));
  allow("payment", {});
  allow("stats", {{.caller = {"gateway", {}}, .methods = {}}});
  EXPECT_THAT(problems(), HasSubstr("`allow:` is about methods of a contract, which stats does not have"));
}

}  // namespace
}  // namespace holon::node
