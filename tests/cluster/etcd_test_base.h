// What tests of a node's way to etcd have in common.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "fiber/call.h"
#include "holon/task.h"
#include "node/cluster/etcd.h"
#include "tests/cluster/etcd_members.h"

namespace holon {

class EtcdTestBase : public testing::Test {
 protected:
  /// As holon.yaml would have it.
  static node::EtcdConfig config_of(const EtcdMembers& members) {
    node::EtcdConfig config;
    for (int member = 0; member < EtcdMembers::count; ++member) {
      config.members.push_back(node::EtcdAddress::parse(members.url(member)).value());
    }
    return config;
  }

  /// Runs `body` on a fiber.
  static void run(const node::EtcdConfig& config, const std::function<void(Call&, node::Etcd&)>& body) {
    fiber::Loop loop(env::os(), 0);
    loop.spawn([&] {
      {
        node::Etcd etcd(loop, config, config.load_tls(env::os()).value());
        internal::RootCall call(env::os().now() + std::chrono::seconds(120));
        body(call, etcd);
      }
      loop.stop();
    });
    loop.run();
  }

  /// For who may read what it watches.
  static node::Registry::Told hearing(std::function<void(const node::Registry::Entries&)> entries) {
    return {.entries = std::move(entries), .heard = [](const Result<void>& heard) { EXPECT_TRUE(heard.ok()) << heard.error().message(); }};
  }

  /// Until `condition` holds.
  static bool eventually(Call& call, const std::function<bool()>& condition, std::chrono::seconds within = std::chrono::seconds(10)) {
    for (const env::Time until = env::os().now() + within; env::os().now() < until;) {
      if (condition()) return true;
      if (!sleep(call, std::chrono::milliseconds(5)).ok()) return false;
    }
    return condition();
  }
};

}  // namespace holon
