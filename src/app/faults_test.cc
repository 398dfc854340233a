// What calls meet on their way to a neighbour: virtual calls, by bytes, and through a socket.
#include <google/protobuf/message.h>

#include <algorithm>
#include <chrono>

#include "app/assembly.h"
#include "fiber/call.h"
#include "holon/outgoing_call.h"
#include "holon/task.h"
#include "holon/try.h"
#include "server/server.h"
#include "telemetry/metrics.h"
#include "testdata/probe.holon.h"

namespace holon::app {
namespace {

using faults::Ending;
using faults::Rule;
using probe::v1::Message;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Counting final : public probe::v1::Streams::Service {
 public:
  Result<Message> Tell(Call&, const Message& request) override {
    ++told;
    return request;
  }
  Result<void> TellMany(Call&, const Message& request, Writer<Message>& out) override {
    ++told;
    return out.write(request);
  }
  Result<Message> Collect(Call&, Reader<Message>& in) override {
    ++told;
    Message last;
    while (std::optional<Message> message = TRY(in.next())) last = *message;
    return last;
  }

  int told = 0;
};

class CallFaults : public ::testing::TestWithParam<Neighbours> {
 protected:
  ~CallFaults() override {
    if (server_ != nullptr) server_->drain(env::os().now() + seconds(5));
  }

  void set(Rule rule) {
    rule.id = 5;
    pools_.faults().set({std::move(rule)});
  }
  Result<Message> tell(env::Duration within = seconds(20)) {
    internal::RootCall call(env::os().now() + within);
    return streams_->Tell(call, Message());
  }
  Ref<probe::v1::Streams> wire() {
    assembly_.add(probe::v1::Streams::info(), service_);
    if (GetParam() == Neighbours::by_wire) open_door();
    return assembly_.ref<probe::v1::Streams>();
  }
  void open_door() {
    router_.add(probe::v1::Streams::info(), service_);
    server_ = std::make_unique<server::Server>(router_, std::vector<fiber::Loop*>{&loop_});
    const env::Address door = *env::Address::parse("unix:" + ::testing::TempDir() + "faults_test_" + std::to_string(env::os().random()));
    EXPECT_TRUE(server_->listen(door).ok());
    client::Endpoints endpoints;
    endpoints.everything = {door};
    pools_.update(std::move(endpoints));
  }
  telemetry::EdgeTotals total(std::string_view method) const {
    for (const auto& [first, last] : assembly_.edges()) {
      for (telemetry::EdgeTotals& totals : telemetry::metrics().snapshot(first, last)) {
        if (totals.edge.method == method) return totals;
      }
    }
    return {};
  }

