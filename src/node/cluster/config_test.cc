#include "node/cluster/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/yaml.h"
#include "env/environment.h"

namespace holon::node {
namespace {

using testing::HasSubstr;

struct ReadCluster {
  ClusterConfig config;
  std::string problems;
};

ReadCluster read_from(const std::string& section) {
  config::Problems problems;
  const std::optional<config::YamlNode> root = config::parse_yaml("cluster: " + section + "\n", problems);
  ReadCluster read;
  if (root) read.config = read_cluster(*root->find("cluster"), "/srv/shop", env::os(), problems);
  read.problems = config::to_text(problems, "holon.yaml");
  return read;
}

constexpr const char* usual = "etcd: [\"10.0.0.1:2379\", \"[fd00::2]:2379\"], address: 10.0.0.1, authority: keys";

TEST(ClusterConfigTest, SaysWhereEtcdIsAndWhoThisNodeIs) {
  const ReadCluster read = read_from(std::string("{") + usual + ", node: a, zone: west, lease: 5s, cut_off: go_on}");
  EXPECT_EQ(read.problems, "");
  ASSERT_EQ(read.config.etcd.members.size(), 2u);
  EXPECT_EQ(read.config.etcd.members[1].where, "[fd00::2]:2379");
  EXPECT_EQ(read.config.address, "10.0.0.1");
  EXPECT_EQ(read.config.authority, "/srv/shop/keys");
  EXPECT_EQ(read.config.node, "a");
  EXPECT_EQ(read.config.zone, "west");
  EXPECT_EQ(read.config.lease, std::chrono::seconds(5));
  EXPECT_TRUE(read.config.goes_on);
}

TEST(ClusterConfigTest, WhatIsNotSaidIsRight) {
  const ReadCluster read = read_from(std::string("{") + usual + "}");
  EXPECT_EQ(read.problems, "");
  EXPECT_NE(read.config.node, "") << "as the machine calls itself";
  EXPECT_EQ(read.config.lease, std::chrono::seconds(3));
  EXPECT_FALSE(read.config.goes_on);
}

TEST(ClusterConfigTest, NamesWhatIsMissingOrWrong) {
  const std::string missing = read_from("{node: a}").problems;
  EXPECT_THAT(missing, HasSubstr("where etcd answers, as in `etcd: [\"10.0.0.1:2379\"]`"));
  EXPECT_THAT(missing, HasSubstr("this machine's address, as in `address: 10.0.0.1`"));
  EXPECT_THAT(missing, HasSubstr("the folder of the authority"));
  const auto problems_of = [](const std::string& more) { return read_from(std::string("{") + usual + ", " + more + "}").problems; };
  EXPECT_THAT(problems_of("node: \"a b\""), HasSubstr("the name of a node has letters, digits"));
  EXPECT_THAT(problems_of("lease: 1s"), HasSubstr("a lease is 2s to 60s long"));
  EXPECT_THAT(problems_of("cut_off: wait"), HasSubstr("cut_off"));
  EXPECT_THAT(problems_of("zome: west"), HasSubstr("did you mean zone"));
  EXPECT_THAT(read_from("{etcd: etcd.example, address: 0.0.0.0, authority: a}").problems,
              testing::AllOf(HasSubstr("etcd answers at an address like 10.0.0.1:2379 or https://etcd-0.example:2379, not at etcd.example"),
                             HasSubstr("an address of this machine that other nodes reach belongs here")));
}

}  // namespace
}  // namespace holon::node
