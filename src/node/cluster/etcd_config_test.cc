#include "node/cluster/etcd_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/yaml.h"
#include "env/environment.h"
#include "node/cluster/etcd_member.h"

namespace holon::node {
namespace {

using testing::HasSubstr;
using testing::Not;

struct ReadEtcd {
  EtcdConfig config;
  std::string problems;
};

ReadEtcd read_etcd_from(const std::string& section) {
  config::Problems problems;
  const std::optional<config::YamlNode> root = config::parse_yaml("etcd: " + section + "\n", problems);
  ReadEtcd read;
  if (root) read.config = read_etcd(*root->find("etcd"), "/srv/shop", problems);
  read.problems = config::to_text(problems, "holon.yaml");
  return read;
}

TEST(EtcdConfigTest, AListSaysWhereMembersAre) {
  const ReadEtcd read = read_etcd_from("[\"10.0.0.1:2379\", \"etcd-1.example:2379\", \"https://[fd00::2]:2379\"]");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.config.members.size(), 3u);
  EXPECT_EQ(read.config.members[0].where, "10.0.0.1:2379");
  EXPECT_FALSE(read.config.members[0].name || read.config.members[0].tls);
  ASSERT_TRUE(read.config.members[1].name);
  EXPECT_EQ(read.config.members[1].name->name, "etcd-1.example");
  EXPECT_EQ(read.config.members[1].name->port, 2379);
  EXPECT_EQ(read.config.members[2].where, "[fd00::2]:2379");
  EXPECT_TRUE(read.config.members[2].tls);
}

TEST(EtcdConfigTest, AMapSaysHowOneKnowsTheOther) {
  const ReadEtcd read = read_etcd_from("{members: \"https://etcd-0.example:2379\", ca: ca.pem, certificate: node.pem, key: node.key, "
                                       "user: holon, password: rabbit}");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.config.members.size(), 1u);
  EXPECT_TRUE(read.config.members[0].tls);
  EXPECT_EQ(read.config.tls.roots, "/srv/shop/ca.pem");
  EXPECT_EQ(read.config.tls.own.certificate, "/srv/shop/node.pem");
  EXPECT_EQ(read.config.tls.own.key, "/srv/shop/node.key");
  EXPECT_EQ(read.config.user, "holon");
  EXPECT_EQ(read.config.password, "rabbit");
}

TEST(EtcdConfigTest, NamesWhatIsMissingOrWrong) {
  const auto problems_of = [](const std::string& section) { return read_etcd_from(section).problems; };
  for (const char* wrong : {"etcd.example", "\"https://etcd.example\"", "\"https://etcd.example:2379/\"", "\"unix:/run/etcd\"", "\"10.0.0.1:0\""}) {
    EXPECT_THAT(problems_of(wrong), HasSubstr("at an address like 10.0.0.1:2379 or https://etcd-0.example:2379, not at")) << wrong;
  }
  EXPECT_THAT(problems_of("[]"), HasSubstr("a list of the addresses of etcd's members belongs here"));
  EXPECT_THAT(problems_of("{ca: ca.pem}"), HasSubstr("where etcd answers, as in `members:"));
  EXPECT_THAT(problems_of("{members: \"10.0.0.1:2379\", ca: ca.pem}"), HasSubstr("write https:// before their addresses"));
  const std::string secure = "{members: \"https://10.0.0.1:2379\", ";
  EXPECT_THAT(problems_of(secure + "key: node.key}"), HasSubstr("`certificate` and `key` go together"));
  EXPECT_THAT(problems_of(secure + "user: holon}"), HasSubstr("`user` and `password` go together"));
  EXPECT_THAT(problems_of(secure + "cafile: ca.pem}"), HasSubstr("cafile"));
}

TEST(EtcdConfigTest, APasswordIsForMembersThatSpeakTlsAndIsNotShown) {
  const std::string mixed = "{members: [\"https://10.0.0.1:2379\", \"10.0.0.2:2379\"], user: holon, password: rabbit}";
  EXPECT_THAT(read_etcd_from(mixed).problems, testing::AllOf(HasSubstr("holon.yaml:1:"), HasSubstr("write https:// before all"),
                                                             Not(HasSubstr("rabbit"))));
  for (const char* inside : {"\"https://holon:rabbit@etcd.example:2379\"", "\"holon:r@bbit@10.0.0.1:2379\""}) {
    EXPECT_THAT(read_etcd_from(inside).problems, testing::AllOf(HasSubstr("not at …@"), HasSubstr("are keys of their own"),
                                                                Not(HasSubstr("bbit@"))));
  }
}

TEST(EtcdConfigTest, AFileThatIsMissingIsNamed) {
  const EtcdConfig config = read_etcd_from("{members: \"https://10.0.0.1:2379\", ca: no-such.pem}").config;
  const auto loaded = config.load_tls(env::os());
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message(), testing::AllOf(HasSubstr("cluster, etcd: "), HasSubstr("/srv/shop/no-such.pem")));
  EXPECT_EQ(read_etcd_from("\"10.0.0.1:2379\"").config.load_tls(env::os()).value(), nullptr) << "where nobody speaks TLS";
}

TEST(EtcdConfigTest, WhatEtcdRefusesHasARemedyInHolonYaml) {
  const Error denied = with_remedy(permission_denied("etcdserver: permission denied"));
  EXPECT_EQ(denied.code(), Code::permission_denied);
  EXPECT_THAT(denied.message(), HasSubstr("readwrite /holon/"));
  EXPECT_EQ(with_remedy(unavailable("nobody answers")).message(), "nobody answers");
}

TEST(EtcdConfigTest, AnotherMemberIsAskedForWhatOneCannotDoAndNotForWhatIsRefused) {
  for (const Error& broken : {unavailable("gone"), internal_error("the server ended the call without a status"), unknown("")}) {
    EXPECT_TRUE(is_members_fault(broken)) << broken.to_string();
  }
  for (const Error& refused : {permission_denied(""), invalid_argument("authentication failed"), not_found(""), aborted("")}) {
    EXPECT_FALSE(is_members_fault(refused)) << refused.to_string();
  }
}

}  // namespace
}  // namespace holon::node
