// RealWorld: the real world, for tests that change a part of it: its clock, its names. They derive from it.
#pragma once

#include "env/environment.h"
#include "env/reactor.h"

namespace holon::env {

class RealWorld : public Environment {
 public:
  Time now() override { return os().now(); }
  WallTime wall() override { return os().wall(); }
  std::uint64_t random() override { return os().random(); }
  std::unique_ptr<Reactor> make_reactor() override { return os().make_reactor(); }
  Disk& disk() override { return os().disk(); }
  Processes& processes() override { return os().processes(); }
  Names& names() override { return os().names(); }
};

}  // namespace holon::env