  fiber::Loop loop_{env::os(), 0};
  client::Pools pools_{{&loop_}};
  Assembly assembly_{{.data = {}, .settings = {}, .configs = {}, .neighbours = GetParam()}, &pools_};
  Counting service_;
  server::Router router_;
  std::unique_ptr<server::Server> server_;
  Ref<probe::v1::Streams> streams_ = wire();
};

INSTANTIATE_TEST_SUITE_P(Neighbours, CallFaults, ::testing::Values(Neighbours::direct, Neighbours::by_bytes, Neighbours::by_wire),
                         [](const auto& info) -> std::string {
                           if (info.param == Neighbours::by_wire) return "by_wire";
                           return info.param == Neighbours::direct ? "direct" : "by_bytes";
                         });

TEST_P(CallFaults, AnAbortedCallReachesNoHandlerAndIsCounted) {
  set({.to = "probe.v1.Streams", .ending = Ending::abort, .code = Code::aborted});
  EXPECT_EQ(tell().error().to_string(), "ABORTED: fault 5 (see `holon fault list`) ended the call");
  EXPECT_EQ(service_.told, 0);
  const telemetry::EdgeTotals totals = total("probe.v1.Streams/Tell");
  EXPECT_EQ(totals.count, 1u);
  EXPECT_EQ(totals.errors[static_cast<std::size_t>(Code::aborted)], 1u);
  EXPECT_EQ(totals.faults, 1u);
}

TEST_P(CallFaults, AResetCallIsHandledInVain) {
  set({.ending = Ending::reset});
  EXPECT_EQ(tell().code(), Code::unavailable);
  EXPECT_EQ(service_.told, 1);
  EXPECT_EQ(total("probe.v1.Streams/Tell").errors[static_cast<std::size_t>(Code::unavailable)], 1u);
}

TEST_P(CallFaults, ADelayIsPartOfTheTimeThatACallTakes) {
  set({.delay = milliseconds(40)});
  EXPECT_TRUE(tell().ok());
  EXPECT_GE(total("probe.v1.Streams/Tell").total_ns, 40'000'000u);
  EXPECT_EQ(tell(milliseconds(10)).code(), Code::deadline_exceeded);
  EXPECT_EQ(service_.told, 1);
}

TEST_P(CallFaults, ABlackHoleEndsWithTheDeadlineOrTheCaller) {
  set({.ending = Ending::black_hole});
  EXPECT_EQ(tell(milliseconds(20)).code(), Code::deadline_exceeded);
  internal::RootCall call(Deadline::max());
  TaskGroup group(call);
  auto lost = group.spawn([&](Call& branch) -> Result<Message> { return streams_->Tell(branch, Message()); });
  loop_.spawn([&] { call.cancel(); });
  EXPECT_EQ(lost.get().code(), Code::cancelled);
  EXPECT_EQ(service_.told, 0);
}

TEST_P(CallFaults, StreamsMeetThemOnceTheyAreOpened) {
  internal::RootCall call(env::os().now() + seconds(20));
  set({.ending = Ending::abort, .code = Code::internal});
  EXPECT_EQ(streams_->TellMany(call, Message()).next().code(), Code::internal);
  EXPECT_EQ(streams_->Collect(call).finish().code(), Code::internal);
  EXPECT_EQ(service_.told, 0);
  set({.ending = Ending::reset});
  Reader<Message> replies = streams_->TellMany(call, Message());
  EXPECT_TRUE(replies.next().value_or(std::nullopt).has_value());
  EXPECT_EQ(replies.next().code(), Code::unavailable);
}

TEST_P(CallFaults, HitByMetadataAndByBaggage) {
  set({.metadata = {{"x-try", "1"}}, .ending = Ending::abort, .code = Code::internal});
  EXPECT_TRUE(tell().ok());
  internal::RootCall call(env::os().now() + seconds(20));
  {
    OutgoingCall out(call);
    out.metadata().add("x-try", "1");
    EXPECT_EQ(streams_->Tell(out, Message()).code(), Code::internal);
    EXPECT_EQ(streams_->Collect(out).finish().code(), Code::internal);
  }
  EXPECT_TRUE(streams_->Tell(call, Message()).ok());
  call.data().baggage = "x-try=1";
  EXPECT_EQ(streams_->Tell(call, Message()).code(), Code::internal);
}

/// The mean of a round, in ns.
template <class F>
double time_of(F call) {
  constexpr int calls = 2000;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) call();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count() / calls;
}

// Rounds in turn, so that whatever else the machine does meets both alike.
TEST(CallFaultsCost, IsNothingThatCanBeMeasuredWhenNoneIsSet) {
  fiber::Loop loop(env::os(), 0);
  client::Pools pools({&loop});
  Counting service;
  Assembly may_be_hit({}, &pools), never_hit({}, nullptr);
  for (Assembly* assembly : {&may_be_hit, &never_hit}) assembly->add(probe::v1::Streams::info(), service);
  const auto one = may_be_hit.ref<probe::v1::Streams>(), other = never_hit.ref<probe::v1::Streams>();
  internal::RootCall call(Deadline::max());
  std::vector<double> extra, whole;
  for (int i = 0; i < 201; ++i) {
    const double without = time_of([&] { EXPECT_TRUE(other->Tell(call, Message()).ok()); });
    const double with = time_of([&] { EXPECT_TRUE(one->Tell(call, Message()).ok()); });
    extra.push_back(with - without);
    whole.push_back(without);
  }
  std::ranges::nth_element(extra, extra.begin() + 100);
  std::ranges::nth_element(whole, whole.begin() + 100);
  RecordProperty("extra_ns", std::to_string(extra[100]));
  EXPECT_LT(extra[100], 0.05 * whole[100]) << "of " << whole[100] << " ns";
}

TEST_P(CallFaults, OthersAreLeftAlone) {
  set({.to = "probe.v1.Leaf", .ending = Ending::reset});
  EXPECT_TRUE(tell().ok());
  set({.from = "shop.Cart", .ending = Ending::reset});
  EXPECT_TRUE(tell().ok());
  set({.from = "gateway", .to = "probe.v1.Streams", .method = "Tell", .ending = Ending::reset});
  EXPECT_FALSE(tell().ok());
  EXPECT_EQ(total("probe.v1.Streams/Tell").faults, 1u);
}

}  // namespace
}  // namespace holon::app
