// What holds however two sessions are used: flow control and stream states as properties, on random uses that RapidCheck
// shrinks when one breaks them. RC_PARAMS="reproduce=…", which a failure prints, runs it again.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "wire/http2_world.h"

namespace holon::wire {
namespace {

enum class Kind { open, request, response, reset, consume, say, arrive };

struct Step {
  Kind kind;
  int stream;        ///< which of the youngest
  World::Side side;
  std::uint32_t size;
  bool end;
};

}  // namespace

void showValue(const Http2Limits& limits, std::ostream& out) {
  out << limits.streams_max << " streams, windows of " << limits.stream_window_bytes << " and "
      << limits.connection_window_bytes;
}

namespace {

void showValue(const Step& step, std::ostream& out) {
  static constexpr const char* kinds[] = {"open", "request", "response", "reset", "consume", "say", "arrive"};
  out << kinds[static_cast<int>(step.kind)] << " stream -" << step.stream << " side " << step.side << " size " << step.size
      << (step.end ? " end" : "");
}

/// Sizes of interest: 0, 1, a frame, and anything to some frames.
rc::Gen<std::uint32_t> sizes() {
  return rc::gen::oneOf(rc::gen::element<std::uint32_t>(0, 1, 9, 16'384, 16'385), rc::gen::inRange<std::uint32_t>(0, 300),
                        rc::gen::inRange<std::uint32_t>(0, 60'000));
}

rc::Gen<Step> steps() {
  auto kind = rc::gen::weightedElement<Kind>({{3, Kind::open}, {6, Kind::request}, {6, Kind::response}, {1, Kind::reset},
                                              {5, Kind::consume}, {8, Kind::say}, {8, Kind::arrive}});
  return rc::gen::construct<Step>(kind, rc::gen::inRange(0, 10), rc::gen::element(World::client, World::server), sizes(),
                                  rc::gen::weightedElement<bool>({{3, false}, {1, true}}));
}

rc::Gen<Http2Limits> limits() {
  auto streams = rc::gen::inRange<std::uint32_t>(1, 40);
  auto window = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(1, 3'000), rc::gen::inRange<std::uint32_t>(1, 200'000));
  auto connection = rc::gen::inRange<std::uint32_t>(65'535, 300'000);
  return rc::gen::map(rc::gen::tuple(streams, window, connection), [](const auto& three) {
    Http2Limits made;
    std::tie(made.streams_max, made.stream_window_bytes, made.connection_window_bytes) = three;
    return made;
  });
}

void take(World& world, const Step& step) {
  auto& talks = world.talks();
  if (step.kind == Kind::open) {
    world.open(step.end);
    return;
  }
  if (step.kind == Kind::say) return world.gather(step.side, step.size + 1);
  if (step.kind == Kind::arrive) return world.deliver(step.side, step.size);
  if (talks.empty()) return;
  int back = step.stream % static_cast<int>(talks.size());
  StreamId id = std::next(talks.rbegin(), back)->first;
  switch (step.kind) {
    case Kind::request: return world.send(World::client, id, step.size, step.end);
    case Kind::response: return world.send(World::server, id, step.size, step.end);
    case Kind::reset: return world.reset(step.side, id);
    default: return world.consume(step.side, id, step.size);
  }
}

/// A random use of two sessions with random limits, up to its end.
std::unique_ptr<World> used_at_random() {
  auto [client, server] = *rc::gen::pair(limits(), limits());
  auto world = std::make_unique<World>(client, server);
  world->settle();
  for (const Step& step : *rc::gen::resize(400, rc::gen::container<std::vector<Step>>(steps()))) {
    take(*world, step);
    if (!world->wrong().empty()) return world;
  }
  world->finish();
  return world;
}

// Nobody sends more than the windows allow, whatever their sizes; bytes arrive once and in order, however they are cut; each
// stream ends once; who resets hears no more; nothing is left. World says which was broken.
RC_GTEST_PROP(Http2Properties, WhatIsAskedForHappensWithinTheWindows, ()) {
  std::unique_ptr<World> world = used_at_random();
  RC_ASSERT(world->wrong() == "");
}

// However streams ended, the connection's window is whole again: the next update, when nothing is under way, fills it.
RC_GTEST_PROP(Http2Properties, NoCreditIsLost, ()) {
  auto [client, server] = *rc::gen::pair(limits(), limits());
  server.stream_window_bytes = std::max<std::uint32_t>(server.stream_window_bytes, 4'000);  // so that one send is one frame
  World world(client, server);
  world.settle();
  const std::int64_t full = world.credit(World::client).connection();
  RC_ASSERT(full == static_cast<std::int64_t>(server.connection_window_bytes));
  for (const Step& step : *rc::gen::resize(300, rc::gen::container<std::vector<Step>>(steps()))) take(world, step);
  world.finish();
  RC_ASSERT(world.wrong() == "");
  StreamId id = world.open(false);
  std::int64_t before = world.credit(World::client).connection();
  for (int i = 0; i < 100'000; ++i) {
    world.send(World::client, id, 1'000, false);
    world.settle();
    std::int64_t now = world.credit(World::client).connection();
    RC_ASSERT(now <= full);
    if (now > before) break;  // an update came: with nothing under way, it must have been for all
    before = now;
  }
  RC_ASSERT(world.wrong() == "");
  RC_ASSERT(world.credit(World::client).connection() == full);
}

// A peer that is slow to read gets no more than its windows into the pipe, and no more is queued than was sent.
RC_GTEST_PROP(Http2Properties, ASlowReaderHoldsNoMoreThanItsWindows, ()) {
  auto [client, server] = *rc::gen::pair(limits(), limits());
  World world(client, server);
  world.settle();
  std::size_t asked = 0;
  for (std::uint32_t size : *rc::gen::container<std::vector<std::uint32_t>>(10, sizes())) {
    StreamId id = world.open(false);
    if (id == 0) break;
    world.send(World::client, id, size, false);
    asked += size;
  }
  for (int i = 0; i < 10; ++i) {
    world.gather(World::client, 1 << 20);
    world.deliver(World::client, 1 << 20);
  }
  RC_ASSERT(world.wrong() == "");
  std::size_t held = 0;
  std::size_t unsent = 0;
  for (const auto& [id, talk] : world.talks()) {
    RC_ASSERT(talk.held[World::server] <= server.stream_window_bytes);
    held += talk.held[World::server];
    unsent += world.session(World::client).unsent(id);
  }
  RC_ASSERT(held <= server.connection_window_bytes);
  RC_ASSERT(held + unsent == asked);
}

}  // namespace
}  // namespace holon::wire
