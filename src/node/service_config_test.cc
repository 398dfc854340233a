#include "node/service_config.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include "contract/catalog.h"

namespace holon::node {
namespace {

using config::Problems;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;

constexpr const char* contract = R"(syntax = "proto3"; package shop;
import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
message CheckoutConfig {
  enum Mode { OFF = 0; TRIAL = 1; LIVE = 2; }
  message Rate { string currency = 1; double factor = 2; }
  int32 max_items = 1; int64 budget = 2; bool strict = 3; string greeting = 4; bytes key = 5; Mode mode = 6;
  Rate main_rate = 7; repeated Rate rates = 8; repeated string names = 9; map<string, int32> stock = 10; 
  map<int32, Rate> by_id = 11;
  google.protobuf.Duration patience = 12; google.protobuf.Struct extra = 13; google.protobuf.Int32Value maybe = 14;
  oneof place { string city = 15; int32 zip = 16; } optional string note = 17; google.protobuf.Value any = 18;
  repeated google.protobuf.Value values = 19;
})";
constexpr const char* old_contract = R"(syntax = "proto2"; package shop;
message OldConfig { required string name = 1; optional int32 count = 2 [default = 7]; })";

FileDescriptorProto file_of(const std::string& name, const std::string& text) {
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  google::protobuf::io::Tokenizer tokenizer(&input, nullptr);
  google::protobuf::compiler::Parser parser;
  FileDescriptorProto file;
  EXPECT_TRUE(parser.Parse(&tokenizer, &file));
  file.set_name(name);
  return file;
}

class ServiceConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto nobody = [](const std::string& name) -> Result<contract::Catalog::Files> { return not_found(name); };
    ASSERT_TRUE(catalog_.add({file_of("checkout.proto", contract), file_of("old.proto", old_contract)}, nobody).ok());
  }

  /// The configuration as JSON.
  std::string read(const std::string& yaml, const std::string& type = "shop.CheckoutConfig") {
    problems_.clear();
    const std::unique_ptr<Message> message = catalog_.make(*catalog_.pool().FindMessageTypeByName(type));
    read_message(config::parse_yaml(yaml, problems_).value(), catalog_.json(), *message, problems_);
    return catalog_.json().print(*message).value_or("no JSON");
  }
  std::string problems() { return config::to_text(problems_, "f"); }

  contract::Catalog catalog_;
  Problems problems_;
};

TEST_F(ServiceConfigTest, EachKindOfFieldIsReadFromTextWithoutTypes) {
  EXPECT_EQ(read("{max_items: 5, budget: 9007199254740993, strict: true, greeting: no, key: aGk=, mode: LIVE}"),
            R"({"maxItems":5,"budget":"9007199254740993","strict":true,"greeting":"no","key":"aGk=","mode":"LIVE"})");
  EXPECT_EQ(read("{maxItems: 5, mainRate: {currency: EUR, factor: 0.5}, rates: [{factor: -1e3}, {}], names: [010, yes]}"),
            R"({"maxItems":5,"mainRate":{"currency":"EUR","factor":0.5},"rates":[{"factor":-1000},{}],"names":["010","yes"]})");
  EXPECT_EQ(read("{stock: {tea: 1, 7: 2}, by_id: {3: {currency: USD}}, patience: 1.5s, maybe: 0, zip: 4, note: \"\"}"),
            R"({"stock":{"7":2,"tea":1},"byId":{"3":{"currency":"USD"}},"patience":"1.500s","maybe":0,"zip":4,"note":""})");
  EXPECT_EQ(read("{extra: {a: 1, b: [x, true, null], c: {d: 010}}, any: 5, values: [1, x]}"),
            R"({"extra":{"a":1,"b":["x",true,null],"c":{"d":"010"}},"any":5,"values":[1,"x"]})");
  EXPECT_EQ(read("{}"), "{}");
  EXPECT_EQ(problems(), "");
}

