// Names::records, against a server that says what it is told.

#include "env/environment.h"
#include "env/fake_dns.h"
#include "env/names.h"

namespace holon::env {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class DnsTest : public testing::Test {
 protected:
  Result<NameRecords> ask(const std::string& name) { return os().names().records(name, dns_.server()); }
  static std::vector<std::string> texts(const NameRecords& records) {
    std::vector<std::string> all;
    for (const NameRecords::Where& each : records.found) {
      all.push_back(each.address + (each.port != 0 ? " " + std::to_string(each.port) : ""));
    }
    return all;
  }

  FakeDns dns_;
};

TEST_F(DnsTest, AHostHasAddressesOfBothKinds) {
  dns_.set_host("shop.test", {"192.0.2.1", "192.0.2.2", "2001:db8::1"}, 60);
  const auto records = ask("shop.test");
  ASSERT_TRUE(records.ok()) << records.error().to_string();
  EXPECT_THAT(texts(*records), UnorderedElementsAre("192.0.2.1", "192.0.2.2", "2001:db8::1"));
  EXPECT_EQ(records->good_for, std::chrono::seconds(60));
}

TEST_F(DnsTest, AServiceHasHostsAndPorts) {
  dns_.set_service("_grpc._tcp.shop.test", {{10, 7001, "one.test"}, {10, 7002, "two.test"}, {20, 7003, "spare.test"}}, 30);
  dns_.set_host("one.test", {"192.0.2.1"}, 90);
  dns_.set_host("two.test", {"192.0.2.2"}, 20);
  dns_.set_host("spare.test", {"192.0.2.3"}, 1);
  const auto records = ask("_grpc._tcp.shop.test");
  ASSERT_TRUE(records.ok()) << records.error().to_string();
  EXPECT_THAT(texts(*records), UnorderedElementsAre("192.0.2.1 7001", "192.0.2.2 7002"));
  EXPECT_EQ(records->good_for, std::chrono::seconds(20)) << "the least of all that it rests on";
}

TEST_F(DnsTest, AServicesOwnTimeToLiveCounts) {
  dns_.set_service("_grpc._tcp.shop.test", {{10, 7001, "one.test"}}, 7);
  dns_.set_host("one.test", {"192.0.2.1"}, 90);
  EXPECT_EQ(ask("_grpc._tcp.shop.test")->good_for, std::chrono::seconds(7));
}

TEST_F(DnsTest, AServicesHostThatNobodyKnowsIsLeftOut) {
  dns_.set_service("_grpc._tcp.shop.test", {{10, 7001, "one.test"}, {10, 7002, "gone.test"}});
  dns_.set_host("one.test", {"192.0.2.1"});
  EXPECT_THAT(texts(*ask("_grpc._tcp.shop.test")), ElementsAre("192.0.2.1 7001"));
  dns_.remove("one.test");
  EXPECT_EQ(ask("_grpc._tcp.shop.test").code(), Code::not_found);
}

TEST_F(DnsTest, SaysThatThereIsNoSuchName) {
  const auto records = ask("nobody.test");
  EXPECT_EQ(records.code(), Code::not_found);
  EXPECT_THAT(records.error().message(), HasSubstr("DNS knows no nobody.test"));
  EXPECT_EQ(ask("_grpc._tcp.nobody.test").code(), Code::not_found);
}

TEST_F(DnsTest, AServerThatKeepsSilentIsNotWaitedForForEver) {
  dns_.fall_silent();
  const Time before = os().now();
  const auto records = ask("shop.test");
  EXPECT_EQ(records.code(), Code::unavailable);
  EXPECT_THAT(records.error().message(), HasSubstr("cannot ask DNS for shop.test"));
  EXPECT_LT(os().now() - before, std::chrono::seconds(10));
}

TEST_F(DnsTest, AServerThatIsNoneIsAnError) {
  EXPECT_EQ(os().names().records("shop.test", "no server").code(), Code::invalid_argument);
}

}  // namespace
}  // namespace holon::env
