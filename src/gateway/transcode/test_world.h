// For tests of the ways to the services: a server of transcoding.rules.Rules on a Unix socket, what a gateway knows of it, and
// the means to call it, all on the calling thread's loop.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include "fiber/loop.h"
#include "gateway/remote.h"
#include "gateway/test_contract.h"
#include "server/server.h"
#include "tests/transcoding/services.h"

namespace holon::gateway::testing {

class RulesWorld {
 public:
  RulesWorld() {
    behind_.add(transcoding::rules::Rules::info(), rules);
    EXPECT_TRUE(server_.listen(address_).ok());
    client::Endpoints endpoints;
    endpoints.everything.push_back(address_);
    pools.update(endpoints);
  }
  ~RulesWorld() { server_.drain(env::os().now() + std::chrono::seconds(5)); }

  static node::v1::Manifest manifest() {
    node::v1::Manifest manifest;
    std::set<std::string> added;
    add_with_imports(*transcoding::rules::Thing::descriptor()->file(), added, *manifest.mutable_contracts());
    manifest.add_services()->set_contract("transcoding.rules.Rules");
    return manifest;
  }

  fiber::Loop loop{env::os(), 0};
  ::transcoding::Rules rules;
  Contracts contracts = Contracts::load(manifest()).value();
  client::Pools pools{{&loop}};
  Remote remote{pools, contracts};

 private:
  const env::Address address_ =
      *env::Address::parse("unix:" + ::testing::TempDir() + "rules-" + std::to_string(::getpid()) + ".sock");
  server::Router behind_;
  server::Server server_{behind_, {&loop}};
};

}  // namespace holon::gateway::testing