TEST_F(ServiceConfigTest, AllThatIsWrongIsNamedAtItsPlaceWithTheRemedy) {
  read("max_item: 5\n"
       "budget: 1.5\n"
       "strict: yes\n"
       "mode: LIV\n"
       "main_rate: {curency: EUR}\n"
       "rates: {factor: 1}\n"
       "names: [[a]]\n"
       "stock: {tea: x}\n"
       "by_id: {x: {}}\n"
       "patience: 5min\n"
       "greeting:\n"
       "city: a\n"
       "zip: 5\n"
       "maxItems: 1\n"
       "max_items: 2\n"
       "key: '*'\n");
  EXPECT_EQ(problems(),
            "f:1:1: shop.CheckoutConfig has no field \"max_item\"; did you mean maxItems?\n"
            "f:2:9: shop.CheckoutConfig.budget is written as a whole number from -9223372036854775808 to "
            "9223372036854775807, not \"1.5\"\n"
            "f:3:9: shop.CheckoutConfig.strict is written as true or false, not \"yes\"\n"
            "f:4:7: shop.CheckoutConfig.Mode has no value \"LIV\"; did you mean LIVE?\n"
            "f:5:13: shop.CheckoutConfig.Rate has no field \"curency\"; did you mean currency?\n"
            "f:6:8: shop.CheckoutConfig.rates is repeated: write a list, as in `[…]`\n"
            "f:7:9: shop.CheckoutConfig.names is one value, not a list or a map\n"
            "f:8:14: shop.CheckoutConfig.StockEntry.value is written as a whole number from -2147483648 to 2147483647, not "
            "\"x\"\n"
            "f:9:9: shop.CheckoutConfig.ByIdEntry.key is written as a whole number from -2147483648 to 2147483647, not \"x\"\n"
            "f:10:11: shop.CheckoutConfig.patience is written as a duration like \"1.5s\", of at most 315576000000 seconds, "
            "not \"5min\"\n"
            "f:11:1: shop.CheckoutConfig.greeting has no value; write one (in quotes if it is the word null), or leave the "
            "key out\n"
            "f:13:1: zip and city exclude each other; remove one\n"
            "f:15:1: max_items and maxItems are one field; remove one\n"
            "f:16:6: shop.CheckoutConfig.key is written as a string of base64, not \"*\"\n");
  read("[a]");
  EXPECT_EQ(problems(), "f:1:1: shop.CheckoutConfig has fields: write them as keys, as in `{name: value}`\n");
}

TEST_F(ServiceConfigTest, SecretsAreNotShown) {
  config::YamlNode map = config::parse_yaml("budget: hunter2\n", problems_).value();
  map.entries[0].value.secret = "${file:key}";
  const std::unique_ptr<Message> message = catalog_.make(*catalog_.pool().FindMessageTypeByName("shop.CheckoutConfig"));
  read_message(map, catalog_.json(), *message, problems_);
  EXPECT_EQ(problems(), "f:1:9: what ${file:key} stands for is no value of shop.CheckoutConfig.budget\n");
}

TEST_F(ServiceConfigTest, DefaultsAreThoseOfTheContractAndWhatItRequiresIsRequired) {
  EXPECT_EQ(read("{name: x}", "shop.OldConfig"), R"({"name":"x"})");
  EXPECT_EQ(problems(), "");
  read("{count: 1}", "shop.OldConfig");
  EXPECT_EQ(problems(), "f:1:1: shop.OldConfig.name is required; write `name:`\n");
}

/// An application of one service whose program says what it is configured with.
class ConfigureTest : public ServiceConfigTest {
 protected:
  void SetUp() override {
    ServiceConfigTest::SetUp();
    for (const FileDescriptorProto& file : {file_of("checkout.proto", contract), file_of("old.proto", old_contract)}) {
      *manifest_.mutable_contracts()->add_file() = file;
    }
    v1::ManifestService& service = *manifest_.add_services();
    service.set_name("checkout");
    service.set_contract("shop.Checkout");
    service.set_config("shop.CheckoutConfig");
    application_.services.push_back({.name = {"checkout", {3, 3}}, .program = {"bin/checkout", {3, 3}}});
    hosts_.push_back({});
    hosts_[0].services.push_back({"checkout", "shop.Checkout", "", {}});
  }

  std::string configured(const std::string& yaml) {
    problems_.clear();
    application_.services[0].config.reset();
    if (!yaml.empty()) application_.services[0].config = config::parse_yaml(yaml, problems_);
    hosts_[0].services[0].config.clear();
    configure(application_, manifest_, hosts_, problems_);
    return hosts_[0].services[0].config;
  }

  v1::Manifest manifest_;
  control::Application application_;
  std::vector<control::PlannedHost> hosts_;
};

TEST_F(ConfigureTest, GivesEachServiceItsConfiguration) {
  EXPECT_EQ(configured("{maxItems: 3}"), R"({"maxItems":3})");
  EXPECT_EQ(configured(""), "{}") << "without one it has the defaults";
  EXPECT_EQ(problems(), "");
}

TEST_F(ConfigureTest, RefusesOneThatNobodyTakesOrThatIsWrong) {
  EXPECT_EQ(configured("{max: 3}"), "");
  EXPECT_EQ(problems().substr(0, 7), "f:1:2: ");
  manifest_.mutable_services(0)->clear_config();
  EXPECT_EQ(configured("{maxItems: 3}"), "");
  EXPECT_EQ(problems(), "f:1:1: checkout takes no configuration; its constructor asks for one by `wiring.config<T>()`, or "
                        "`config:` is to be removed\n");
  EXPECT_EQ(configured(""), "");
  EXPECT_EQ(problems(), "");
}

TEST_F(ConfigureTest, WhatIsRequiredIsMissedWhereNothingIsWritten) {
  manifest_.mutable_services(0)->set_config("shop.OldConfig");
  configured("");
  EXPECT_EQ(problems(), "f:3:3: shop.OldConfig.name is required; write `name:`\n");
  manifest_.mutable_services(0)->set_config("shop.NoConfig");
  configured("");
  EXPECT_EQ(problems(), "f:3:3: the contract of shop.NoConfig, the configuration of checkout, is not in its program; build "
                        "the program anew\n");
}

}  // namespace
}  // namespace holon::node
